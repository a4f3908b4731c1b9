"""A stream as of a version or a moment: which events had happened, and what cannot be known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from application.aggregates import type_of
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotBegun, NotYet
from domain.kernel.instants import as_of
from domain.values.workdays import minute_in_chinese


class Moment:
    """A moment as precisely as it is written: 22:24 is the whole minute, and means its end.

    A plain class: FastAPI takes neither a tuple nor a data class for the value of a parameter.
    """

    __slots__ = ("begins", "ends")

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self.begins, self.ends = begins, ends


@dataclass(frozen=True)
class AsOf:
    """What a reader asks for: the newest version, or that of a number, or that of a moment."""

    now: datetime
    version: int | None = None
    moment: Moment | None = None

    def of(self, events: Sequence[Event]) -> list[Event]:
        """Returns the events that had happened; `events` is the whole stream, never empty.

        Raises NotYet for a version or a moment to come, NotBegun for a moment before the stream.
        """
        if self.version is not None and self.version > len(events):
            raise NotYet(f"还没有第{self.version}步，目前到第{len(events)}步")
        if self.moment is None:
            return [*events[: self.version]]
        if self.moment.begins > max(self.now, events[-1].timestamp):
            raise NotYet(f"这一时刻还没有到，现在是{minute_in_chinese(self.now)}")
        if happened := as_of(events[: self.version], self.moment.ends):
            return happened
        kind, began = type_of(events).label, minute_in_chinese(events[0].timestamp)
        raise NotBegun(f"当时还没有这个{kind}，它从{began}开始")

    def occasion(self, events: Sequence[Event]) -> datetime:
        """Returns the instant at which actions are judged: of the moment, of the version, or now.

        `events` are those that had happened.
        """
        if self.moment is None and self.version is not None:
            return events[-1].timestamp
        return self.instant(events[-1].timestamp)

    @property
    def until(self) -> datetime | None:
        """The end of the moment.  None if no moment is asked for."""
        return self.moment.ends if self.moment else None

    def instant(self, last: datetime) -> datetime:
        """Returns the instant that is meant: the end of the moment, but never one to come.

        `last` is the time of the last event that had happened.  Without a moment it is now.
        """
        newest = max(self.now, last)
        return min(self.moment.ends, newest) if self.moment else self.now


NEWEST = AsOf(datetime.max.replace(tzinfo=UTC))
"""The newest version, whatever time it is."""
