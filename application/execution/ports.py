"""What the use cases need from the outside."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from application.execution.context import CommandContext
from domain.kernel.aggregate import Aggregate, Event
from domain.values.credit import CreditAnswer
from domain.values.identifiers import CitizenId
from domain.values.parties import Organisation, Person, ShortText, Value

A = TypeVar("A", bound=Aggregate)


class PersonDetails(Value):
    """Who a natural person is.  Goes to the vault at once and never into an event."""

    name: ShortText
    id_number: CitizenId


class Recorded(NamedTuple):
    """An event with what the log knows of it."""

    position: int
    recorded_at: datetime
    event: Event
    channel: str
    correlation: str
    causation: str | None
    command: str | None = None
    """What was asked for; not known of the events written before it was kept."""


class AlreadyDone(Exception):
    """The key was used for this very request: `id` at `version` was its result, shown at `at`."""

    def __init__(self, id: UUID, version: int, at: datetime) -> None:
        super().__init__(f"{id} at {version}")
        self.id, self.version, self.at = id, version, at


class UnitOfWork(Protocol):
    """One transaction: what is read, decided and kept together, or not at all."""

    def get(self, kind: type[A], id: UUID) -> A:
        """The aggregate now.  Raises NotFound, or StaleVersion when the turn saw another one."""

    def find(self, kind: type[A], id: UUID) -> A | None:
        """The aggregate now, or None."""

    def keep(self, aggregate: Aggregate) -> int | None:
        """Append what it recorded; return the position of its last event, if there was one.

        Raises StaleVersion when somebody was faster.
        """

    def next_serial(self, region: str, day: date) -> int:
        """The next serial of a commitment code: without gaps, never given twice."""

    def shelter(self, who: PersonDetails) -> UUID:
        """Put a person into the vault; the same person always gets the same reference."""


class Repository(Protocol):
    def unit_of_work(
        self, context: CommandContext, fingerprint: str, *, alone: bool = False
    ) -> AbstractContextManager[UnitOfWork]:
        """Begin a transaction; `alone`: before anything is read, all others that write must wait.

        Raises AlreadyDone, or KeyReused if the key met another request.
        """

    def get(
        self, kind: type[A], id: UUID, *, version: int | None = None, at: datetime | None = None
    ) -> A:
        """The aggregate now, or as it stood after `version` events, or at an instant."""

    def history(self, id: UUID) -> Sequence[Recorded]:
        """Every event of one aggregate, oldest first; empty when there is none."""


class Vault(Protocol):
    def reveal(self, ref: UUID) -> PersonDetails:
        """Who this is.  Raises NotFound when the person is unknown or has been forgotten."""


class CreditPlatform(Protocol):
    def ask(self, subject: Organisation | Person) -> CreditAnswer:
        """What is on record now.  Raises PlatformUnreachable; a failure is never an answer."""


class Message(NamedTuple):
    """What the credit platform is told of one event: which, when, under which 承诺编码.

    Nothing in it says who anybody is.
    """

    id: UUID
    """The event's own: a message that is told again is known by it."""
    position: int
    case_id: UUID
    version: int
    code: str | None
    topic: str
    happened_at: datetime


class MessageReturned(Exception):
    """The platform does not take this message, and says why; as it is, it never will."""


class CreditIntake(Protocol):
    def deliver(self, message: Message) -> str:
        """Have the platform take a message in, once however often it is told; its receipt.

        Raises MessageReturned, or PlatformUnreachable when there was no answer.
        """


class DueList(Protocol):
    def overdue(self, today: date) -> Iterable[tuple[UUID, str]]:
        """Cases with a duty whose day has passed, and the action owed, most overdue first."""
