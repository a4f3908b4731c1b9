"""The dependency container: holds every service object over one database; `build` wires them."""

import gc
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from uuid import UUID

from sqlalchemy import Engine

from application.audit.queries import Auditing
from application.case.deadlines import Sweep
from application.case.service import Casework
from application.case.signing import Signing
from application.catalogue.service import Catalogue
from application.law.service import Articles
from application.logbook.service import Logbook
from application.tolerance.service import Tolerance
from domain.values.workdays import WorkCalendar
from infrastructure.calendar.loader import load_calendar
from infrastructure.clock.guarded_clock import GuardedClock
from infrastructure.clock.time_guard import Clock, TimeGuard
from infrastructure.credit_platform.intake import EmbeddedIntake
from infrastructure.credit_platform.register import CreditRegister
from infrastructure.database.engine import open_database
from infrastructure.database.markers import DEMO, has_mark
from infrastructure.event_store.repository import EventSourcedRepository
from infrastructure.event_store.signal import LogSignal
from infrastructure.evidence.bundle import Bundler
from infrastructure.evidence.cosigning import Cosigning
from infrastructure.evidence.proofs import Proofs
from infrastructure.evidence.sealer import Sealer
from infrastructure.evidence.verifier import Verifier
from infrastructure.exports.exporter import Exporter
from infrastructure.exports.records import Exports
from infrastructure.files.holdings import CityHoldings
from infrastructure.files.store import FileStore
from infrastructure.identity.access_codes import AccessCodes
from infrastructure.identity.applicant_sessions import ApplicantSessions
from infrastructure.identity.form_drafts import FormDrafts
from infrastructure.identity.sessions import Sessions
from infrastructure.keys.keyring import Keyring
from infrastructure.lawbook import LawOnFile
from infrastructure.letters.letters import TypesetLetters
from infrastructure.letters.register import PaperRegister
from infrastructure.memory.log_memory import LogMemory
from infrastructure.open_data.daily import DailyFiles
from infrastructure.outbox.outbox import Outbox
from infrastructure.outbox.relay import Relay
from infrastructure.privacy.access_log import AccessLogTable
from infrastructure.projector.parked_events import Parking
from infrastructure.projector.projector import Projector
from infrastructure.settings import Settings
from infrastructure.signatures.verifier import ConfinedVerifier
from infrastructure.worklist.claims import Claims
from projections.disclosures.projection import DISCLOSURE
from projections.worklist import lists as worklist

GARBAGE_THRESHOLD = 50_000
"""At the default threshold, garbage collection took half the time of reading a page of events."""
system_clock = GuardedClock()
"""The clock of this process."""


@dataclass(frozen=True)
class DutyTable:
    """Implements the DueList port on the rows of the worklist."""

    engine: Engine

    def overdue(self, today: date) -> list[tuple[UUID, str]]:
        with self.engine.connect() as db:
            return [(row.case_id, row.action) for row in db.execute(worklist.overdue(today))]


