"""Ports: the interfaces through which use cases reach databases and other systems."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from application.execution.context import CommandContext
from domain.kernel.aggregate import Aggregate, Event
from domain.kernel.documents import IssuedNumber
from domain.values.credit import CreditAnswer
from domain.values.identifiers import CitizenId
from domain.values.parties import Organisation, Person, Value
from domain.values.texts import RecordedText

A = TypeVar("A", bound=Aggregate)


class PersonDetails(Value):
    """Who a natural person is.  Goes to the vault at once and never into an event."""

    name: RecordedText
    id_number: CitizenId


class Recorded(NamedTuple):
    """An event with its metadata in the event log."""

    position: int
    recorded_at: datetime
    event: Event
    channel: str
    correlation: str
    causation: str | None
    command: str | None = None
    """The command's name; None for events recorded before this field existed."""


class AlreadyDone(Exception):
    """This request was executed before: its result, at time `at`, was `id` at `version`."""

    def __init__(self, id: UUID, version: int, at: datetime) -> None:
        super().__init__(f"{id} at {version}")
        self.id, self.version, self.at = id, version, at


class UnitOfWork(Protocol):
    """One transaction: reads and appends are committed together, or not at all."""

    def get(self, kind: type[A], id: UUID) -> A:
        """Returns the aggregate.  Raises NotFound, or StaleVersion if `context.seen` differs."""

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Returns the aggregate.  Returns None if it does not exist."""

    def keep(self, aggregate: Aggregate) -> int | None:
        """Appends the pending events; returns the position of the last, or None without any.

        Raises StaleVersion if a concurrent writer was faster.
        """

    def next_serial(self, region: str, day: date) -> int:
        """Returns the next serial number of a commitment code: no gaps, no number twice."""

    def claim_number(self, number: IssuedNumber, holder: UUID) -> bool:
        """Reserves the number of a document for the stream `holder`; False if it is taken."""

    def shelter(self, who: PersonDetails) -> UUID:
        """Stores a person in the vault; the same person always gets the same reference."""


class Repository(Protocol):
    def unit_of_work(
        self, context: CommandContext, fingerprint: str, *, alone: bool = False
    ) -> AbstractContextManager[UnitOfWork]:
        """Begins a transaction; `alone` locks out all other writers before its first read.

        Raises AlreadyDone if this request was executed before, KeyReused if its idempotency key
        was used for another request.
        """

    def get(
        self, kind: type[A], id: UUID, *, version: int | None = None, at: datetime | None = None
    ) -> A:
        """Returns the aggregate as it is now, after `version` events, or at an instant."""

    def history(self, id: UUID) -> Sequence[Recorded]:
        """Returns every event of one aggregate, oldest first; empty if there is none."""


class Vault(Protocol):
    def reveal(self, ref: UUID) -> PersonDetails:
        """Returns a person's details.  Raises NotFound if they are unknown or were erased."""


class CreditPlatform(Protocol):
    def ask(self, subject: Organisation | Person) -> CreditAnswer:
        """Returns the current credit records.  Raises PlatformUnreachable if there is no answer."""


class Message(NamedTuple):
    """A message to the credit platform: which event happened, when, under which 承诺编码.

    It identifies no person.
    """

    id: UUID
    """The event's id, by which the platform recognises a repeated delivery."""
    position: int
    case_id: UUID
    version: int
    code: str | None
    topic: str
    happened_at: datetime


class MessageReturned(Exception):
    """The platform rejects this message for good; the exception's text is its reason."""


class CreditIntake(Protocol):
    def deliver(self, message: Message) -> str:
        """Delivers a message; returns the platform's receipt.  A repeated delivery has no effect.

        Raises MessageReturned if it is rejected, PlatformUnreachable if there is no answer.
        """


class DueList(Protocol):
    def overdue(self, today: date) -> Iterable[tuple[UUID, str]]:
        """Returns cases with a missed deadline and the action owed, the earliest deadline first."""
