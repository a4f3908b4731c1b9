"""Which cases bear a name with a given part.

Every tail of a name is a row: 千秋食品, 秋食品, 食品, 品.  So a part of a name is the beginning
of a tail, and an ordinary index finds it on either database, whatever its length.
"""

import unicodedata
from typing import Any

from sqlalchemy import Select, select

from domain.case import events as e
from domain.case.lifecycle import MAIN_LINE
from domain.case.stages import Stage
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from projections.read_model.projection import Projection, Rows, of_stream
from projections.read_model.tables import NAME_LENGTH, name_tails

t = name_tails.c
MANY = 1000
"""More cases than this bear a part that is common: walking the list finds a page of them sooner."""
LAST = "\U0010ffff"

NEVER_SHOWN = tuple(
    step.records for step in MAIN_LINE.steps if step.dest in (Stage.REFUSED, Stage.DIVERTED)
)
"""After one of these a case cannot become public any more."""


def folded(text: str) -> str:
    """A name as searches compare it: full width or half, upper case or lower, is the same."""
    return unicodedata.normalize("NFKC", text).casefold()[:NAME_LENGTH]


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """The tails of one case; a natural person has none."""
    match event:
        case e.CaseOpened(applicant=Organisation(name=name)):
            whole = folded(name)
            tails = (whole[start:] for start in range(len(whole)))
            return tuple({"tail": tail, "case_id": event.originator_id} for tail in tails)
        case _:
            return () if isinstance(event, NEVER_SHOWN) else rows


def bearing(part: str) -> Select[Any]:
    """The cases with this part in a name: all of them, or more than MANY."""
    asked = folded(part)
    # in order of the index, or a planner that thinks it common would scan the table for it
    rows = select(t.case_id).where(t.tail.between(asked, asked + LAST)).order_by(t.tail)
    return rows.limit(MANY + 1)


NAMES = Projection(
    "names",
    name_tails,
    t.case_id,
    of_stream,
    fold,
    [e.CaseOpened.TOPIC, *(event.TOPIC for event in NEVER_SHOWN)],
)
