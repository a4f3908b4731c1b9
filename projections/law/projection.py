"""The articles that were entered since the table of the law was printed, with their approval."""

from typing import Any

from sqlalchemy import Select, select

from domain.kernel.aggregate import Event
from domain.wording import events as e
from domain.wording.lifecycle import ENTRY
from domain.wording.stages import Stage
from projections.law.tables import law_articles
from projections.read_model.projection import Projection, Rows, of_stream, topics_of

t = law_articles.c


def fold(rows: Rows, event: Event, position: int) -> Rows:
    """Returns the row of one entry after this event."""
    if isinstance(event, e.ArticleEntered):
        return (
            {
                "entry_id": event.originator_id,
                "stage": Stage.ENTERED,
                "entered_by": event.by.person,
                "entered_at": event.timestamp,
                "position": position,
                **event.facts,
            },
        )
    changes = {"stage": ENTRY.step_of[type(event)].dest, "position": position}
    return tuple(row | changes for row in rows)


def entries() -> Select[Any]:
    """Selects every entry, the newest first."""
    return select(law_articles).order_by(t.entered_at.desc(), t.entry_id)


def approved() -> Select[Any]:
    """Selects the approved entries in the order of their approval: the later one counts."""
    return select(law_articles).where(t.stage == Stage.APPROVED).order_by(t.position)


LAW = Projection("law", law_articles, t.entry_id, of_stream, fold, topics_of(e))
