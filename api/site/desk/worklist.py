"""The workbench (工作台): what is late, what is for today, what waits for others."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Row

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.parameters.filters import WorklistFilters
from api.http.parameters.worklist import TheWorklists
from api.http.thread_pools import Threads
from api.site.desk.case_subject import CASES
from api.site.layout.asked import Asked, asked
from api.site.layout.office import has_page, office_page
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import RIGHTS, permit
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Stage
from domain.values.parties import Actor
from infrastructure.container import Container
from projections.worklist import lists
from projections.worklist.lists import Group, Reader

DESK, OPENING = "/desk", "/desk/open"
PAGE_SIZE, FIRST_LINES = 50, 10
"""Lines of a page of one group, and of each group on the first page."""
FORM_LABELS = {
    "q": "查找",
    "item": "事项",
    "action": "操作",
    "mine": "只看我认领的",
    "group": "分组",
    "cursor": "翻页",
}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Block(NamedTuple):
    """The lines of one group that are shown, and how many there are."""

    group: Group
    total: int
    lines: Sequence[dict[str, Any]]


@router.get(DESK)
async def show_worklist(
    request: Request,
    by: SignedIn,
    read_db: ReadDb,
    worklists: TheWorklists,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    asked: Annotated[Asked[WorklistFilters], Depends(asked(WorklistFilters))],
) -> Response:
    permit(by, "desk")
    reader, filters = await worklists.of(by), asked.filters
    await access_log.note(by, ReadSubject.WORKLIST, search=filters)
    rows, after = ([], None) if asked.wrong else await _found(read_db, reader, filters)
    names = await _names(by, container, threads, access_log, rows)
    lines = [worklists.line(by, row) | {"named": names.get(row.case_id)} for row in rows]
    counts = await _count(read_db, reader, filters, rows)
    context = _form(asked) | {
        "items": await read_db.all(lists.items_in(reader)),
        "blocks": _blocks(lines, filters.group, counts),
        "after": after,
        "opening": OPENING if _may_open(request, by) else "",
    }
    return office_page(request, by, "desk/worklist.html", context, asked.status)


def _form(asked: Asked[WorklistFilters]) -> dict[str, Any]:
    """What is asked, and the words of the page."""
    return {
        "asked": asked,
        "labels": FORM_LABELS,
        "filters": asked.filters,
        "here": asked.filters.address(DESK),
        "actions": {name: label for name, label in ACTIONS.items() if name in lists.OWED},
        "stages": {stage.value: stage.label for stage in Stage},
        "cases": CASES,
    }


async def _found(
    read_db: ReadDatabase, reader: Reader, filters: WorklistFilters
) -> tuple[Sequence[Row[Any]], str | None]:
    """One page of the group that is asked for; without one, the first lines of every group."""
    if filters.group is None:
        return await read_db.all(lists.firsts(reader, filters.asked, FIRST_LINES)), None
    rows, order = lists.to_do(reader, filters.asked), lists.MOST_URGENT_FIRST
    return await read_db.page(rows, order, PAGE_SIZE, filters.place("worklist"))


async def _count(
    read_db: ReadDatabase, reader: Reader, filters: WorklistFilters, rows: Sequence[Row[Any]]
) -> dict[str, int]:
    if filters.group is None:
        return {row.group: row.in_group for row in rows}
    counted = await read_db.all(lists.counts(reader, filters.asked))
    return {row.group: row.total for row in counted}


def _blocks(
    lines: Sequence[dict[str, Any]], group: Group | None, counts: dict[str, int]
) -> list[Block]:
    return [
        Block(each, counts.get(each, 0), [line for line in lines if line["group"] == each])
        for each in Group
        if group in (None, each)
    ]


async def _names(
    by: Actor,
    container: Container,
    threads: Threads,
    access_log: AccessLogger,
    rows: Sequence[Row[Any]],
) -> dict[UUID, str]:
    """The names of the natural persons whose cases this person's office handles, by case.

    Each is noted in its case as a reading of identity before it is shown.
    """
    codes = _handled(by)
    ids = sorted(
        {
            row.case_id
            for row in rows
            if row.applicant_code is None and codes & {row.accepting_code, row.supervising_code}
        }
    )
    if not ids:
        return {}
    await access_log.note_each(by, ReadSubject.IDENTITY, ids, cases=len(ids))
    return await threads.read(_revealed, container, by, ids)


def _handled(by: Actor) -> set[str]:
    return {by.department.code} if by.role in RIGHTS["identify"].roles else set()


def _revealed(container: Container, by: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {each: container.casework.identify(by, each).applicant.details.name for each in ids}


def _may_open(request: Request, by: Actor) -> bool:
    return by.role in RIGHTS["open"].roles and has_page(request, OPENING)
