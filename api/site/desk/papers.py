"""Papers of a case to print: the documents served, as PDF; receipt and letter as recorded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from api.downloads.documents import TheDocuments, document_kind
from api.http.dependencies import ReadDatabase
from api.site.desk.case_file import Fact, Section, case_file, due_text, state_of_material
from api.site.desk.case_subject import CASES, CaseSubject, head
from api.site.desk.matters import TheReading
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from domain.case import events as e
from domain.case.case import Case
from domain.documents.kinds import MADE_OUT_TWICE, Copy
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from domain.values.workdays import local_date, minute_in_chinese
from infrastructure.database.schema import events
from infrastructure.letters.letters import papers_of

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
SUBJECT = CaseSubject()


@dataclass(frozen=True)
class Paper:
    """One paper: what it says, and the event that recorded it."""

    title: str
    sections: Sequence[Section]
    event: Event


class PaperLink(NamedTuple):
    address: str
    title: str


@router.get(f"{CASES}/{{target}}/papers/{{paper}}")
async def show_paper(
    request: Request,
    target: str,
    paper: str,
    reading: TheReading,
    opened: Annotated[int | None, Query(ge=1, le=1)] = None,
) -> Response:
    case, named = await reading.case(SUBJECT.target(target))
    made = _made(case, paper)
    note = reading.access_log.note
    await note(reading.by, ReadSubject.STATE, case.id, version=case.version)
    today = local_date(reading.container.clock())
    context = head(case, today) | {"paper": made, "named": named, "just_opened": opened}
    frame = {"back": SUBJECT.address(case.id), **await _sealed(reading.read_db, made.event)}
    return office_page(request, reading.by, "desk/paper.html", context | frame)


@router.get(f"{CASES}/{{target}}/documents/{{kind}}")
async def take_document(
    target: str, kind: str, by: SignedIn, documents: TheDocuments, copy: Copy | None = None
) -> Response:
    return await documents.take(by, SUBJECT.target(target), document_kind(kind), copy)


async def _sealed(read_db: ReadDatabase, event: Event) -> dict[str, Any]:
    """Where the event stands in the log, and its hash there."""
    of_stream = events.c.stream_id == event.originator_id
    rows = select(events.c.position, events.c.leaf).where(of_stream)
    row = await read_db.one(rows.where(events.c.version == event.originator_version))
    return {"position": row.position, "leaf": row.leaf.hex()}


def paper_links(case: Case) -> list[PaperLink]:
    """The papers that the case holds: those recorded, then those served, the last of each kind."""
    address = SUBJECT.address(case.id)
    recorded = [
        PaperLink(f"{address}/papers/{name}", paper.title)
        for name, make in PAPERS.items()
        if (paper := make(case))
    ]
    return [*recorded, *_served(f"{address}/documents", case)]


def _served(address: str, case: Case) -> Iterator[PaperLink]:
    for kind in (paper.kind for paper in papers_of(case.past)):
        if kind not in MADE_OUT_TWICE:
            yield PaperLink(f"{address}/{kind.value}", kind.label)
        else:
            for copy in Copy:
                title = f"{kind.label}（{copy.label}）"
                yield PaperLink(f"{address}/{kind.value}?copy={copy.value}", title)


def _made(case: Case, name: str) -> Paper:
    """Returns the paper of this name.  Raises NotFound."""
    make = PAPERS.get(name)
    paper = make(case) if make else None
    if paper is None:
        raise NotFound("本案没有这份文书")
    return paper


def _receipt(case: Case) -> Paper:
    """Of the acceptance; of what was received, as long as the application is not accepted."""
    accepted: e.CaseOpened | e.ApplicationAccepted
    accepted = case.last(e.ApplicationAccepted) or case.opened
    what = "受理" if accepted.query_by else "收件"
    facts = [
        Fact(f"{what}时间", minute_in_chinese(accepted.timestamp)),
        Fact("承诺类型", case.kind.label),
        Fact("受理单位", case.pinned.item.department.name),
        Fact("经办人员", accepted.by.person),
        *_contact(case),
    ]
    materials = [Fact(each.name, state_of_material(case, each)) for each in case.terms.materials]
    sections = [Section(what, facts), Section("材料", materials), Section("接下来", [*_then(case)])]
    return Paper(f"{what}回执", sections, accepted)


def _then(case: Case) -> Iterator[Fact]:
    accepted = case.last(e.ApplicationAccepted) or case.opened
    if due := accepted.query_by:
        after = "本单位将查询申请人的信用，没有不得适用的情形的，一次性告知承诺的条件和后果"
        yield Fact("信用查询", f"{due_text(due)}，{after}")
    elif due := case.opened.accept_by:
        after = "本单位审查材料，决定受理，或者一次告知需要补正的全部内容"
        yield Fact("受理审查", f"{due_text(due)} 以前，{after}")


def _contact(case: Case) -> Iterator[Fact]:
    """Where the applicant may ask; nothing if the item does not say it."""
    if contact := case.terms.contact:
        told = (("咨询电话", contact.telephone), ("地址", contact.address))
        yield from (Fact(label, text) for label, text in told if text)


def _letter(case: Case) -> Paper | None:
    made = case.last(e.CommitmentMade)
    return Paper("信用承诺书", _sections(case, "承诺书"), made) if made else None


def _sections(case: Case, title: str) -> list[Section]:
    """The sections of the file with this title, without their title: the paper has its own."""
    return [Section("", each.facts, each.texts) for each in case_file(case) if each.title == title]


PAPERS: Mapping[str, Callable[[Case], Paper | None]] = {
    "receipt": _receipt,
    "letter": _letter,
}
