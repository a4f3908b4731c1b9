"""Drives the real service through its use cases, and reads its tables."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select, text, update

from application.as_of import AsOf, Moment
from application.case.case_command import CaseCommand
from application.case.commands import promise
from application.case.commands.applicants import PersonApplicant
from application.catalogue.commands import ActivateItem, ItemCommand, ListItem
from application.execution.context import CommandContext
from application.execution.execute import Executed
from application.execution.ports import PersonDetails
from domain.case import events as e
from domain.case.case import Case
from domain.catalogue.terms import Terms
from domain.kernel.aggregate import Event
from domain.kernel.errors import DomainError
from domain.tolerance.review import ToleranceReview
from domain.values.parties import Actor, Department, Organisation, Person
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.files_schema import uploads
from infrastructure.database.schema import events, marks, vault
from infrastructure.event_store.batch import batch_of
from projections.worklist.inline import PUBLISHED, inline_row
from tests import stories as s
from tests.given import CLERK, Fact, after, history, on, unpinned
from tests.papers import lodge

ADMIN = CLERK.model_copy(update={"person": "wang", "role": "catalog_admin"})
AUDITOR = CLERK.model_copy(update={"person": "feng", "role": "auditor"})
HOUSING_OFFICE = Department(code="11411281005801851C", name="义马市住房和城乡建设局")
SOMEBODY = PersonDetails(name="慕容晓芸", id_number="411281190212169470")
SOMEBODY_ELSE = PersonDetails(name="司徒远山", id_number="411281190306139846")

STORIES = {
    name: story
    for name, story in vars(s).items()
    if name.isupper() and isinstance(story, tuple) and all(isinstance(f, Fact) for f in story)
} | {
    "ASKED_AGAIN": after(s.COMMITTED, "query", s.CLEAN, at=on("2026-09-30")),
    "UNCOOPERATIVE": after(
        s.RECTIFYING, "refuse_rectification", s.SIGNED_REFUSAL, by=s.INSPECTOR, at=s.SANCTION_DAY
    ),
}
"""All stories, by name."""


def as_of(version: int | None = None, at: datetime | None = None) -> AsOf:
    """What a reader asks for long after everything has happened."""
    return AsOf(on("2030-01-01"), version, Moment(at, at) if at else None)


def elsewhere(actor: Actor) -> Actor:
    """Returns the same person and role in a department that is not involved in the case."""
    return actor.model_copy(update={"department": HOUSING_OFFICE})


class Office:
    """An office that executes commands on the service, at the time of the service's clock."""

    def __init__(self, service: Container) -> None:
        self.service, self.repository = service, service.repository
        self._numbers = count(1)

    def context(self, by: Actor = CLERK, **how: Any) -> CommandContext:
        return CommandContext(by, self.service.clock(), **how)

    def lists(self, terms: Terms | None = s.TERMS, active: bool = True) -> None:
        """Lists the item of the stories in the catalogue and, if `active`, puts it in force."""
        self.service.catalogue.list_item(self.context(ADMIN), ListItem(item=s.ITEM, terms=terms))
        if active:
            self.revises(ActivateItem())

    def revises(self, command: ItemCommand) -> None:
        self.service.catalogue.act(self.context(ADMIN), s.ITEM.code, command)

    def opens(
        self,
        applicant: Organisation | PersonApplicant = s.APPLICANT,
        by: Actor = CLERK,
        **how: Any,
    ) -> Executed[Case]:
        command = promise.OpenCase(
            item=s.ITEM.code, kind=s.NOTICE, applicant=applicant, submitted=s.ALL_IN
        )
        return self.service.casework.open(self.context(by, **how), command)

    def acts(self, id: UUID, command: CaseCommand, by: Actor = CLERK, **how: Any) -> Executed[Case]:
        lodge(self.service, by, command.model_dump_json())
        return self.service.casework.act(self.context(by, **how), id, command)

    def promises(self, id: UUID, **how: Any) -> Executed[Case]:
        """The applicant of a notified case signs the commitment letter today."""
        signed = s.letter_for(self.repository.get(Case, id), self.service.clock())
        return self.acts(id, promise.Promise(letter=s.handed_in(signed)), **how)

    def remembers(
        self, story: s.Story, applicant: Organisation | Person = s.APPLICANT, number: int = 0
    ) -> UUID:
        """Appends the story to the log as a new case with its own 承诺编码; returns its id."""
        number = number or next(self._numbers)
        events = history(*_about(story, applicant, number), id=UUID(int=0xCA5E0000 + number))
        self.records(events)
        return events[0].originator_id

    def remembers_review(self, story: s.Story) -> UUID:
        """Appends the story to the log as a new tolerance review; returns its id."""
        events = history(*story, of=ToleranceReview, id=UUID(int=0x7E000000 + next(self._numbers)))
        self.records(events)
        return events[0].originator_id

    def records(self, events: list[Event], at: datetime | None = None) -> None:
        """Appends these events to the log without checking any rule.

        They are recorded at the service's time, but not before they happen, unless `at` is given.
        """
        stored = [self.repository.mapper.to_stored_event(event) for event in events]
        metadata = {"channel": "counter", "correlation": str(uuid4()), "causation": None}
        case = Case.replay(self.repository.events(events[0].originator_id) + events)
        beside = {"inline_row": inline_row(case), "published": PUBLISHED} if case else {}
        self._registers(events[0])
        recorder = self.repository.recorder
        recorded_at = at or max(self.service.clock(), events[-1].timestamp)
        with recorder.commands.connect() as db:
            batch = batch_of(stored, metadata, recorded_at, **beside)
            recorder.append(db.connection.driver_connection, batch)
        recorder.signal.announce()

    def _registers(self, event: Event) -> None:
        """Registers the organisation of an opened case under its name, as the use case does."""
        if isinstance(event, e.CaseOpened) and isinstance(event.applicant, Organisation):
            with self.repository.unit_of_work(self.context(), "") as work:
                work.register(event.applicant, event.timestamp)

    def forgets(self, who: Person) -> None:
        """Destroys the key of a person."""
        with writing(self.service.engine).begin() as db:
            db.execute(update(vault).where(vault.c.ref == who.ref).values(wrapped_key=None))

    def takes_in(self, who: PersonDetails) -> UUID:
        with self.repository.unit_of_work(self.context(), "") as work:
            return work.register(who, self.service.clock()).subject.ref


