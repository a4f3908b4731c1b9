"""Ports: the interfaces through which use cases reach databases and other systems."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Annotated, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import Field

from application.execution.context import CommandContext
from domain.documents.kinds import Copy, DocumentKind
from domain.files.values import FileFacts
from domain.kernel.aggregate import Aggregate, Event
from domain.kernel.documents import IssuedNumber
from domain.logbook.events import LogRestored
from domain.signatures.faults import SignatureRefused
from domain.signatures.verification import ExpectedSigner, Verification
from domain.values.contacts import MobilePhone
from domain.values.credit import CreditAnswer
from domain.values.identity.documents import (
    BESIDE_ITS_NUMBER,
    Birth,
    DocumentNumber,
    IdentityDocument,
    IdentityKind,
    birth_fault,
    birth_in,
    identity_of,
    kind_of,
)
from domain.values.labels import Labelled
from domain.values.parties import ONLY_IF_SET, Actor, Department, Organisation, Person, Value
from domain.values.texts import RecordedText

A = TypeVar("A", bound=Aggregate)


UNLESS_IN_THE_NUMBER = Field(
    description="出生日期；证件号码不含出生日期的（通行证、护照、旧的外国人永久居留身份证）须填写",
    exclude_if=lambda value: value is None,
    validate_default=True,
)


class PersonDetails(Value):
    """Who a natural person is.  Goes to the vault at once and never into an event."""

    name: RecordedText
    document: Annotated[IdentityDocument | None, ONLY_IF_SET] = None
    """None for a number of 18 digits that says itself which document it is of."""
    id_number: DocumentNumber
    born: Annotated[Birth | None, BESIDE_ITS_NUMBER, UNLESS_IN_THE_NUMBER] = None

    @property
    def kind_of_document(self) -> IdentityKind:
        return self.document.kind if self.document else kind_of(self.id_number)

    @property
    def date_of_birth(self) -> date:
        born = self.born or birth_in(self.id_number)
        assert born, "a person is accepted with a date of birth only"
        return born

    @property
    def identity(self) -> str:
        """What tells this person from every other."""
        return identity_of(self.document, self.id_number)

    def birth_fault(self, today: date) -> str | None:
        """The reason why nobody alive is this person.  Returns None if somebody may be."""
        where = "" if self.born else "公民身份号码中的"
        return birth_fault(self.date_of_birth, today, where)


class ContactDetails(Value):
    """Whom to tell by message.  Goes to the vault at once and never into an event."""

    name: RecordedText
    phone: MobilePhone


class NameOrigin(Labelled):
    """How a name came into the register."""

    GIVEN = "given", "受理时登记"
    RENAMED = "renamed", "依法变更"
    CORRECTED = "corrected", "更正"


class Registered(NamedTuple):
    """A subject with the name under which it is registered now."""

    subject: Organisation | Person
    name: str
    since: datetime
    version: int = 1
    """The number of the person's name in the vault; always 1 for an organisation."""
    given_by: str | None = None
    """Who gave the person this name; None if unknown, and for an organisation."""


class PersonOnRecord(NamedTuple):
    """A person under one of the names that the vault keeps."""

    details: PersonDetails
    version: int
    since: datetime
    origin: NameOrigin
    given_by: str | None
    """The member of staff who gave the name; None for one older than the versions."""


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


class Holding(NamedTuple):
    """The file of a material that a department received in a case and that still opens."""

    name: str
    """The folded name of the material."""
    case: UUID
    digest: str
    holder: Department
    held_on: date
    valid_until: date | None
    """The last day of the material itself; None if it does not end."""


class AlreadyDone(Exception):
    """This request was executed before: its result, at time `at`, was `id` at `version`."""

    def __init__(self, id: UUID, version: int, at: datetime) -> None:
        super().__init__(f"{id} at {version}")
        self.id, self.version, self.at = id, version, at


