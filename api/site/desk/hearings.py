"""听证: the cases between the prior notice of a sanction and its decision, with what is left."""

from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.http.dependencies import Cursor, Now
from api.site.desk.matters import Matter, TheReading, left_text
from api.site.layout.office import office_page
from application.access.access_log import ReadSubject
from application.access.permissions import cases_of, permit_role
from domain.case import events as e
from domain.case.stages import Hearing, Stage
from domain.values.workdays import local_date
from infrastructure.container import Container
from projections.read_model.keyset import Place
from projections.worklist import lists as worklist

ADDRESS = "/desk/hearings"

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Forewarned(NamedTuple):
    """One case whose party was told of the sanction intended."""

    matter: Matter
    told: e.SanctionForewarned
    measures: str
    left: str
    is_waiting: bool
    """True as long as the party was neither heard nor has waived it."""
    statement: str


@router.get(ADDRESS)
async def show_hearings(
    request: Request, reading: TheReading, now: Now, cursor: Cursor = None
) -> Response:
    by, container = reading.by, reading.container
    permit_role(by, "hear")
    await reading.access_log.note(by, ReadSubject.WORKLIST, cursor=cursor)
    rows = worklist.cases(cases_of(by), by.department.code, Stage.UNRECTIFIED)
    place, size = Place.of("hearings", cursor, {}), container.settings.page_size
    selected, after = await reading.read_db.page(rows, worklist.NEWEST_FIRST, size, place)
    matters = await reading.matters((row.case_id, "hear") for row in selected)
    lines = [line for each in matters if (line := _forewarned(container, now, each))]
    lines.sort(key=lambda line: (not line.is_waiting, line.told.statement_until.on))
    context = {"lines": lines, "after": after, "cursor": cursor, "path": ADDRESS}
    return office_page(request, by, "desk/hearings.html", context)


def _forewarned(container: Container, now: datetime, matter: Matter) -> Forewarned | None:
    """The line of a case; None before the prior notice."""
    case = matter.case
    told = case.last(e.SanctionForewarned)
    if told is None:
        return None
    measures = "；".join(each.label for each in told.measures)
    left = left_text(container.calendar, local_date(now), told.statement_until)
    waiting = case.hearing is Hearing.FOREWARNED
    return Forewarned(matter, told, measures, left, waiting, case.hearing.label)
