"""What an event is found by, beside who did it and when: its action, its ground, its documents.

The actions come from the tables; the numbers of documents stand on the event classes.
"""

import unicodedata

from application.aggregates import KINDS
from domain.kernel.aggregate import Event
from domain.tolerance.events import ToleranceRequested
from domain.tolerance.grounds import GroundKind
from projections.read_model.tables import NAME_LENGTH

FAMILIES = {"case": "案件", "item": "清单事项", "tolerance": "容错审查"}
"""What actions are about, by the first part of their topics."""


def _family(event: type[Event]) -> str:
    return event.TOPIC.partition("/")[0]


ACTION_OF: dict[type[Event], str] = {
    step.records: f"{_family(step.records)}/{step.action}"
    for kind in KINDS.values()
    for lifecycle in kind.aggregate.LIFECYCLES
    for step in lifecycle.steps
}
"""The action that an event records; the same verb means another thing of another aggregate."""

ACTIONS: dict[str, str] = {
    f"{_family(step.records)}/{step.action}": lifecycle.labels[step.action]
    for kind in KINDS.values()
    for lifecycle in kind.aggregate.LIFECYCLES
    for step in lifecycle.steps
}
"""The Chinese word for every action."""

GROUND_WORDS: dict[str, str] = {ground: ground.label for ground in GroundKind}
"""The Chinese words for the grounds."""


def ground_of(event: Event) -> str | None:
    """The ground of tolerance (容错) that an event names.  Returns None if it names none."""
    return event.ground.ground if isinstance(event, ToleranceRequested) else None


_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")


def comparable(number: str) -> str:
    """A document number as searches compare it: however wide it is and whichever its brackets."""
    plain = unicodedata.normalize("NFKC", "".join(number.split())).casefold()
    return plain.translate(_BRACKETS)[:NAME_LENGTH]
