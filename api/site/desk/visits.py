"""核查, made for a phone: what is due by day, and one card with the promise above the forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Row

from api.http.dependencies import Cursor, Today
from api.site.desk.case_file import due_text
from api.site.desk.case_subject import CaseSubject, head
from api.site.desk.matters import Matter, Reading, TheReading, left_text
from api.site.forms.command_form import CommandForm, filled
from api.site.forms.doors import Attempt, FormDoors, chosen
from api.site.forms.entries import Input
from api.site.forms.posted import STEP, Posted
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER
from application.access.access_log import ReadSubject
from application.access.permissions import permit_role
from application.case.service import VERBS
from application.execution.command import Verb
from application.execution.execute import Executed
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.values.parties import Actor
from domain.values.workdays import Deadline, Party, local_date
from infrastructure.container import Container
from infrastructure.identity.form_drafts import Draft

ADDRESS = "/desk/visits"
ON_SITE = ("inspect", "rectify")
DRAFT = "draft"
"""What the button asks for that keeps a form and records nothing."""
NEIGHBOURS = 200
"""Of so many duties a card knows the one before and the one after."""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Visit(NamedTuple):
    """One case to be visited."""

    matter: Matter
    label: str
    clauses: int


class Day(NamedTuple):
    """The visits that are due on one day."""

    left: str
    is_late: bool
    visits: Sequence[Visit]


class Card(NamedTuple):
    """One action on the card of a case: its forms, filled in as the drafts have them."""

    label: str
    forms: Sequence[CommandForm]
    barred: Sequence[str]


class VisitSubject(CaseSubject):
    """Cases as an inspector sees them; a form that is taken ends its draft."""

    verbs: Sequence[Verb] = tuple(verb for verb in VERBS if verb.name in ON_SITE)
    page = "desk/visit_form.html"

    def address(self, target: UUID) -> str:
        return f"{ADDRESS}/{target}"

    def act(self, container: Container) -> Callable[..., Executed[Case]]:
        def act(context: Any, case_id: UUID, command: Any) -> Executed[Case]:
            executed = container.casework.act(context, case_id, command)
            container.drafts.drop(context.by, case_id)
            return executed

        return act

    def head(self, container: Container, by: Actor, case: Case) -> dict[str, Any]:
        today, days = local_date(container.clock()), case.terms.periods.rectification
        ordered = container.calendar.add(today, days, Party.APPLICANT)
        return head(case, today) | {"clauses": clauses(case), "ordered_until": due_text(ordered)}


class VisitDoors(FormDoors[Case]):
    """Forms whose unfinished state is kept: by a button, and when they are refused."""

    async def _take(self, attempt: Attempt[Case], posted: Posted) -> Response:
        if posted.one(STEP) != DRAFT:
            return await super()._take(attempt, posted)
        case = await self._shown(attempt)
        empty = self._form(chosen(attempt.verb, posted), case, attempt.target)
        form, _ = filled(empty, posted)
        await attempt.threads.write(keep, attempt.container, attempt.by, case.id, form)
        card = f"{SUBJECT.address(case.id)}?kept=1#{form.prefix}"
        return RedirectResponse(card, SEE_OTHER, PRIVATE)

    async def _again(
        self,
        attempt: Attempt[Case],
        form: CommandForm,
        refusal: str,
        status: int,
        news: Sequence[str] = (),
        code: str = "",
    ) -> Response:
        page = await super()._again(attempt, form, refusal, status, news, code)
        await attempt.threads.write(keep, attempt.container, attempt.by, attempt.target, form)
        return page


SUBJECT = VisitSubject()
doors = VisitDoors(router, f"{ADDRESS}/{{target}}/{{verb}}", SUBJECT)


def clauses(case: Case) -> list[str]:
    """What the applicant promised, clause by clause."""
    if (notice := case.notice) is None:
        return []
    later = [f"在 {due_text(each.due)} 前补交《{each.name}》" for each in notice.deferred]
    return [*notice.conditions, *later]


def keep(container: Container, by: Actor, case_id: UUID, form: CommandForm) -> None:
    """Keeps what was typed, without files."""
    files = {each.name for each in form.shown() if each.input is Input.FILE}
    typed = {name: texts for name, texts in form.values.items() if name not in files}
    version = form.version or 0
    container.drafts.keep(by, case_id, form.prefix, form.key, version, typed)


@router.get(ADDRESS)
async def show_visits(
    request: Request, reading: TheReading, today: Today, cursor: Cursor = None
) -> Response:
    by, container = reading.by, reading.container
    permit_role(by, "inspect")
    await reading.access_log.note(by, ReadSubject.WORKLIST, cursor=cursor)
    selected, after = await reading.owed(ON_SITE, container.settings.page_size, cursor)
    by_day = groupby(selected, lambda row: row.due_on)
    days = [await _day(reading, today, [*rows]) for _, rows in by_day]
    context = {"days": days, "after": after, "cursor": cursor, "path": ADDRESS}
    return office_page(request, by, "desk/visits.html", context)


async def _day(reading: Reading, today: date, owed: Sequence[Row[Any]]) -> Day:
    matters = await reading.matters((row.case_id, row.action) for row in owed)
    due = Deadline(on=owed[0].due_on, provisional=any(row.provisional for row in owed))
    left = left_text(reading.container.calendar, today, due)
    return Day(left, due.passed(today), [_visit(each) for each in matters])


@router.get(f"{ADDRESS}/{{target}}")
async def show_card(
    request: Request,
    target: str,
    reading: TheReading,
    done: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
    kept: Annotated[int | None, Query(ge=1, le=1)] = None,
) -> Response:
    by, container, case_id = reading.by, reading.container, SUBJECT.target(target)
    permit_role(by, "inspect")
    (matter,) = await reading.matters([(case_id, "inspect")])
    case = matter.case
    await reading.access_log.note(by, ReadSubject.STATE, case_id, version=case.version)
    drafts = await reading.threads.read(container.drafts.of, by, case_id)
    cards = _cards(container, by, case, drafts)
    told = {"named": matter.applicant, "done": done, "kept": kept, "back": ADDRESS}
    shown = told | {"cards": cards, "drafts": drafts} | await _neighbours(reading, case_id)
    context = SUBJECT.head(container, by, case) | shown
    return office_page(request, by, "desk/visit.html", context)


async def _neighbours(reading: Reading, case_id: UUID) -> dict[str, str]:
    """The addresses of the cards before and after this one; empty where there is none."""
    rows, _ = await reading.owed(ON_SITE, NEIGHBOURS)
    cards = [*dict.fromkeys(row.case_id for row in rows)]
    at = cards.index(case_id) if case_id in cards else -1
    before = cards[at - 1] if at > 0 else None
    after = cards[at + 1] if at + 1 < len(cards) else None
    return {
        "before": SUBJECT.address(before) if before else "",
        "following": SUBJECT.address(after) if after else "",
    }


def _visit(matter: Matter) -> Visit:
    return Visit(matter, ACTIONS[matter.action], len(clauses(matter.case)))


def _cards(container: Container, by: Actor, case: Case, drafts: Mapping[str, Draft]) -> list[Card]:
    """The actions on site that the stage has, also one from which this person is barred."""
    at, cards = container.clock(), []
    open_to_me = container.casework.actions(case, by, at)
    for verb in SUBJECT.verbs:
        barred = case.obstacles(verb.name, by, at)
        if verb.name in open_to_me:
            forms = [_drafted(form, drafts) for form in doors.forms(verb, case, case.id)]
            cards.append(Card(ACTIONS[verb.name], forms, ()))
        elif barred:
            cards.append(Card(ACTIONS[verb.name], (), barred))
    return cards


def _drafted(form: CommandForm, drafts: Mapping[str, Draft]) -> CommandForm:
    """The form as its draft has it, with the key of the draft: both are one request."""
    if (draft := drafts.get(form.prefix)) is None:
        return form
    return replace(form, values=dict(draft.fields), key=draft.key, version=draft.version)
