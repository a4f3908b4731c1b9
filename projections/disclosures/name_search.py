"""Search for cases by a part of the applicant's name.

Every tail (suffix) of the folded name is a row: 千秋食品, 秋食品, 食品, 品.  Each part of a name is
the prefix of a tail, so an ordinary index finds a part of any length, on both databases.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select

from domain.case import events as e
from domain.case.lifecycle import MAIN_LINE
from domain.case.stages import Stage
from domain.kernel.aggregate import Event
from domain.values import folding
from domain.values.parties import Organisation
from domain.values.personal.screen import masked
from projections.read_model.projection import Projection, Rows, of_stream
from projections.read_model.tables import TAIL_LENGTH, name_tails

t = name_tails.c
MANY = 1000
"""Above this number of matching cases, a walk through the public list finds a page sooner."""
LAST_CHARACTER = "\U0010ffff"

NEVER_SHOWN = tuple(
    step.records for step in MAIN_LINE.steps if step.dest in (Stage.REFUSED, Stage.DIVERTED)
)
"""Events after which a case can never become public."""


def tails(name: str) -> list[str]:
    """Returns the tails of a name: folded whole, then each cut to the length of the index."""
    whole = folding.fold(name)
    return list(dict.fromkeys(whole[at : at + TAIL_LENGTH] for at in range(len(whole))))


def is_longer_than_a_tail(part: str) -> bool:
    """True if the index decides only the beginning of this part, because tails are cut."""
    return len(folding.fold(part)) > TAIL_LENGTH


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the tails of the applicant's name in one case; a natural person has none."""
    match event:
        case e.CaseOpened(applicant=Organisation(name=name)):
            return _tails(event, name)
        case e.IdentityCorrected(name=str(name)) if rows:  # else the case is never shown
            return _tails(event, name)
        case _:
            return () if isinstance(event, NEVER_SHOWN) else rows


def _tails(event: Event, name: str) -> Rows:
    return tuple({"tail": tail, "case_id": event.originator_id} for tail in tails(masked(name)))


def cases_by_name_part(part: str) -> Select[Any]:
    """Selects the ids of the cases with this part in the applicant's name, at most MANY + 1.

    A part that folds to nothing, like a dot, is in no name.
    """
    matches = select(t.case_id).where(_begins_with(part))
    # the order makes the planner use the index, even for a part that many names contain
    return matches.order_by(t.tail).limit(MANY + 1)


def having_name_part(case_id: ColumnElement[UUID], part: str) -> ColumnElement[bool]:
    """The condition that the applicant of this case has the part in its name."""
    return case_id.in_(select(t.case_id).where(_begins_with(part)))


def _begins_with(part: str) -> ColumnElement[bool]:
    prefix = folding.fold(part)[:TAIL_LENGTH]
    return t.tail.between(prefix, prefix + LAST_CHARACTER) if prefix else false()


NAMES = Projection(
    "names",
    name_tails,
    t.case_id,
    of_stream,
    fold,
    [e.CaseOpened.TOPIC, e.IdentityCorrected.TOPIC, *(event.TOPIC for event in NEVER_SHOWN)],
)
