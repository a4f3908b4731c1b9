"""What forms and pages need to know of a case."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from api.site.desk.case_file import due_text
from application.access.permissions import allowed
from application.case.service import VERBS
from application.execution.command import Verb
from application.execution.execute import Executed
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.kernel.errors import NotFound
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor, Organisation, Person
from domain.values.workdays import local_date
from infrastructure.container import Container

CASES = "/desk/cases"
_record_id = TypeAdapter(RecordId).validate_python


class CaseSubject:
    """Cases, for `FormDoors`."""

    kind = Case
    verbs: Sequence[Verb] = VERBS
    page = "desk/command.html"
    is_public = False

    def target(self, text: str) -> UUID:
        try:
            return _record_id(text)
        except ValidationError as error:
            raise NotFound("没有这个案件") from error

    def stream_id(self, target: UUID) -> UUID:
        return target

    def address(self, target: UUID) -> str:
        return f"{CASES}/{target}"

    def show(self, container: Container, by: Actor, target: UUID) -> Case:
        return container.casework.show(by, target)

    def act(self, container: Container) -> Callable[..., Executed[Case]]:
        return container.casework.act

    def head(self, container: Container, by: Actor, case: Case) -> dict[str, Any]:
        return head(case, local_date(container.clock()))


def head(case: Case, today: date) -> dict[str, Any]:
    """What the head of every page about a case shows; a person is not named there."""
    applicant = case.applicant
    name = applicant.name if isinstance(applicant, Organisation) else "自然人"
    duty = case.next_due(today)
    return {
        "case": case,
        "applicant": name,
        "heading": f"{name} · {case.pinned.item.name}",
        "due": f"{ACTIONS[duty.action]}，{due_text(duty.due)} 以前" if duty else "",
    }


def person_name(container: Container, by: Actor, case: Case) -> str:
    """The name of a natural person, for those who handle the case; otherwise empty."""
    if not isinstance(case.applicant, Person) or not allowed(by, "identify", case.pinned.item):
        return ""
    return container.casework.identify(by, case.id).applicant.details.name
