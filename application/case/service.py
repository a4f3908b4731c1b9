"""Use cases of a case: execute a command; show the case as it is or as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from application.access.permissions import (
    READING,
    allowed,
    permit,
    permit_own,
    permit_reading,
    permit_role,
)
from application.aggregates import replayed_as
from application.as_of import NEWEST, AsOf
from application.case import holdings, names
from application.case.capacity import admitted_guardian, require_capacity
from application.case.case_command import CaseCommand, CommandTools, ConsultingCommand
from application.case.commands import (
    acceptance,
    delivery,
    identity,
    promise,
    sanction,
    supervision,
    supplement,
    timing,
)
from application.case.commands.promise import OpenCase
from application.case.letterheads import letterhead
from application.case.signing import Signing
from application.execution.context import CommandContext
from application.execution.execute import Executed, act, execute
from application.execution.ports import (
    ContactDetails,
    CreditPlatform,
    PersonOnRecord,
    Recorded,
    Repository,
    UnitOfWork,
    Vault,
)
from domain.case.acceptance.values import AtOpening
from domain.case.case import Case
from domain.case.promise.events import CaseOpened
from domain.case.promise.guardians import Guardian
from domain.catalogue.item import CatalogueItem, item_id
from domain.documents.content import Letterhead
from domain.kernel.aggregate import Event
from domain.kernel.errors import ItemClosed, NotFound
from domain.values.identifiers import commitment_code
from domain.values.parties import Actor, Person
from domain.values.workdays import WorkCalendar

VERBS = (
    *acceptance.VERBS,
    *promise.VERBS,
    *delivery.VERBS,
    *supplement.VERBS,
    *supervision.VERBS,
    *sanction.VERBS,
    promise.RENOTIFY,
    promise.WITHDRAW,
    *identity.VERBS,
    *timing.VERBS,
)
"""The verbs of an open case, in the order of their endpoints."""


def _listed(work: UnitOfWork, command: OpenCase, by: Actor) -> CatalogueItem:
    """Returns the item.  Raises ItemClosed if the list has none, NotPermitted if not theirs."""
    if (item := work.find(CatalogueItem, item_id(command.item))) is None:
        raise ItemClosed("该事项不在信用承诺事项清单内，清单外事项不予纳入", "item_is_listed")
    permit(by, command.VERB, item.item)
    return item


class Identified(NamedTuple):
    """The applicant of a case, and the guardian if there is one."""

    applicant: PersonOnRecord
    guardian: Guardian | None
    guardian_known: PersonOnRecord | None


@dataclass(frozen=True)
class Casework:
    repository: Repository
    vault: Vault
    credit: CreditPlatform
    calendar: WorkCalendar
    signing: Signing
    site: str = ""
    """The public address of the service, which documents name for their verification."""

    def open(self, context: CommandContext, command: OpenCase) -> Executed[Case]:
        """Opens a case under the item's current terms; the item must be active (R17)."""

        def decide(work: UnitOfWork) -> Case:
            item = _listed(work, command, context.by)
            require_capacity(command, context.at)
            who = (command.applicant, command.renamed, context.at)
            applicant, renamed = names.admitted(work, *who)
            pinned = item.admit(command.kind, applicant)
            head = letterhead(work, applicant, case_id := uuid4(), self.site)
            return Case.open(
                *(command.kind, applicant, pinned, command.submitted, renamed, head),
                guardian=admitted_guardian(work, command.guardian, context.at),
                own_income=command.own_income,
                legal_representative=command.legal_representative,
                scans=command.scans,
                reused=holdings.found_at_opening(work, applicant, pinned.terms, context.at),
                accept_later=command.acceptance is AtOpening.RECEIVED,
                calendar=self.calendar,
                id=case_id,
                by=context.by,
                at=context.at,
            )

        return execute(self.repository, Case, context, command.item, command, decide)

    def act(self, context: CommandContext, case_id: UUID, command: CaseCommand) -> Executed[Case]:
        """Executes any other verb."""
        consulted = self._consult(context, case_id, command)

        def decide(work: UnitOfWork, case: Case) -> None:
            command.apply_to(case, self._tools(context, command, case, work, consulted))

        return act(self.repository, Case, context, case_id, command, decide)

    def show(self, by: Actor, case_id: UUID, as_of: AsOf = NEWEST) -> Case:
        """Returns the case as of a version or a moment.  Raises NotBegun or NotYet."""
        return replayed_as(Case, as_of.of(self._readable(by, case_id)))

    def history(self, by: Actor, case_id: UUID) -> Sequence[Recorded]:
        """Returns every event of the case.  Raises NotFound or NotPermitted."""
        self._readable(by, case_id)
        return self.repository.history(case_id)

    def identify(self, by: Actor, case_id: UUID, as_of: AsOf = NEWEST) -> Identified:
        """Returns the applicant as registered now, at the time of a version, or at a moment.

        A guardian is returned beside them.  Raises NotFound if the applicant is an organisation.
        """
        permit_role(by, "identify")
        events = self.repository.stream_of(Case, case_id)
        permit(by, "identify", replayed_as(Case, events[:1]).pinned.item)
        case = replayed_as(Case, as_of.of(events))
        if not isinstance(case.applicant, Person):
            raise NotFound("本案申请人是单位，没有需要查看的个人信息")
        of_version = case.modified_on if as_of.version is not None else None
        at, opened = as_of.until or of_version, case.last(CaseOpened)
        guardian = opened.guardian if opened else None
        known = self.vault.reveal(guardian.ref, at) if guardian else None
        return Identified(self.vault.reveal(case.applicant.ref, at), guardian, known)

    def contact(self, by: Actor, case_id: UUID) -> ContactDetails:
        """Returns whom to tell by message.  Raises NotFound without a consent that stands."""
        permit_role(by, "identify")
        case = self.repository.get(Case, case_id)
        permit(by, "identify", case.pinned.item)
        if case.contact is None:
            raise NotFound(f"本案{case.messages.label}")
        return self.vault.contact(case.contact)

    def actions(self, case: Case, by: Actor, at: datetime) -> list[str]:
        """Returns the actions that this actor may take on the case at that moment."""
        return [name for name in case.open_actions(by, at) if allowed(by, name, case.pinned.item)]

    def _readable(self, by: Actor, case_id: UUID) -> Sequence[Event]:
        """Returns the events of a case.  Raises NotPermitted, before NotFound if by the role."""
        permit_role(by, *READING)
        events = self.repository.stream_of(Case, case_id)
        permit_reading(by, replayed_as(Case, events[:1]))
        return events

    def _consult(self, context: CommandContext, case_id: UUID, command: CaseCommand) -> object:
        """Queries other systems before the transaction begins, so that they cannot prolong it."""
        if not isinstance(command, ConsultingCommand):
            return None
        permit_role(context.by, command.VERB)
        permit_own(context.by, case_id, command.name)
        case = self.repository.get(Case, case_id)
        permit(context.by, command.VERB, case.pinned.item)
        return command.consult(self, case, context)

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

        def letterhead_of(case: Case) -> Letterhead | None:
            return letterhead(work, case.applicant, case.id, self.site)

        tools = (context.by, at, context.channel, self.calendar, new_code, work, letterhead_of)
        return CommandTools(*tools, consulted)
