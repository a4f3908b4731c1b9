"""Use cases of a case: execute a command; show the case as it is or as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from application.access.permissions import allowed, permit, permit_reading
from application.case import names
from application.case.case_command import CaseCommand, CommandTools, ConsultingCommand
from application.case.commands import identity, promise, sanction, supervision, supplement, timing
from application.case.commands.promise import OpenCase, PersonApplicant
from application.execution.context import CommandContext
from application.execution.execute import Executed, execute
from application.execution.ports import (
    CreditPlatform,
    PersonOnRecord,
    Recorded,
    Repository,
    UnitOfWork,
    Vault,
)
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.errors import ActionRefused, ItemClosed, NotFound
from domain.values.identifiers import birth_fault, commitment_code
from domain.values.parties import Actor, Organisation, Person
from domain.values.workdays import WorkCalendar, local_date

VERBS = (
    *promise.VERBS,
    *supplement.VERBS,
    *supervision.VERBS,
    *sanction.VERBS,
    promise.WITHDRAW,
    *identity.VERBS,
    *timing.VERBS,
)
"""The verbs of an open case, in the order of their endpoints."""


@dataclass(frozen=True)
class Casework:
    repository: Repository
    vault: Vault
    credit: CreditPlatform
    calendar: WorkCalendar

    def open(self, context: CommandContext, command: OpenCase) -> Executed[Case]:
        """Opens a case under the item's current terms; the item must be active (R17)."""

        def decide(work: UnitOfWork) -> Case:
            item = work.find(CatalogueItem, item_id(command.item))
            if item is None:
                raise ItemClosed(
                    "该事项不在信用承诺事项清单内，清单外事项不予纳入", "item_is_listed"
                )
            permit(context.by, command.VERB, item.item)
            _born_by_now(command.applicant, context.at)
            applicant, renamed = names.admitted(
                work, command.applicant, command.renamed, context.at
            )
            pinned = item.admit(command.kind, applicant)
            facts = (command.kind, applicant, pinned, command.submitted, renamed)
            return Case.open(*facts, id=uuid4(), by=context.by, at=context.at)

        return execute(self.repository, Case, context, command.item, command, decide)

    def act(self, context: CommandContext, case_id: UUID, command: CaseCommand) -> Executed[Case]:
        """Executes any other verb."""
        consulted = self._consult(context, case_id, command)

        def decide(work: UnitOfWork) -> Case:
            case = work.get(Case, case_id)
            permit(context.by, command.VERB, case.pinned.item)
            command.apply_to(case, self._tools(context, command, case, work, consulted))
            return case

        return execute(self.repository, Case, context, case_id, command, decide)

    def show(
        self, by: Actor, case_id: UUID, version: int | None = None, at: datetime | None = None
    ) -> Case:
        """Returns the case as it is now, after `version` events, or at an instant."""
        case = self.repository.get(Case, case_id, version=version, at=at)
        permit_reading(by, case)
        return case

    def history(self, by: Actor, case_id: UUID) -> Sequence[Recorded]:
        permit_reading(by, self.repository.get(Case, case_id, version=1))
        return self.repository.history(case_id)

    def identify(
        self, by: Actor, case_id: UUID, version: int | None = None, at: datetime | None = None
    ) -> PersonOnRecord:
        """Returns the applicant as registered now, at the time of a version, or at an instant.

        Raises NotFound if the applicant is an organisation.
        """
        case = self.repository.get(Case, case_id, version=version, at=at)
        permit(by, "identify", case.pinned.item)
        if not isinstance(case.applicant, Person):
            raise NotFound("本案申请人是单位，没有需要查看的个人信息")
        moment = case.modified_on if version is not None else None
        return self.vault.reveal(case.applicant.ref, at or moment)

    def actions(self, case: Case, by: Actor, at: datetime) -> list[str]:
        """Returns the actions that this actor may take on the case at that moment."""
        return [name for name in case.open_actions(by, at) if allowed(by, name, case.pinned.item)]

    def _consult(self, context: CommandContext, case_id: UUID, command: CaseCommand) -> object:
        """Queries other systems before the transaction begins, so that they cannot prolong it."""
        if not isinstance(command, ConsultingCommand):
            return None
        case = self.repository.get(Case, case_id)
        permit(context.by, command.VERB, case.pinned.item)
        return command.consult(self, case)

    def _tools(
        self,
        context: CommandContext,
        command: CaseCommand,
        case: Case,
        work: UnitOfWork,
        consulted: object,
    ) -> CommandTools:
        """Tools with the timestamp of the next event, which is never before the last event's."""
        at = context.at if command.GOES_BACK else max(context.at, case.modified_on)

        def new_code(region: str, day: date) -> str:
            return commitment_code(region, day, work.next_serial(region, day))

        return CommandTools(context.by, at, self.calendar, new_code, work, consulted)


def _born_by_now(applicant: Organisation | PersonApplicant, at: datetime) -> None:
    """Raises ActionRefused if no person alive at this time has the applicant's number."""
    if not isinstance(applicant, PersonApplicant):
        return
    if fault := birth_fault(applicant.id_number, local_date(at)):
        raise ActionRefused(ACTIONS["open"], fault, "birth_is_plausible")