class UnitOfWork(Protocol):
    """One transaction: reads and appends are committed together, or not at all."""

    def get(self, kind: type[A], id: UUID) -> A:
        """Returns the aggregate.  Raises NotFound."""

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Returns the aggregate.  Returns None if it does not exist."""

    def keep(self, aggregate: Aggregate) -> int | None:
        """Appends the pending events; returns the position of the last, or None without any.

        Raises StaleVersion if a concurrent writer was faster.
        """

    def next_serial(self, region: str, day: date) -> int:
        """Returns the next serial number of a commitment code: no number twice.

        There are no gaps, but for the one that a restoration leaves.
        """

    def claim_number(self, number: IssuedNumber, holder: UUID) -> bool:
        """Reserves the number of a document for the stream `holder`; False if it is taken."""

    def begin_anew(self, restored: LogRestored) -> None:
        """Gives the log its new name and commitment codes their gap; locks the event log.

        Raises StaleVersion if the log has not the size from which it was restored.
        """

    def register(self, who: Organisation | PersonDetails, at: datetime) -> Registered:
        """Registers a subject under this name, unless its code is registered already.

        A person is stored in the vault; the same person always gets the same reference.  The
        register of this subject stays locked until the transaction ends.
        """

    def registered(self, person: Person) -> Registered:
        """Returns a person's registered name and locks it; raises NotFound if they were erased."""

    def salt(self, person: Person, about: UUID) -> str:
        """Returns a secret of this person for one case; it dies with the person's key."""

    def rename(self, known: Registered, name: str, at: datetime, origin: NameOrigin) -> Registered:
        """Registers another name for a known subject; the vault keeps the earlier ones."""

    def keep_contact(self, contact: ContactDetails, at: datetime) -> UUID:
        """Seals whom to tell in one case under a key of their own; returns the reference."""

    def forget_contact(self, ref: UUID) -> None:
        """Destroys the key of a contact: nobody reads it any more."""

    def cases_of(self, organisation: Organisation) -> Sequence[UUID]:
        """Returns the ids of the cases of this organisation's code, and locks the event log."""

    def take_in(
        self, sha256: str, owner: UUID, person: UUID | None, title: str
    ) -> FileFacts | None:
        """Puts a file that the actor has uploaded into the file of its owner.

        It is sealed for this person, or for the owner if there is none.  Returns None if the actor
        has uploaded no such file lately.
        """

    def files_of(self, owner: UUID) -> int:
        """Returns how many files the owner holds."""

    def holdings_of(self, subject: Organisation | Person) -> Sequence[Holding]:
        """Returns what the city holds of a subject and can still open, the newest first."""

    def follow(self, aggregate: Aggregate, cause: Event) -> None:
        """Appends the pending events after those of `keep`, as caused by this event."""


class Repository(Protocol):
    def unit_of_work(
        self, context: CommandContext, request: str, *, alone: bool = False
    ) -> AbstractContextManager[UnitOfWork]:
        """Begins a transaction; `alone` locks out all other writers before its first read.

        `request` is what equal requests share; only a keyed hash of it is stored.

        Raises AlreadyDone if this request was executed before, KeyReused if its idempotency key
        was used for another request.
        """

    def get(self, kind: type[A], id: UUID, *, version: int | None = None) -> A:
        """Returns the aggregate as it is now, or after `version` events.  Raises NotFound."""

    def stream_of(self, kind: type[A], id: UUID) -> Sequence[Event]:
        """Returns every event of one aggregate, oldest first.  Raises NotFound without any."""

    def history(self, id: UUID) -> Sequence[Recorded]:
        """Returns every event of one aggregate, oldest first; empty if there is none."""


class Vault(Protocol):
    def reveal(self, ref: UUID, at: datetime | None = None) -> PersonOnRecord:
        """Returns a person as registered now or at an instant.

        Raises NotFound if they are unknown or were erased.
        """

    def contact(self, ref: UUID) -> ContactDetails:
        """Returns whom to tell.  Raises NotFound if the key was destroyed."""


class Letters(Protocol):
    """Makes the documents that were served with the events of a case, each time the same."""

    def render(
        self, history: Sequence[Event], kind: DocumentKind, copy: Copy | None = None
    ) -> bytes:
        """Returns the last document of this kind as PDF/A, byte for byte as it was served.

        `history` are the stored events of the case, oldest first.  Raises NotFound if no event
        serves such a document, or if the person it names was erased.
        """


class Uploads(Protocol):
    def uploaded(self, by: Actor, sha256: str) -> bytes | None:
        """Returns a file that this person has uploaded and no command has named yet, or None."""


class ServedPapers(Protocol):
    def case_of_document(self, sha256: str) -> UUID | None:
        """Returns the case in which a document with this content was served, or None."""


class Holdings(Protocol):
    def of(self, subject: Organisation | Person) -> Sequence[Holding]:
        """Returns what the city holds of a subject and can still open, the newest first."""

    def person(self, identity: str) -> Person | None:
        """Returns the person with this number of this document, or None if nobody is known."""


class CreditPlatform(Protocol):
    def ask(self, subject: Organisation | Person) -> CreditAnswer:
        """Returns the current credit records.  Raises PlatformUnreachable if there is no answer."""


class SignatureVerifier(Protocol):
    def verify(
        self, signed: bytes, served: bytes, signer: ExpectedSigner, moment: datetime
    ) -> Verification | SignatureRefused:
        """Verifies that `signer` signed the served document, and signed nothing else.

        `signed` is the signed PDF, or the signature beside it; `moment` is when it was received.
        """


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