@dataclass(frozen=True)
class Container:
    """The service objects over one database; each is created once."""

    settings: Settings
    clock: Clock
    """The time as it is shown; what is recorded takes its time from the guard."""
    guard: TimeGuard
    engine: Engine
    keys: Keyring
    repository: EventSourcedRepository
    signal: LogSignal
    register: CreditRegister
    calendar: WorkCalendar
    projector: Projector
    outbox: Outbox
    relay: Relay
    sealer: Sealer
    casework: Casework
    catalogue: Catalogue
    tolerance: Tolerance
    law: LawOnFile
    sweep: Sweep

    @cached_property
    def articles(self) -> Articles:
        return Articles(self.repository)

    @cached_property
    def logbook(self) -> Logbook:
        return Logbook(self.repository)

    @cached_property
    def auditing(self) -> Auditing:
        return Auditing(self.repository)

    @cached_property
    def parking(self) -> Parking:
        return Parking(self.projector)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self.engine)

    @cached_property
    def letters(self) -> TypesetLetters:
        return TypesetLetters(self.repository.vault)

    @cached_property
    def bundler(self) -> Bundler:
        return Bundler(self.repository, self.sealer, self.files)

    @cached_property
    def cosigning(self) -> Cosigning:
        return Cosigning(self.engine, self.settings.witnesses)

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.engine, self.clock, self.sealer.public_keys, self.cosigning.has_signed)

    def is_demonstration(self) -> bool:
        """True if what this database holds was invented."""
        return _invented(self.engine)

    @cached_property
    def access_log(self) -> AccessLogTable:
        return AccessLogTable(self.engine)

    @property
    def files(self) -> FileStore:
        return self.repository.files

    @cached_property
    def holdings(self) -> CityHoldings:
        return CityHoldings(self.repository.vault)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, timedelta(minutes=self.settings.session_idle_minutes))

    @cached_property
    def drafts(self) -> FormDrafts:
        return FormDrafts(self.engine, self.clock)

    @cached_property
    def access_codes(self) -> AccessCodes:
        return AccessCodes(self.engine)

    @cached_property
    def applicants(self) -> ApplicantSessions:
        return ApplicantSessions(self.engine, timedelta(minutes=self.settings.session_idle_minutes))

    @cached_property
    def claims(self) -> Claims:
        return Claims(self.engine)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self.engine, self.clock)

    @cached_property
    def exporter(self) -> Exporter:
        folder, max_rows = self.settings.exports_dir, self.settings.export_max_rows
        return Exporter(self.engine, self.exports, folder, max_rows)

    @cached_property
    def daily_files(self) -> DailyFiles:
        folder = self.settings.open_data_dir
        return DailyFiles(self.engine, self.clock, self._shows_the_whole_log, folder)

    def _shows_the_whole_log(self) -> bool:
        return self.projector.lag()[DISCLOSURE.name] == 0

    @property
    def log_keys(self) -> list[str]:
        """The public keys of the log, newest first."""
        return self.sealer.public_keys()

    def log_size(self) -> int:
        """The number of events in the log."""
        return self.repository.recorder.max_notification_id() or 0

    def close(self) -> None:
        self.repository.recorder.close()
        self.engine.dispose()


def build(settings: Settings, clock: Clock = system_clock) -> Container:
    """Composition root: builds the container over the database that the settings name."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    engine = open_database(settings.url, settings.pool_size)
    guard, keys = TimeGuard(clock, engine), Keyring(engine, settings.keys_dir, settings.log_origin)
    repository = EventSourcedRepository.over(engine, keys.vault_secret, guard, settings.pool_size)
    register, calendar = CreditRegister(engine, repository.vault, guard), load_calendar()
    outbox, law = Outbox(engine), LawOnFile(engine)
    signing = _signing(settings, engine, repository)
    casework = Casework(repository, repository.vault, register, calendar, signing, settings.address)
    return Container(
        *(settings, clock, guard, engine, keys, repository),
        signal=repository.recorder.signal,
        register=register,
        calendar=calendar,
        projector=Projector(engine, repository.recorder, repository.mapper, clock),
        outbox=outbox,
        relay=Relay(outbox, EmbeddedIntake(engine, clock), repository.mapper, clock),
        sealer=_sealer(settings, engine, clock, keys),
        casework=casework,
        catalogue=Catalogue(repository),
        tolerance=Tolerance(repository, calendar, law.read),
        law=law,
        sweep=Sweep(casework, DutyTable(engine)),
    )


def _signing(settings: Settings, engine: Engine, repository: EventSourcedRepository) -> Signing:
    verifier = ConfinedVerifier(settings.trust_folder, partial(_invented, engine))
    letters = TypesetLetters(repository.vault)
    held = (repository, repository.vault, repository.files)
    return Signing(*held, letters, PaperRegister(engine), verifier)


def _invented(engine: Engine) -> bool:
    """True if what this database holds was invented for a demonstration."""
    return has_mark(engine, DEMO)


def _sealer(settings: Settings, engine: Engine, clock: Clock, keys: Keyring) -> Sealer:
    return Sealer(engine, clock, keys.signers, LogMemory(settings.memory_dirs), settings.log_origin)
