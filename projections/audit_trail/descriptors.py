"""Search keys of an event, beside its person and time: its action, ground and document numbers.

The actions come from the lifecycle tables; the event classes declare where document numbers are.
"""

from application.aggregates import AGGREGATE_TYPES
from domain.kernel.aggregate import Event
from domain.tolerance.events import ToleranceRequested
from domain.tolerance.grounds import GroundKind
from domain.values.folding import number_key
from projections.read_model.tables import NAME_LENGTH

FAMILIES = {
    "case": "案件",
    "item": "清单事项",
    "tolerance": "容错审查",
    "article": "修订后的条文",
    "file": "文件",
    "restoration": "日志恢复",
}
"""Chinese words for the subjects of actions, by the first part of the event's topic."""


def _family(event: type[Event]) -> str:
    return event.TOPIC.partition("/")[0]


ACTION_OF: dict[type[Event], str] = {
    step.records: f"{_family(step.records)}/{step.action}"
    for kind in AGGREGATE_TYPES.values()
    for lifecycle in kind.aggregate.LIFECYCLES
    for step in lifecycle.steps
}
"""The action that records each event, such as `case/decide`.

The first part distinguishes equal verbs of different aggregates.
"""

ACTIONS: dict[str, str] = {
    f"{_family(step.records)}/{step.action}": lifecycle.labels[step.action]
    for kind in AGGREGATE_TYPES.values()
    for lifecycle in kind.aggregate.LIFECYCLES
    for step in lifecycle.steps
}
"""The Chinese word for each action."""

GROUND_WORDS: dict[str, str] = {ground: ground.label for ground in GroundKind}
"""The Chinese words for each ground of tolerance."""


def ground_of(event: Event) -> str | None:
    """Returns the ground of tolerance (容错) that an event names, or None if it names none."""
    return event.ground.ground if isinstance(event, ToleranceRequested) else None


def document_key(number: str) -> str:
    """Returns a document number as its index keeps it, and as searches look it up."""
    return number_key(number)[:NAME_LENGTH]
