"""The track of a lifecycle to which an event belongs, for the strip of steps."""

from functools import cache

from domain.kernel.lifecycle import Staged
from domain.values.labels import Labelled


class Track(Labelled):
    """A track, by the attribute of its lifecycle; its first character marks its steps."""

    STAGE = "stage", "主线"
    ACCEPTANCE = "acceptance", "受理"
    SUPPLY = "supply", "容缺补交"
    HEARING = "hearing", "惩戒告知与申辩"
    DELIVERY = "delivery", "送达"
    IDENTITY = "identity", "姓名更正"
    MESSAGES = "messages", "短信告知"
    TIMING = "timing", "时刻纠正"
    LISTING = "listing", "清单"
    KEEPING = "keeping", "入卷"
    OUTCOME = "outcome", "恢复"

    @property
    def mark(self) -> str:
        return self.label[0]


@cache
def track_by_topic(aggregate: type[Staged]) -> dict[str, Track]:
    """Returns the track of each event topic of an aggregate."""
    return {
        step.records.TOPIC: Track(lifecycle.attribute)
        for lifecycle in aggregate.LIFECYCLES
        for step in lifecycle.steps
    }
