"""审批: the cases that wait for a decision, by the time of their signature; the next number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine, select

from api.http.dependencies import Cursor, Now
from api.site.desk.matters import Matter, TheReading, left_text
from api.site.desk.papers import PaperLink, paper_links
from api.site.forms.command_form import CommandForm
from api.site.layout.office import office_page
from application.access.access_log import ReadSubject
from application.access.permissions import permit_role
from domain.case import events as e
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.aggregate import Event
from domain.values.parties import Actor, Department
from domain.values.workdays import local_date, midnight
from infrastructure.container import Container
from projections.read_model.tables import audit_trail

ADDRESS = "/desk/decisions"
NUMBER = "document.number"
_DECIDES: Mapping[str, type[Event]] = {
    "grant": e.ApplicationGranted,
    "refuse": e.ApplicationRefused,
}
_LAST_DIGITS = re.compile(r"\d+(?=\D*$)")
_HOUR, _DAY = 60, 24 * 60

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Waiting(NamedTuple):
    """One case that waits for its decision."""

    matter: Matter
    signed_at: datetime
    since: str
    due: str
    at_once: bool
    """True if it is decided on the day of the signature (即时办理)."""
    papers: Sequence[PaperLink]
    check: str
    """The substantive check that a grant waits for, or what it found; empty if none is needed."""


@router.get(ADDRESS)
async def show_decisions(
    request: Request, reading: TheReading, now: Now, cursor: Cursor = None
) -> Response:
    by, container = reading.by, reading.container
    permit_role(by, "decide")
    await reading.access_log.note(by, ReadSubject.WORKLIST, cursor=cursor)
    selected, after = await reading.owed(["decide"], container.settings.page_size, cursor)
    matters = await reading.matters((row.case_id, "decide") for row in selected)
    lines = [line for each in matters if (line := _waiting(container, now, each))]
    lines.sort(key=lambda line: line.signed_at)
    context = {"lines": lines, "after": after, "cursor": cursor, "path": ADDRESS}
    return office_page(request, by, "desk/decisions.html", context)


def _waiting(container: Container, now: datetime, matter: Matter) -> Waiting | None:
    """The line of a case; None if it was decided while the list was read."""
    made = matter.case.last(e.CommitmentMade)
    if made is None or matter.case.stage is not Stage.COMMITTED:
        return None
    due = left_text(container.calendar, local_date(now), made.decide_by)
    at_once = made.decide_by.on == made.day
    papers = [each for each in paper_links(matter.case) if each.address.endswith(_READ_FIRST)]
    since, check = since_text(made.timestamp, now), check_text(matter.case)
    return Waiting(matter, made.timestamp, since, due, at_once, papers, check)


def check_text(case: Case) -> str:
    """Whether two officers still have to check the materials of this case, or what they found."""
    if not case.terms.substantive_check:
        return ""
    done = case.checked
    return f"已经实质核查：{done.conclusion}" if done else "准予以前须先实质核查"


_READ_FIRST = ("/papers/letter", "/documents/notice")


def since_text(then: datetime, now: datetime) -> str:
    """How long ago that was: minutes, then hours, then days."""
    minutes = max(0, int((now - then).total_seconds()) // 60)
    if minutes < _HOUR:
        return f"{minutes} 分钟"
    if minutes < _DAY:
        return f"{minutes // _HOUR} 小时 {minutes % _HOUR} 分钟"
    return f"{minutes // _DAY} 天"


def with_proposed_number(form: CommandForm, container: Container, by: Actor) -> CommandForm:
    """The form with the next number of the organ's series, which the officer may change."""
    day = local_date(container.clock())
    last = _last_number(container.engine, by.department, form.outcome, day)
    return replace(form, values={**form.values, NUMBER: (following(last),)}) if last else form


def following(number: str) -> str:
    """The number after this one: its last digits and one, 义市监许〔2026〕07号 and 08号."""
    return _LAST_DIGITS.sub(lambda digits: str(int(digits[0]) + 1).zfill(len(digits[0])), number)


def _last_number(engine: Engine, organ: Department, outcome: str, day: date) -> str:
    """The number of the organ's last decision of this kind this year; empty if there is none."""
    t = audit_trail.c
    rows = select(t.documents).where(
        t.organisation == f"{organ.code} {organ.name}",
        t.topic == _DECIDES[outcome].TOPIC,
        t.at >= midnight(date(day.year, 1, 1)),
    )
    with engine.connect() as db:
        documents = db.scalar(rows.order_by(t.at.desc(), t.position.desc()).limit(1))
    return str(documents[0]) if documents else ""
