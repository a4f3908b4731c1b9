"""Events and changes as trees of Chinese text, for every page that shows a stream."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from application.aggregates import AggregateType
from projections.history.entries import ChangeView, HistoryEntry
from projections.history.outline import OutlineNode, node
from projections.history.tracks import Track, track_by_topic

_LAST_EVENTS = "/said"
"""JSON Pointer of the last events in a state, which the sentences already show."""


class OutlinedChange(NamedTuple):
    """One change with both values as trees of Chinese text."""

    change: ChangeView
    before: OutlineNode
    after: OutlineNode

    @property
    def is_short(self) -> bool:
        """True if a printed story shows it: its values fit on a line each."""
        return not self._is_tree and not self._is_told

    @property
    def is_left_out(self) -> bool:
        """True if a printed story names it without its values: nothing else there tells it."""
        return self._is_tree and not self._is_told

    @property
    def _is_tree(self) -> bool:
        return bool(self.before.inside or self.after.inside)

    @property
    def _is_told(self) -> bool:
        return self.change.path.startswith(_LAST_EVENTS)


class TimelineEvent(NamedTuple):
    """One event with its track and its changes."""

    entry: HistoryEntry
    track: Track
    changes: list[OutlinedChange]


def outlined_events(shown: Sequence[HistoryEntry], type: AggregateType) -> Iterator[TimelineEvent]:
    tracks = track_by_topic(type.aggregate)
    for entry in shown:
        yield TimelineEvent(entry, tracks[entry.topic], outlined(entry.changes, type))


def outlined(changes: Sequence[ChangeView], type: AggregateType) -> list[OutlinedChange]:
    return [_outlined(change, type) for change in changes]


def _outlined(change: ChangeView, type: AggregateType) -> OutlinedChange:
    key = change.path.rpartition("/")[2]
    both = (node(change.label, value, type, key) for value in (change.before, change.after))
    return OutlinedChange(change, *both)
