"""The overview of auditors: how far the log is sealed, and what happened since their last visit."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.http.access_log import TheAccessLog
from api.http.dependencies import COUNTED, Now, ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.parameters.filters import CaseFilters, ExportFilters, SearchFilters
from api.site.auditor.cases import CASES
from api.site.auditor.exports import EXPORTS
from api.site.auditor.search import SEARCH
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, SignedInAuditor, TheSession
from application.access.access_log import ReadSubject
from application.as_of import Moment
from domain.case.events import PenaltyImposed
from infrastructure.clock.log_time import recorded_by
from infrastructure.container import Container
from infrastructure.exports.records import newest
from infrastructure.privacy.access_log import NEWEST_FIRST, noted, read_by, readers
from projections.audit_trail.cases import audited_cases

OVERVIEW = "/audit"
FIRST_LOOK = timedelta(days=30)
"""How far back the overview of somebody reaches who was never here before."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Finding(NamedTuple):
    """A sentence with a number, which leads to the list that it counts."""

    before: str
    number: int
    unit: str
    address: str


@router.get(OVERVIEW)
async def show_overview(
    request: Request,
    by: SignedInAuditor,
    session: TheSession,
    read_db: ReadDb,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    now: Now,
) -> Response:
    """The overview.  An address with a search, as it was kept before, leads to the search."""
    if request.url.query:
        return _to_the_search(request)
    last = await _last_visit(read_db, by.person, session.begun_at)
    await access_log.note(by, ReadSubject.OVERVIEW)
    since = last or now - FIRST_LOOK
    after = await threads.read(recorded_by, container.engine, since)
    findings = await _findings(read_db, since, after)
    context = {"last": last, "since": since, "findings": findings, "counted": COUNTED}
    log = await threads.read(_log, container)
    return office_page(request, by, "auditor/overview.html", context | log)


def _to_the_search(request: Request) -> Response:
    """The search was at this address before; there the newest come first without being asked."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "newest"]
    return RedirectResponse(f"{SEARCH}?{urlencode(kept)}", SEE_OTHER, PRIVATE)


async def _last_visit(read_db: ReadDatabase, person: str, begun_at: datetime) -> datetime | None:
    """Returns when this person last read anything before they signed in, by the access log."""
    everybody = [row.person for row in await read_db.all(readers())]
    rows = read_by(person, everybody, noted(until=begun_at))
    earlier = await read_db.all(NEWEST_FIRST.page(rows, 1))
    return earlier[0].at if earlier else None


async def _findings(read_db: ReadDatabase, since: datetime, after: int) -> list[Finding]:
    behind = {"after": after or None}
    decided = SearchFilters(action="case/decide", **behind)
    sanctioned = SearchFilters(topic=PenaltyImposed.TOPIC, **behind)
    late = SearchFilters(late=True, **behind)
    doubled = CaseFilters(doubled=True, **behind)
    exported = ExportFilters(asked=Moment(since, since))
    return [
        await _searched(read_db, "作出准予或者不予准予的决定", "个", decided),
        await _searched(read_db, "实施信用惩戒", "次", sanctioned),
        Finding(
            "导出审计轨迹",
            await read_db.count(newest(since)),
            "次",
            exported.address(EXPORTS),
        ),
        await _searched(read_db, "事后记录（记录比发生晚十分钟以上）的事件", "个", late),
        Finding(
            "同一人在一个案件里以两个岗位办理的案件",
            await read_db.count(audited_cases(doubled=True, after=doubled.after)),
            "件",
            doubled.address(CASES),
        ),
    ]


async def _searched(read_db: ReadDatabase, words: str, unit: str, sought: SearchFilters) -> Finding:
    number = await read_db.count(await read_db.trail(sought.query))
    return Finding(words, number, unit, sought.address(SEARCH))


def _log(container: Container) -> dict[str, object]:
    return {
        "size": container.log_size(),
        "seal": container.proofs.newest(),
        "verdict": container.verifier.last(),
    }
