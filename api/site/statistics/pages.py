"""The public statistics and the board of supervisors: one report, two readers."""

from datetime import date
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.downloads import reports
from api.downloads.reports import ReportFilters
from api.downloads.workbook import words, workbook
from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import Now, ReadDatabase, ReadDb, TheContainer, TheThreads, Today
from api.site.layout.asked import Asked, asked
from api.site.layout.office import office_page
from api.site.layout.rendering import page
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import allowed, permit
from domain.case.lifecycle import ACTIONS
from domain.values.parties import Actor
from projections.charts import Group, bar_chart, line_chart
from projections.statistics import questions
from projections.statistics.milestones import State
from projections.statistics.report import Pair, Report

PUBLIC, BOARD = "/statistics", "/desk/board"
MOST_BARS = 12
FORM_LABELS = {"period": "期间", "bureau": "单位"}
"""The names of the fields of the form."""
Filters = Annotated[ReportFilters, Query()]
Asking = Annotated[Asked[ReportFilters], Depends(asked(ReportFilters))]

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Line(NamedTuple):
    """An overdue duty; without the right to read every case, applicant and link are empty."""

    action: str
    item: str
    due_on: date
    days: int
    applicant: str
    address: str


class Overdue(NamedTuple):
    """What is overdue now: how many duties, the worst of them, and the messages not yet told."""

    duties: int
    worst: list[Line]
    untold: int
    waiting_hours: float


@router.get(PUBLIC)
async def show_statistics(
    request: Request, read_db: ReadDb, today: Today, asked: Asking
) -> Response:
    found = await reports.published(read_db, asked.filters, today)
    cache = {"cache": "no-store"} if asked.wrong else {}
    context = _context(found, asked, PUBLIC)
    return page(request, "statistics/public.html", context, status=asked.status, **cache)


@router.get(f"{PUBLIC}.xlsx")
async def download_statistics(read_db: ReadDb, today: Today, filters: Filters) -> Response:
    return workbook(await reports.published(read_db, filters, today))


@router.get(BOARD)
async def show_board(
    request: Request,
    by: SignedIn,
    read_db: ReadDb,
    access_log: TheAccessLog,
    now: Now,
    today: Today,
    container: TheContainer,
    threads: TheThreads,
    asked: Asking,
) -> Response:
    permit(by, "board")
    await _noted(access_log, by, asked.filters)
    found = await reports.board(read_db, asked.filters, today)
    standing = await threads.read(container.outbox.standing, now)
    late = await _overdue(read_db, by, asked.filters.bureau, today)
    untold = sum(standing.counts.values())
    overdue = Overdue(*late, untold, round(standing.oldest_seconds / 3600, 1))
    context = _context(found, asked, BOARD) | {"overdue": overdue, "today": today}
    return office_page(request, by, "statistics/board.html", context, asked.status)


@router.get(f"{BOARD}.xlsx")
async def download_board(
    by: SignedIn, read_db: ReadDb, access_log: TheAccessLog, today: Today, filters: Filters
) -> Response:
    permit(by, "board")
    await _noted(access_log, by, filters)
    reply = workbook(await reports.board(read_db, filters, today))
    reply.headers["Cache-Control"] = "no-store"
    return reply


async def _noted(access_log: AccessLogger, by: Actor, filters: ReportFilters) -> None:
    details = {name: value for name, value in filters if value}
    await access_log.note(by, ReadSubject.BOARD, purpose="督促检查", **details)


async def _overdue(
    read_db: ReadDatabase, by: Actor, bureau: str | None, today: date
) -> tuple[int, list[Line]]:
    """How many duties are overdue, and the worst; cases are named to who may read all of them."""
    (count,) = await read_db.all(questions.overdue(today, bureau))
    named = allowed(by, "read_all")
    worst = [
        Line(
            action=ACTIONS[row.action],
            item=row.item_name,
            due_on=row.due_on,
            days=(today - row.due_on).days,
            applicant=row.applicant if named else "",
            address=f"/desk/cases/{row.case_id}" if named else "",
        )
        for row in await read_db.all(questions.worst(today, bureau))
    ]
    return count.duties, worst


def _context(found: Report, asked: Asked[ReportFilters], path: str) -> dict[str, Any]:
    return {
        "asked": asked,
        "labels": FORM_LABELS,
        "found": found,
        "words": words,
        "State": State,
        "by_bureau": bar_chart([_group(pair) for pair in found.bureaus[:MOST_BARS]]),
        "by_month": line_chart([_group(pair, month=True) for pair in found.months]),
        "workbook": _address(f"{path}.xlsx", asked.filters),
        "data": _address(f"/api/v1/{'board' if path == BOARD else 'statistics'}", asked.filters),
    }


def _group(pair: Pair, *, month: bool = False) -> Group:
    label = f"{date.fromisoformat(pair.label).month}月" if month else pair.label
    return Group(label, (pair.accepted, pair.granted))


def _address(path: str, filters: ReportFilters) -> str:
    query = urlencode({name: value for name, value in filters if value})
    return f"{path}?{query}" if query else path
