"""The page of one case: where it stands, what can be done, its file, what happened so far."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.http.access_log import TheAccessLog
from api.http.dependencies import TheContainer, TheThreads
from api.site.desk.case_file import case_file
from api.site.desk.case_subject import CASES, CaseSubject, head, person_name
from api.site.desk.decisions import with_proposed_number
from api.site.desk.papers import paper_links
from api.site.forms.doors import FormDoors
from api.site.forms.possible import Open, open_and_shut
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import allowed
from application.execution.ports import Recorded
from domain.case.case import Case
from domain.case.promise.events import CaseOpened
from domain.values.parties import Actor
from domain.values.workdays import in_chinese, local_date
from infrastructure.container import Container
from projections.history.entries import entries

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
SUBJECT = CaseSubject()
doors = FormDoors(router, f"{CASES}/{{target}}/{{verb}}", SUBJECT)


class HeldLine(NamedTuple):
    """A material that a department held already when the case was opened."""

    code: str
    name: str
    held_by: str


@router.get(f"{CASES}/{{target}}")
async def show_case(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    done: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
) -> Response:
    case_id = SUBJECT.target(target)
    case = await threads.read(container.casework.show, by, case_id)
    history = await threads.read(container.casework.history, by, case_id)
    named = await threads.read(person_name, container, by, case)
    if named:
        await access_log.note(by, ReadSubject.IDENTITY, case_id, version=case.version)
    await access_log.note(by, ReadSubject.HISTORY, case_id, version=case.version)
    context = await threads.read(_context, container, by, case, history, done)
    return office_page(request, by, "desk/case.html", context | {"named": named})


def _context(
    container: Container, by: Actor, case: Case, history: Sequence[Recorded], done: int | None
) -> dict[str, Any]:
    at = container.clock()
    owed = {duty.action for duty in case.ready(local_date(at))}
    mine, others = open_and_shut(doors, case, case.id, by, at, owed)
    steps = list(entries(history))
    return head(case, local_date(at)) | {
        "open_actions": [_proposing(each, container, by) for each in mine],
        "shut_actions": others,
        "sections": case_file(case),
        "papers": paper_links(case),
        "held": _held(container, case),
        "steps": steps,
        "may_slip": allowed(by, "slip", case.pinned.item),
        "done": next((each.sentence for each in steps if each.version == done), ""),
    }


def _held(container: Container, case: Case) -> list[HeldLine]:
    """The materials that the city held already when the case was opened."""
    opened, names = case.last(CaseOpened), {m.code: m.name for m in case.terms.materials}
    lines = []
    for each in opened.reused if opened else ():
        day = container.holdings.since(each.case, each.digest)
        told = f"{each.holder.name}，{in_chinese(day)}收到" if day else each.holder.name
        lines.append(HeldLine(each.material, names[each.material], told))
    return lines


def _proposing(action: Open, container: Container, by: Actor) -> Open:
    """The forms of a decision propose the next number of the organ."""
    if action.name != "decide":
        return action
    forms = [with_proposed_number(each, container, by) for each in action.forms]
    return action._replace(forms=forms)
