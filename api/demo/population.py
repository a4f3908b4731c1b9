"""The demonstration's town: who may apply, for what, and which plots are told how often."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from api.demo import case_scenarios as stories
from api.demo.case_scenarios import Story, Tale
from application.case.commands.promise import Applicant, PersonApplicant
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


class Plot(NamedTuple):
    """How a case goes, how often, of which type; and whether the applicant is on record."""

    story: Callable[[Tale], Story]
    weight: int
    kind: CommitmentType
    person: bool = False
    on_record: bool = False
    gate: DecisionGate | None = None


PLOTS = (
    Plot(stories.kept, 24, NOTICE),
    Plot(stories.kept, 12, DEFERRED),
    Plot(stories.supplied_late, 6, DEFERRED, gate=DecisionGate.BEFORE_SUPPLEMENT),
    Plot(stories.rectified, 8, NOTICE),
    Plot(stories.penalized, 12, NOTICE),
    Plot(stories.refused_to_rectify, 4, NOTICE),
    Plot(stories.spared, 4, NOTICE),
    Plot(stories.refused, 5, NOTICE),
    Plot(stories.declined, 4, NOTICE),
    Plot(stories.withdrawn, 4, DEFERRED),
    Plot(stories.kept, 8, NOTICE, person=True),
    Plot(stories.penalized, 3, NOTICE, person=True),
    Plot(stories.on_record, 6, NOTICE, on_record=True),
)


class Town:
    """Draws an applicant and an item that go with a plot."""

    def __init__(self, container: Container, dice: Random) -> None:
        self._service, self._dice = container, dice
        self._items = _active_items(container)
        recorded = {row["主体代码"] for _, row in read_rows(SAMPLES / "credit.csv")}
        names = json.loads((SAMPLES / "names.json").read_text("utf-8"))
        self._organisations = [Organisation(**each) for each in names["organisations"]]
        self._persons = [
            PersonApplicant(name=each["name"], id_number=each["number"])
            for each in names["persons"]
            if each["number"] not in recorded
        ]

    def scenario(self, plot: Plot, number: int, at: datetime) -> Story:
        """The story of one case with this plot."""
        applicant, item = self._match(plot)
        tale = Tale(self._service, self._dice, number, at, item)
        tale.open(plot.kind, applicant)
        yield from plot.story(tale)

    def _match(self, plot: Plot) -> tuple[Applicant, CatalogueItem]:
        while True:
            pool: list[Applicant] = [*(self._persons if plot.person else self._organisations)]
            applicant = self._dice.choice(pool)
            item = self._dice.choice(self._items)
            if self._fits(plot, applicant, item):
                return applicant, item

    def _fits(self, plot: Plot, applicant: Applicant, item: CatalogueItem) -> bool:
        assert item.terms is not None
        if plot.kind not in item.terms.types or plot.gate not in (None, item.terms.gate):
            return False
        if isinstance(applicant, PersonApplicant):
            return item.item.field == "citizen"
        rules = (applicant_fits_the_field, applicant_is_in_the_pilot)
        if not all(rule(item, plot.kind, applicant) for rule in rules):
            return False
        return bool(self._service.register.ask(applicant).findings) is plot.on_record


def _active_items(container: Container) -> list[CatalogueItem]:
    active = select(catalogue_items.c.stream_id).where(catalogue_items.c.listing == Listing.ACTIVE)
    with container.engine.connect() as db:
        return [container.repository.get(CatalogueItem, id) for id in db.scalars(active)]
