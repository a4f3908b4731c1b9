"""The demonstration's population: who applies, for what, and how often each scenario occurs."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from api.demo import case_scenarios as scenarios
from api.demo.scenario_runs import CaseRun, Steps
from application.case.commands.applicants import Applicant, PersonApplicant
from domain.case.acceptance.values import AtOpening
from domain.catalogue.item import CatalogueItem
from domain.catalogue.rules import applicant_fits_the_field, applicant_is_in_the_pilot
from domain.catalogue.stages import Listing
from domain.catalogue.terms import CommitmentType, DecisionGate
from domain.values.parties import Organisation
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import read_rows
from projections.read_model.tables import catalogue_items

SAMPLES = Path(__file__).parent / "samples"
NOTICE, DEFERRED = CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS
UNANSWERED = Organisation(code="91411281MA9AC19Q08", name="义马市磬坪农业发展有限公司")
"""The organisation about which the credit platform of the demonstration does not answer."""


class CaseScenario(NamedTuple):
    """A scenario, its frequency, and the applicants and items that it fits."""

    steps: Callable[[CaseRun], Steps]
    weight: int
    """Number of cases with this scenario in one round of all scenarios."""
    kind: CommitmentType
    person: bool = False
    """True if the applicant is a natural person."""
    on_record: bool = False
    """True if the credit query finds a record that excludes the applicant."""
    gate: DecisionGate | None = None
    """The decision gate that the item must have.  None if any will do."""
    answered: bool = True
    """False if the credit platform does not answer about the applicant."""


class Draw(NamedTuple):
    """Who applies for what, under which type."""

    kind: CommitmentType
    applicant: Applicant
    item: CatalogueItem


CASE_SCENARIOS = (
    CaseScenario(scenarios.fulfilled, 24, NOTICE),
    CaseScenario(scenarios.fulfilled, 12, DEFERRED),
    CaseScenario(scenarios.supplied_late, 6, DEFERRED, gate=DecisionGate.BEFORE_SUPPLEMENT),
    CaseScenario(scenarios.rectified, 8, NOTICE),
    CaseScenario(scenarios.penalized, 12, NOTICE),
    CaseScenario(scenarios.refused_to_rectify, 4, NOTICE),
    CaseScenario(scenarios.spared, 4, NOTICE),
    CaseScenario(scenarios.refused, 5, NOTICE),
    CaseScenario(scenarios.declined, 4, NOTICE),
    CaseScenario(scenarios.withdrawn, 4, DEFERRED),
    CaseScenario(scenarios.fulfilled, 8, NOTICE, person=True),
    CaseScenario(scenarios.penalized, 3, NOTICE, person=True),
    CaseScenario(scenarios.excluded, 6, NOTICE, on_record=True),
)


class Population:
    """Draws an applicant and an item that fit a scenario."""

    def __init__(self, container: Container, random: Random) -> None:
        self._container, self._random = container, random
        self._items = _active_items(container)
        recorded = {row["主体代码"] for _, row in read_rows(SAMPLES / "credit.csv")}
        names = json.loads((SAMPLES / "names.json").read_text("utf-8"))
        self._organisations = [Organisation(**each) for each in names["organisations"]]
        self._persons = [
            PersonApplicant(name=each["name"], id_number=each["number"])
            for each in names["persons"]
            if each["number"] not in recorded
        ]

    def run(
        self,
        steps: Callable[[CaseRun], Steps],
        drawn: Draw,
        number: int,
        at: datetime,
        acceptance: AtOpening = AtOpening.ACCEPTED,
    ) -> Steps:
        """Run the steps of a scenario on a new case."""
        run = CaseRun(self._container, self._random, number, at, drawn.item)
        run.open(drawn.kind, drawn.applicant, acceptance)
        yield from steps(run)

    def draw(self, scenario: CaseScenario) -> Draw:
        """Draw an applicant and an item that fit."""
        while True:
            pool: list[Applicant] = [*(self._persons if scenario.person else self._organisations)]
            applicant = self._random.choice(pool)
            item = self._random.choice(self._items)
            if self._fits(scenario, applicant, item):
                return Draw(scenario.kind, applicant, item)

    def _fits(self, scenario: CaseScenario, applicant: Applicant, item: CatalogueItem) -> bool:
        assert item.terms is not None
        if scenario.kind not in item.terms.types or scenario.gate not in (None, item.terms.gate):
            return False
        if isinstance(applicant, PersonApplicant) or item.item.field == "citizen":
            return isinstance(applicant, PersonApplicant) and item.item.field == "citizen"
        if (applicant == UNANSWERED) is scenario.answered:
            return False
        rules = (applicant_fits_the_field, applicant_is_in_the_pilot)
        if not all(rule(item, scenario.kind, applicant) for rule in rules):
            return False
        ask = self._container.register.ask
        return not scenario.answered or bool(ask(applicant).findings) is scenario.on_record


def _active_items(container: Container) -> list[CatalogueItem]:
    active = select(catalogue_items.c.stream_id).where(catalogue_items.c.listing == Listing.ACTIVE)
    with container.engine.connect() as db:
        return [container.repository.get(CatalogueItem, id) for id in db.scalars(active)]
