"""Aggregates kept in the event log; one unit of work is one transaction."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar, cast
from uuid import UUID

from eventsourcing.persistence import IntegrityError
from sqlalchemy import Connection, Engine, func, select, update

from application.ports import AlreadyDone, PersonDetails, Recorded
from application.turn import Turn
from domain.errors import KeyReused, NotFound, StaleVersion
from domain.kernel import Aggregate, Event
from infrastructure.database import upsert, writing
from infrastructure.mapper import EventMapper
from infrastructure.recorder import Envelope, EventRecorder
from infrastructure.schema import commands, commitment_serials, events
from infrastructure.vault import SealedVault

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True)
class EventSourcedStore:
    engine: Engine
    recorder: EventRecorder
    mapper: EventMapper
    vault: SealedVault

    @classmethod
    def over(
        cls, engine: Engine, secret: bytes, clock: Callable[[], datetime]
    ) -> "EventSourcedStore":
        """The store over one database."""
        recorder, vault = EventRecorder(engine, clock), SealedVault(engine, secret, clock)
        return cls(engine, recorder, EventMapper(), vault)

    @contextmanager
    def work(self, turn: Turn, fingerprint: str) -> Iterator["UnitOfWork"]:
        """Begin, and commit when the block ends well; see application/ports.py."""
        work: UnitOfWork | None = None
        try:
            with writing(self.engine).begin() as connection:
                work = UnitOfWork(self, connection, turn)
                work.claim(fingerprint)
                yield work
        except IntegrityError:
            assert work is not None
            raise StaleVersion(turn.seen, self._version(work.keeping)) from None
        self.recorder.announce()

    def get(
        self, kind: type[A], id: UUID, *, version: int | None = None, at: datetime | None = None
    ) -> A:
        return fold(kind, self.events(id, version=version, at=at))

    def events(
        self,
        id: UUID,
        *,
        version: int | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> list[Event]:
        """The events of one stream, up to a version or an instant where one is given."""
        stored = self.recorder.select_events(id, lte=version, connection=connection)
        if version is not None and (not stored or stored[-1].originator_version != version):
            raise NotFound(f"没有第{version}版")
        told = [self.mapper.to_domain_event(event) for event in stored]
        return [event for event in told if at is None or event.timestamp <= at]

    def history(self, id: UUID) -> Sequence[Recorded]:
        mapped = self.events(id)
        return [
            Recorded(
                row.position,
                row.recorded_at,
                event,
                row.metadata["channel"],
                row.metadata["correlation"],
                row.metadata["causation"],
            )
            for event, row in zip(mapped, self.recorder.stream(id), strict=True)
        ]

    def _version(self, id: UUID) -> int:
        with self.engine.connect() as db:
            newest = select(func.max(events.c.version)).where(events.c.stream_id == id)
            return cast(int, db.scalar(newest) or 0)


class UnitOfWork:
    """What is read, decided and kept within one transaction."""

    def __init__(self, store: EventSourcedStore, connection: Connection, turn: Turn) -> None:
        self._store, self._connection, self._turn = store, connection, turn
        self.keeping = UUID(int=0)

    def claim(self, fingerprint: str) -> None:
        """Take the turn's key for this request, or find what it was used for before."""
        if self._command_id is None:
            return
        row = upsert(self._connection.dialect)(commands).values(
            command_id=self._command_id, fingerprint=fingerprint, at=self._turn.at
        )
        claimed = row.on_conflict_do_nothing().returning(commands.c.command_id)
        if self._connection.execute(claimed).first() is not None:
            return
        earlier = select(commands).where(commands.c.command_id == self._command_id)
        found = self._connection.execute(earlier).one()
        if found.fingerprint != fingerprint:
            raise KeyReused("这个幂等键已经用于另一个请求，请换一个")
        raise AlreadyDone(found.stream_id, found.version, found.at)

    def find(self, kind: type[A], id: UUID) -> A | None:
        return kind.fold(self._store.events(id, connection=self._connection))

    def get(self, kind: type[A], id: UUID) -> A:
        aggregate = fold(kind, self._store.events(id, connection=self._connection))
        if self._turn.seen not in (None, aggregate.version):
            raise StaleVersion(self._turn.seen, aggregate.version)
        return aggregate

    def keep(self, aggregate: Aggregate) -> None:
        self.keeping = aggregate.id
        stored = [self._store.mapper.to_stored_event(event) for event in aggregate.collect_events()]
        envelope = Envelope(self._metadata, self._command_id)
        recorder = self._store.recorder
        recorder.insert_events(stored, connection=self._connection, envelope=envelope)
        if self._command_id:
            result = {"stream_id": aggregate.id, "version": aggregate.version}
            mine = update(commands).where(commands.c.command_id == self._command_id)
            self._connection.execute(mine.values(**result))

    def next_serial(self, region: str, day: date) -> int:
        s = commitment_serials.c
        row = upsert(self._connection.dialect)(commitment_serials)
        row = row.values(region=region, day=day, last=1)
        row = row.on_conflict_do_update(index_elements=[s.region, s.day], set_={"last": s.last + 1})
        return cast(int, self._connection.execute(row.returning(s.last)).scalar_one())

    def shelter(self, who: PersonDetails) -> UUID:
        return self._store.vault.shelter(self._connection, who)

    @property
    def _command_id(self) -> str | None:
        """A key belongs to the person who used it: nobody is answered with another's result."""
        if self._turn.key is None:
            return None
        by = self._turn.by
        text = "\n".join([by.department.code, by.role, by.person, self._turn.key])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def _metadata(self) -> dict[str, str | None]:
        turn = self._turn
        return {
            "channel": turn.channel.value,
            "correlation": str(turn.correlation),
            "causation": turn.causation,
        }


def fold(kind: type[A], told: Sequence[Event]) -> A:
    """The aggregate that the events tell; NotFound when there are none."""
    if (aggregate := kind.fold(told)) is None:
        raise NotFound("没有找到，或者当时还不存在")
    return aggregate
