"""One code has one name at a time: races for it, and laws over random openings and corrections."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.case.commands.applicants import PersonApplicant
from application.case.commands.identity import Correct
from application.case.commands.promise import OpenCase
from application.case.names import Renaming
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.case.events import IdentityCorrected
from domain.kernel.errors import ActionRefused, DomainError, IdentityConflict, StaleVersion
from domain.values.folding import fold
from domain.values.identifiers import citizen_id_check, credit_code_check, org_code_check
from domain.values.parties import Actor, Organisation, Person
from infrastructure.container import Container
from tests import stories as s
from tests.conftest import Clock
from tests.given import CLERK, DAY_1, DECIDER
from tests.papers import lodge
from tests.support.service_driver import SOMEBODY, Office, as_of, at_once, everything

NUMBERS = count(1)
NAMES = ("义马市千秋商行", "义马市千·秋商行", "义马市百味商行", "义马市三门商行")
"""The first two compare equal."""
STAFF = [CLERK, DECIDER] + [DECIDER.model_copy(update={"person": each}) for each in ("wu", "he")]
PAPER = s.digest("paper")


@pytest.fixture
def office(service: Container) -> Office:
    office = Office(service)
    office.lists()
    return office


def organisation(number: int, name: str) -> Organisation:
    body = f"MA{number:06}"
    first17 = f"91411281{body}{org_code_check(body)}"
    return Organisation(code=first17 + credit_code_check(first17), name=name)


def person(number: int, name: str) -> PersonApplicant:
    first17 = f"4112811985{1 + number // 27_972:02}{1 + number // 999 % 28:02}{number % 999:03}"
    return PersonApplicant(id_number=first17 + citizen_id_check(first17), name=name)


def opens(office: Office, who: Any, by: Actor = CLERK, renaming: Renaming | None = None) -> UUID:
    facts = {"item": s.ITEM.code, "kind": s.NOTICE, "submitted": s.ALL_IN}
    command = OpenCase(**facts, applicant=who, renamed=renaming)
    clerk = by.model_copy(update={"role": "intake_clerk"})
    lodge(office.service, clerk, command.model_dump_json())
    context = CommandContext(clerk, office.service.clock())
    return office.service.casework.open(context, command).aggregate.id


def corrects(office: Office, id: UUID, name: str, by: Actor = DECIDER) -> None:
    command = Correct(correct_name=name, reason="录入有误", evidence=PAPER)
    office.acts(id, command, by=by.model_copy(update={"role": "decision_officer"}))


def shown(office: Office, id: UUID, **when: Any) -> str:
    """The name that a case shows now, after a version, or at an instant."""
    case = office.service.casework.show(CLERK, id, as_of(**when))
    if isinstance(case.applicant, Organisation):
        return case.applicant.name
    return office.service.casework.identify(CLERK, id, as_of(**when)).applicant.details.name


# at the same moment -----------------------------------------------------------------------------


@pytest.mark.parametrize("applicant", [organisation, person])
def test_of_two_names_for_one_new_number_at_the_same_moment_one_is_registered(office, applicant):
    for _ in range(4):
        number = next(NUMBERS)
        ends = at_once(
            *[
                lambda name=name: (name, opens(office, applicant(number, name)))  # noqa: B023
                for name in (NAMES[0], NAMES[2])
            ]
        )
        won = [each for each in ends if isinstance(each, tuple)]
        lost = [each for each in ends if isinstance(each, IdentityConflict)]
        assert (len(won), len(lost)) == (1, 1)
        ((name, id),) = won
        assert shown(office, id) == name


@pytest.mark.parametrize("applicant", [organisation, person])
def test_of_two_changes_of_one_name_at_the_same_moment_one_is_registered(office, applicant):
    number = next(NUMBERS)
    opens(office, applicant(number, NAMES[0]))
    renaming = Renaming(former=NAMES[0], reason="已变更", evidence=PAPER)
    ends = at_once(
        *[
            lambda name=name: opens(office, applicant(number, name), renaming=renaming)
            for name in (NAMES[2], NAMES[3])
        ]
    )
    assert sorted(type(each).__name__ for each in ends) == ["IdentityConflict", "UUID"]


@pytest.mark.parametrize("applicant", [organisation, person])
def test_of_two_corrections_at_the_same_moment_none_is_lost_and_both_cases_agree(office, applicant):
    number = next(NUMBERS)
    cases = [opens(office, applicant(number, NAMES[0])) for _ in range(2)]
    at_once(
        *[
            lambda id=id, name=name, by=by: corrects(office, id, name, by)
            for id, name, by in zip(cases, NAMES[2:], STAFF[1:], strict=False)
        ]
    )
    assert shown(office, cases[0]) == shown(office, cases[1]) in NAMES[2:]


def test_a_correction_and_commands_on_the_other_cases_do_not_lose_each_other(office):
    number = next(NUMBERS)
    cases = [opens(office, organisation(number, NAMES[0])) for _ in range(5)]
    notes = [lambda id=id: office.repository.get(Case, id) for id in cases]
    ends = at_once(lambda: corrects(office, cases[0], NAMES[2]), *notes)
    assert not [end for end in ends if isinstance(end, StaleVersion)]
    assert {shown(office, id) for id in cases} == {NAMES[2]}


def test_a_refused_opening_and_a_refused_correction_change_nothing(office, service):
    number = next(NUMBERS)
    ids = [opens(office, make(number, NAMES[0])) for make in (organisation, person)]
    before = everything(service.engine)
    for make in (organisation, person):
        with pytest.raises(IdentityConflict):
            opens(office, make(number, NAMES[2]))
    for id in ids:
        with pytest.raises(ActionRefused):
            corrects(office, id, NAMES[2], by=CLERK)
    assert everything(service.engine) == before


def test_a_correction_that_one_of_the_cases_refuses_reaches_none(office, service):
    """The corrector opened the other case, and gave it the wrong name."""
    number = next(NUMBERS)
    mine = opens(office, organisation(number, NAMES[0]))
    opens(office, organisation(number, NAMES[0]), by=DECIDER)
    before = everything(service.engine)
    with pytest.raises(ActionRefused) as refusal:
        corrects(office, mine, NAMES[2], by=DECIDER)
    assert refusal.value.rule == "name_was_given_by_another"
    assert everything(service.engine) == before


def test_who_gave_a_person_their_name_in_one_case_does_not_correct_it_in_another(office):
    number = next(NUMBERS)
    opens(office, person(number, NAMES[0]), by=DECIDER)
    other = opens(office, person(number, NAMES[0]))
    with pytest.raises(ActionRefused) as refusal:
        corrects(office, other, NAMES[2], by=DECIDER)
    assert refusal.value.rule == "name_was_given_by_another"


def test_a_forgotten_person_can_neither_be_corrected_nor_come_back_under_the_old_names(
    office, service
):
    applicant = PersonApplicant(**SOMEBODY.model_dump())
    id = opens(office, applicant)
    corrects(office, id, NAMES[2])
    office.forgets(service.casework.show(CLERK, id).applicant)
    with pytest.raises(DomainError, match="依法删除"):
        corrects(office, id, NAMES[3], by=STAFF[2])
    for when in ({}, {"version": 1}):
        with pytest.raises(DomainError, match="依法删除"):
            service.casework.identify(CLERK, id, as_of(**when))
    assert shown(office, opens(office, applicant.model_copy(update={"name": NAMES[3]}))) == NAMES[3]


# laws -------------------------------------------------------------------------------------------


@dataclass
class Subject:
    """What must be true of one code: its registered names over time, and its cases' names."""

    names: list[tuple[datetime, str]] = field(default_factory=list)
    given_by: str = ""
    """Who gave the name registered now; only a person's register keeps it."""
    cases: dict[UUID, list[tuple[datetime, str, str]]] = field(default_factory=dict)
    """By case: since when it bears which name, and who gave it."""
    told: int = 0
    """The number of events that gave the code another name."""


