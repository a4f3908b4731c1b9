"""A run of a scenario of the demonstration: its time, its people, and the commands of its case."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from api.demo.moving_clock import MovingClock
from api.demo.papers import hand_in
from application.access.permissions import Role
from application.case.case_command import CaseCommand
from application.case.commands import promise
from application.case.commands.applicants import Applicant
from application.execution.context import CommandContext
from domain.case.acceptance.values import AtOpening
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, Weight
from domain.values.parties import Actor, Channel
from domain.values.workdays import SHANGHAI, Party, local_date
from infrastructure.container import Container

Steps = Iterator[datetime]
"""A running scenario: each `next` executes commands and yields the time of the next step."""


class ScenarioRun:
    """One run of a scenario: it has a time of its own, which its steps move forward."""

    def __init__(
        self, container: Container, random: Random, number: int, at: datetime, item: CatalogueItem
    ) -> None:
        self.container, self.random, self.number = container, random, number
        self.at, self.item = at, item

    @property
    def clock(self) -> MovingClock:
        assert isinstance(self.container.clock, MovingClock)
        return self.container.clock

    def later(self, workdays: int) -> datetime:
        """Move to a random time of the morning, this many working days later; return the time."""
        calendar = self.container.calendar
        day = calendar.add(local_date(self.at), workdays, Party.GOVERNMENT).on
        morning = datetime.combine(day, time(8, 40), SHANGHAI)
        self.at = morning + timedelta(minutes=self.random.randrange(180))
        return self.at

    def context(self, by: Actor, channel: Channel = Channel.COUNTER) -> CommandContext:
        """The context of a command that this actor executes at the time of the run.

        That time is the clock's, so that every event is recorded at the moment it happens: the run
        waits for those before it, and goes no further than the present.
        """
        self.at = self.clock.reach(self.at)
        return CommandContext(by, self.at, channel)

    def document(self, title: str) -> str:
        """The number of a document of this run."""
        return f"义示{title}〔{local_date(self.at).year}〕{self.number}号"


class CaseRun(ScenarioRun):
    """A scenario's run of one case; `case` is the case after the last command."""

    def open(self, kind: CommitmentType, applicant: Applicant, acceptance: AtOpening) -> None:
        assert self.item.terms is not None
        primary = [m.code for m in self.item.terms.of(Weight.PRIMARY)]
        said = {"kind": kind, "applicant": applicant, "acceptance": acceptance}
        command = promise.OpenCase(item=self.item.item.code, submitted=tuple(primary), **said)
        context = self._context(Role.INTAKE_CLERK)
        self.case = self.container.casework.open(context, command).aggregate

    def act(self, role: Role, command: CaseCommand) -> None:
        """Execute the command as an officer of this role, some minutes after the last command."""
        self.at += self.clock.pause(self.random.randrange(2, 9))
        context = self._context(role)
        hand_in(self.container, context.by, command)
        self.case = self.container.casework.act(context, self.case.id, command).aggregate

    def reload(self) -> None:
        """Load the case again, with the events that the sweep has added."""
        self.case = self.container.repository.get(type(self.case), self.case.id)

    def _context(self, role: Role) -> CommandContext:
        office = self.item.item
        supervising = role is Role.INSPECTOR
        department = office.supervisor if supervising else office.department
        person = f"{role.value.split('_')[0]}-{self.random.randrange(1, 4):02}"
        return self.context(Actor(person=person, role=role, department=department))
