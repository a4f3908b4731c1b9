"""What is written in the same transaction as the events: it never lags behind them."""

from application.aggregates import EVENTS
from domain.case.case import Case
from domain.kernel.aggregate import Aggregate
from projections.read_model.projection import Row
from projections.worklist.projection import line

TOLD = frozenset(event.TOPIC for event in EVENTS if event.PUBLISHED)
"""Events that the city's credit platform must be told of (工作方案 四·五, 四·六)."""


def inline_row(aggregate: Aggregate) -> Row | None:
    """The line of a case; other aggregates have none."""
    return line(aggregate) if isinstance(aggregate, Case) else None