def _about(story: s.Story, applicant: Organisation | Person, number: int) -> Iterator[Fact]:
    """The story, told of another case."""
    changes = {
        e.CaseOpened: {"applicant": applicant},
        e.CommitmentMade: {"code": s.code(serial=number)},
    }
    for fact in map(unpinned, story):
        yield fact._replace(said=fact.said | changes.get(fact.event, {}))


REBUILT = ("terms_version", "inspect_by", "inspect_provisional", "breach_found_on", "ordered_on")
REBUILT += ("rectify_by", "appeared", "changed")
"""The columns of `disclosures` that a migration adds empty: a rebuild fills them."""


def everything(engine: Engine) -> dict[str, list[str]]:
    """Returns every row of every table but the marks, as text in a fixed order."""
    with engine.connect() as db:
        return {
            table.name: sorted(str(tuple(row)) for row in db.execute(select(table)))
            for table in events.metadata.sorted_tables
            if table not in (marks, uploads)  # when a migration ran; what nobody has named yet
        }


def unguarded(engine: Engine) -> None:
    """Removes every trigger, as the owner of the database could."""
    with writing(engine).begin() as db:
        if engine.dialect.name == "sqlite":
            triggers = text(
                "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type='trigger'"
            )
        else:
            triggers = text(
                "SELECT DISTINCT format('ALTER TABLE %I DISABLE TRIGGER USER', relname)"
                " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
            )
        for statement in db.scalars(triggers).all():
            db.execute(text(statement))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs all functions at the same moment; returns their results, or the refusals they raised."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))
