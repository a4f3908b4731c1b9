"""The row that is written in the same transaction as the events and never lags behind them."""

from application.aggregates import EVENTS
from domain.case.case import Case
from domain.kernel.aggregate import Aggregate
from projections.read_model.projection import Row
from projections.worklist.projection import summary_row

PUBLISHED = frozenset(event.TOPIC for event in EVENTS if event.PUBLISHED)
"""Topics of the events that the city's credit platform must receive (工作方案 四·五, 四·六)."""


def inline_row(aggregate: Aggregate) -> Row | None:
    """Returns the summary row of a case.  Returns None for any other aggregate."""
    return summary_row(aggregate) if isinstance(aggregate, Case) else None