class World:
    """Runs one random history against the service and, beside it, against the model."""

    def __init__(self, office: Office, clock: Clock, make: Any) -> None:
        self.office, self.clock, self.make = office, clock, make
        self.number, self.it = next(NUMBERS), Subject()
        self.is_person = make is person

    def open(self, name: str, former: str | None, by: Actor) -> None:
        it, at = self.it, self.clock.now
        known = it.names[-1][1] if it.names else None
        same = known is None or fold(known) == fold(name)
        allowed = former is None if same else former is not None and fold(former) == fold(known)
        renaming = former and Renaming(former=former, reason="已变更", evidence=PAPER)
        id = self.tried(
            allowed,
            lambda: opens(self.office, self.make(self.number, name), by, renaming or None),
        )
        if id:
            it.cases[id] = [(at, name, by.person)]
            it.told += not same
            if known is None or not same:
                it.names.append((at, name))
                it.given_by = by.person

    def correct(self, which: int, name: str, by: Actor) -> None:
        if not self.it.cases:
            return
        id = sorted(self.it.cases)[which % len(self.it.cases)]
        correct = self._correct_person if self.is_person else self._correct_organisation
        correct(id, name, by)

    def _correct_person(self, id: UUID, name: str, by: Actor) -> None:
        it = self.it
        given = {it.cases[id][-1][2], it.given_by}
        allowed = name != it.names[-1][1] and by.person not in given
        if self.tried(allowed, lambda: corrects(self.office, id, name, by) or True):
            it.names.append((self.clock.now, name))
            it.cases[id].append((self.clock.now, name, by.person))
            it.given_by, it.told = by.person, it.told + 1

    def _correct_organisation(self, id: UUID, name: str, by: Actor) -> None:
        it, wrong = self.it, self.it.cases[id][-1][1]
        reached = [
            names
            for names in it.cases.values()
            if fold(names[-1][1]) == fold(wrong) and names[-1][1] != name
        ]
        allowed = name != wrong and by.person not in {names[-1][2] for names in reached}
        if self.tried(allowed, lambda: corrects(self.office, id, name, by) or True):
            for names in reached:
                names.append((self.clock.now, name, by.person))
            it.told += len(reached)
            if fold(it.names[-1][1]) == fold(wrong):
                it.names.append((self.clock.now, name))

    def tried(self, allowed: bool, act: Any) -> Any:
        done = None
        with suppress(IdentityConflict, ActionRefused):
            done = act()
        assert bool(done) == allowed
        return done

    def check(self) -> None:
        moments = {at for at, _ in self.it.names} | {self.clock.now}
        for id, names in self.it.cases.items():
            mine = self.it.names if self.is_person else [(at, name) for at, name, _ in names]
            for moment in moments:
                if moment >= names[0][0]:
                    then = [name for at, name in mine if at <= moment][-1]
                    assert shown(self.office, id, at=moment) == then
            assert shown(self.office, id) == mine[-1][1]
        self._check_events()

    def _check_events(self) -> None:
        """No code has a second name without an event that says so."""
        histories = [self.office.repository.history(id) for id in self.it.cases]
        events = [recorded.event for history in histories for recorded in history]
        telling = [
            event
            for event in events
            if isinstance(event, IdentityCorrected) or getattr(event, "renamed", None)
        ]
        assert len(telling) == self.it.told
        if self.is_person:
            texts = "".join(event.model_dump_json() for event in events)
            assert not [name for name in NAMES if name in texts]
            assert all(
                isinstance(self.office.repository.get(Case, id).applicant, Person)
                for id in self.it.cases
            )


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("open"),
            st.sampled_from(NAMES),
            st.one_of(st.none(), st.sampled_from(NAMES)),
            st.sampled_from(STAFF),
        ),
        st.tuples(
            st.just("correct"),
            st.integers(0, 3),
            st.sampled_from(NAMES),
            st.sampled_from(STAFF),
        ),
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.parametrize("make", [organisation, person])
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_every_case_shows_as_of_any_time_the_name_that_was_valid_then(office, clock, make, steps):
    clock.now = DAY_1
    world = World(office, clock, make)
    for step, *facts in steps:
        clock.now += timedelta(hours=1)
        getattr(world, step)(*facts)
    world.check()
