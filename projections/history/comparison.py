"""What differs between two moments of one stream."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.as_of import AsOf
from application.execution.ports import Recorded
from projections.history.entries import ChangeView, changes_between


@dataclass(slots=True)
class DifferenceView:
    """What differs between two versions, read from the first to the second."""

    from_version: int
    to_version: int
    changes: list[ChangeView]


def difference(history: Sequence[Recorded], earlier: AsOf, later: AsOf) -> DifferenceView:
    """Returns what changed between two moments.

    Raises NotBegun if the stream did not exist at one of them, NotYet if one is still to come.
    """
    events = [each.event for each in history]
    first, last = earlier.of(events), later.of(events)
    return DifferenceView(len(first), len(last), changes_between(first, last))
