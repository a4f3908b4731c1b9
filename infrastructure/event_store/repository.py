"""The repository of aggregates over the event log, and its unit of work.

A typical command takes two round trips: load and append.  The append itself claims the
idempotency key, so the key is looked up only if the command fails.  A command that needs a serial
number, the number of a document or the vault runs in an explicit transaction.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from sqlalchemy import Connection, Engine, Row, case, delete, func, select
from sqlalchemy.pool import PoolProxiedConnection

from application.execution.context import CommandContext, event_name
from application.execution.ports import (
    AlreadyDone,
    ContactDetails,
    Holding,
    NameOrigin,
    PersonDetails,
    Recorded,
    Registered,
)
from domain.files.values import FileFacts
from domain.kernel.aggregate import Aggregate, Event
from domain.kernel.documents import IssuedNumber
from domain.kernel.errors import DomainError, KeyReused, NotFound, StaleVersion
from domain.logbook.events import LogRestored
from domain.values.parties import Organisation, Person
from infrastructure.clock.time_guard import TimeGuard
from infrastructure.database.engine import reaching, upsert
from infrastructure.database.schema import commands, commitment_serials, events, log_head, sessions
from infrastructure.event_store.batch import Key, batch_of
from infrastructure.event_store.numbers import claim
from infrastructure.event_store.recorder import CONTENT, EventRecorder
from infrastructure.event_store.request_keys import command_id
from infrastructure.event_store.serializer import EventMapper
from infrastructure.files.holdings import holdings_of
from infrastructure.files.store import FileStore, Home, number_of_files
from infrastructure.memory.lineage import begin_anew, serial_floor
from infrastructure.privacy.names import NameRegister
from infrastructure.privacy.vault import SealedVault, VaultSecret
from projections.read_model.tables import case_summaries
from projections.worklist.inline import PUBLISHED, inline_row

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True)
class EventSourcedRepository:
    engine: Engine
    recorder: EventRecorder
    mapper: EventMapper
    vault: SealedVault
    files: FileStore
    clock: TimeGuard

    @classmethod
    def over(
        cls, engine: Engine, secret: VaultSecret, clock: TimeGuard, pool_size: int = 8
    ) -> Self:
        """Returns the repository over one database; `secret` returns the key of the vault."""
        recorder = EventRecorder(engine, clock, pool_size)
        vault = SealedVault(engine, secret)
        return cls(engine, recorder, EventMapper(), vault, FileStore(vault, clock), clock)

    @contextmanager
    def unit_of_work(
        self, context: CommandContext, request: str, *, alone: bool = False
    ) -> Iterator["EventSourcedUnitOfWork"]:
        """Begins a unit of work and commits it if its block ends well; the port says the rest."""
        self.clock.fault()  # this and the key may need a connection, so they come before ours
        key = _key(context, partial(self.vault.fingerprint, request))
        with reaching(self.recorder.commands) as pooled:
            work = EventSourcedUnitOfWork(self, pooled, context, request, key)
            try:
                if alone:
                    work.go_first()
                yield work
                work.commit()
            except IntegrityError:
                work.rollback()
                work.look_for_earlier()
                raise StaleVersion(context.seen, self._version(work.keeping)) from None
            except DomainError:
                work.rollback()
                work.look_for_earlier()
                raise
            except Exception:
                work.rollback()
                raise
        self.recorder.signal.announce()

    def get(self, kind: type[A], id: UUID, *, version: int | None = None) -> A:
        return replayed(kind, self.events(id, version=version))

    def stream_of(self, kind: type[A], id: UUID) -> list[Event]:
        events = self.events(id)
        replayed(kind, events[:1])
        return events

    def events(self, id: UUID, *, version: int | None = None) -> list[Event]:
        """Returns the events of one stream, up to a version if one is given.

        Raises NotFound if the stream has no such version.
        """
        rows = self.recorder.stream(id, version, CONTENT)
        if version is not None and (not rows or rows[-1].version != version):
            raise NotFound(f"没有第{version}版")
        return [self.mapper.of_row(row) for row in rows]

    def history(self, id: UUID) -> Sequence[Recorded]:
        return [self._recorded(row) for row in self.recorder.stream(id)]

    def _recorded(self, row: Row[Any]) -> Recorded:
        return Recorded(
            row.position,
            row.recorded_at,
            self.mapper.of_row(row),
            row.metadata["channel"],
            row.metadata["correlation"],
            row.metadata["causation"],
            row.metadata.get("command"),
        )

    def _version(self, id: UUID) -> int:
        with self.engine.connect() as db:
            newest = select(func.max(events.c.version)).where(events.c.stream_id == id)
            return cast(int, db.scalar(newest) or 0)


class EventSourcedUnitOfWork:
    """One unit of work: it keeps everything or nothing."""

    def __init__(
        self,
        repository: EventSourcedRepository,
        pooled: PoolProxiedConnection,
        context: CommandContext,
        request: str,
        key: Key | None,
    ) -> None:
        self._repository, self._pooled, self._context = repository, pooled, context
        self._driver: Any = pooled.driver_connection
        self._request = request
        self._key = key
        self._transaction: Connection | None = None
        """SQLAlchemy's object for the same connection; None unless a transaction is open."""
        self._following: list[tuple[Aggregate, Event]] = []
        """Aggregates that are appended after the one that is kept, each with its cause."""
        self.keeping = UUID(int=0)

    def find(self, kind: type[A], id: UUID) -> A | None:
        stored = self._repository.recorder.load(self._driver, id)
        return kind.replay(map(self._repository.mapper.to_domain_event, stored))

    def get(self, kind: type[A], id: UUID) -> A:
        if (aggregate := self.find(kind, id)) is None:
            raise NotFound("没有找到")
        return aggregate

    def keep(self, aggregate: Aggregate) -> int | None:
        self.keeping = aggregate.id
        position = self._append(aggregate, self._key, self._context.causation)
        for other, cause in self._following:
            self.keeping = other.id
            position = self._append(other, None, event_name(cause))
        return position

    def follow(self, aggregate: Aggregate, cause: Event) -> None:
        self._following.append((aggregate, cause))

    def _append(self, aggregate: Aggregate, key: Key | None, causation: str | None) -> int | None:
        if not (recorded := aggregate.collect_events()):
            return None
        stored = [self._repository.mapper.to_stored_event(event) for event in recorded]
        metadata = _metadata(self._context, causation)
        recorded_at = self._repository.clock.recorded_at(self._context.at)
        beside = {"key": key, "inline_row": inline_row(aggregate), "published": PUBLISHED}
        batch = batch_of(stored, metadata, recorded_at, **beside)
        return self._repository.recorder.append(self._driver, batch)[-1]

    def next_serial(self, region: str, day: date) -> int:
        db, s = self._begin(), commitment_serials.c
        floor = serial_floor(db, day)
        row = upsert(db.dialect)(commitment_serials)
        row = row.values(region=region, day=day, last=floor + 1)
        after = case((s.last < floor, floor), else_=s.last) + 1
        row = row.on_conflict_do_update(index_elements=[s.region, s.day], set_={"last": after})
        return cast(int, db.execute(row.returning(s.last)).scalar_one())

    def claim_number(self, number: IssuedNumber, holder: UUID) -> bool:
        return claim(self._begin(), number, holder)

    def take_in(
        self, sha256: str, owner: UUID, person: UUID | None, title: str
    ) -> FileFacts | None:
        home, who = Home(owner, person, title), (self._context.by, self._context.at)
        return self._repository.files.take_in(self._begin(), *who, sha256, home)

    def files_of(self, owner: UUID) -> int:
        return number_of_files(self._begin(), owner)

    def holdings_of(self, subject: Organisation | Person) -> Sequence[Holding]:
        return holdings_of(self._begin(), subject)

    def begin_anew(self, restored: LogRestored) -> None:
        self.go_first()
        db = self._begin()
        if (size := db.scalar(select(log_head.c.size))) != restored.size:
            raise StaleVersion(restored.size, size or 0)
        begin_anew(db, restored)
        db.execute(delete(sessions))  # those that were ended after the backup

    def register(self, who: Organisation | PersonDetails, at: datetime) -> Registered:
        return self._names.register(who, at)

    def registered(self, person: Person) -> Registered:
        return self._names.registered(person)

    def salt(self, person: Person, about: UUID) -> str:
        return self._repository.vault.salt(self._begin(), person.ref, about)

    def rename(self, known: Registered, name: str, at: datetime, origin: NameOrigin) -> Registered:
        return self._names.rename(known, name, at, origin)

    def keep_contact(self, contact: ContactDetails, at: datetime) -> UUID:
        return self._names.keep_contact(contact, at)

    def forget_contact(self, ref: UUID) -> None:
        self._names.forget_contact(ref)

    def cases_of(self, organisation: Organisation) -> Sequence[UUID]:
        self.go_first()  # no other command appends to these cases before this one ends
        c = case_summaries.c
        query = select(c.case_id).where(c.applicant_code == organisation.code)
        return self._begin().scalars(query.order_by(c.opened_at, c.case_id)).all()

    def go_first(self) -> None:
        """Locks the row of `log_head`: no other writer appends before this unit of work ends."""
        self._begin().execute(select(log_head.c.size).with_for_update())

    def look_for_earlier(self) -> None:
        """Raises AlreadyDone if the same request has used the idempotency key before.

        Raises KeyReused if another request has used it.
        """
        if self._key is None:
            return
        query = select(commands).where(commands.c.command_id == self._key.command_id)
        with self._repository.engine.connect() as db:
            if (earlier := db.execute(query).one_or_none()) is None:
                return
        if earlier.fingerprint not in (self._key.fingerprint, _unkeyed(self._request)):
            raise KeyReused("这个幂等键已经用于另一个请求，请换一个")
        raise AlreadyDone(earlier.stream_id, earlier.version, earlier.at)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    @property
    def _names(self) -> NameRegister:
        vault = self._repository.vault
        return NameRegister(self._begin(), vault, self._context)

    def _begin(self) -> Connection:
        if self._transaction is None:
            self._driver.execute(self._repository.recorder.log.BEGIN)
            self._transaction = Connection(self._repository.recorder.commands, self._pooled)
        return self._transaction

    def _end(self, statement: str) -> None:
        if self._transaction:
            self._driver.execute(statement)
            self._transaction = None


def replayed(kind: type[A], events: Sequence[Event]) -> A:
    """Replays an aggregate from its events.  Raises NotFound if there are none."""
    if (aggregate := kind.replay(events)) is None:
        raise NotFound("没有找到")
    return aggregate


def _unkeyed(request: str) -> str:
    """The fingerprint that the release before this one stores."""
    return hashlib.sha256(request.encode()).hexdigest()


def _key(context: CommandContext, fingerprint: Callable[[], str]) -> Key | None:
    """The idempotency key of a command.  Returns None if the command has no key."""
    if context.key is None:
        return None
    return Key(command_id(context.by, context.key), fingerprint(), context.at)


def _metadata(context: CommandContext, causation: str | None) -> dict[str, str | None]:
    return {
        "channel": context.channel.value,
        "correlation": str(context.correlation),
        "causation": causation,
        "command": context.command,
    }
