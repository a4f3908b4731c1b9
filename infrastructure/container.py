"""The service put together over one database: what the doors and the jobs share."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Engine

from application.audit.queries import Auditing
from application.case.deadlines import Sweep
from application.case.service import Casework
from application.catalogue.service import Catalogue
from application.tolerance.service import Tolerance
from infrastructure.calendar.loader import load_calendar
from infrastructure.credit_platform.intake import EmbeddedIntake
from infrastructure.credit_platform.register import CreditRegister
from infrastructure.database.engine import open_database
from infrastructure.event_store.repository import EventSourcedStore
from infrastructure.evidence.bundle import Bundler
from infrastructure.evidence.cosigning import Cosigning
from infrastructure.evidence.keys import log_signers
from infrastructure.evidence.proofs import Proofs
from infrastructure.evidence.sealer import Sealer
from infrastructure.evidence.verifier import Verifier
from infrastructure.exports.exporter import Exporter
from infrastructure.exports.records import Exports
from infrastructure.identity.keys import vault_key
from infrastructure.identity.sessions import Sessions
from infrastructure.outbox.outbox import Outbox
from infrastructure.outbox.relay import Relay
from infrastructure.privacy.access_log import ReadTable
from infrastructure.projector.parked_events import Parking
from infrastructure.projector.projector import Projector
from infrastructure.settings import Settings
from projections.worklist import projection as worklist

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DutyTable:
    """The DueList port over the worklist's rows."""

    engine: Engine

    def overdue(self, today: date) -> list[tuple[UUID, str]]:
        with self.engine.connect() as db:
            return [(row.case_id, row.action) for row in db.execute(worklist.overdue(today))]


@dataclass(frozen=True)
class Service:
    settings: Settings
    clock: Clock
    engine: Engine
    store: EventSourcedStore
    register: CreditRegister
    projector: Projector
    relay: Relay
    sealer: Sealer
    casework: Casework
    catalogue: Catalogue
    tolerance: Tolerance
    sweep: Sweep

    @property
    def cosigning(self) -> Cosigning:
        return Cosigning(self.engine, self.settings.witnesses)

    @property
    def bundler(self) -> Bundler:
        return Bundler(self.store, self.sealer)

    @property
    def proofs(self) -> Proofs:
        return Proofs(self.engine)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.engine, self.clock, self.log_keys)

    @property
    def log_keys(self) -> list[str]:
        """The public keys of the log, the newest first."""
        return [signer.verifier for signer in self.sealer.known_signers()]

    @property
    def parking(self) -> Parking:
        return Parking(self.projector)

    @property
    def outbox(self) -> Outbox:
        return self.relay.outbox

    @property
    def reads(self) -> ReadTable:
        return ReadTable(self.engine)

    @property
    def auditing(self) -> Auditing:
        return Auditing(self.store)

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, timedelta(minutes=self.settings.session_idle_minutes))

    @property
    def exporter(self) -> Exporter:
        records = Exports(self.engine, self.clock)
        return Exporter(
            self.engine, records, self.settings.exports_dir, self.settings.export_max_rows
        )

    def close(self) -> None:
        self.store.recorder.close()
        self.engine.dispose()


def build(settings: Settings, clock: Clock = system_clock) -> Service:
    """The composition root."""
    gc.set_threshold(
        50_000
    )  # a page of events is no garbage: looking for cycles took half its time
    engine = open_database(settings.url, settings.pool_size)
    store = EventSourcedStore.over(engine, vault_key(settings.keys_dir), clock, settings.pool_size)
    register = CreditRegister(engine, store.vault, clock)
    casework = Casework(store, store.vault, register, load_calendar())
    return Service(
        settings=settings,
        clock=clock,
        engine=engine,
        store=store,
        register=register,
        projector=Projector(engine, store.recorder, store.mapper, clock),
        relay=Relay(Outbox(engine), EmbeddedIntake(engine, clock), store.mapper, clock),
        sealer=Sealer(engine, clock, partial(log_signers, settings.keys_dir, settings.log_origin)),
        casework=casework,
        catalogue=Catalogue(store),
        tolerance=Tolerance(store, casework.calendar),
        sweep=Sweep(casework, DutyTable(engine)),
    )
