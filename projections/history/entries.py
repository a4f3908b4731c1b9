"""The full history of a stream: each event with its cause, its changes and its documents.

All functions are pure.  One pass over the events compares each state with the one before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from application.access.permissions import Role
from application.aggregates import AggregateType, replayed, type_of
from application.execution.ports import Recorded
from domain.kernel.aggregate import Event
from domain.kernel.instants import instants_in_force
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor, Channel
from projections.audit_trail.sentences import sentence
from projections.history.differences import Change, How, JsonCache, differences, plain
from projections.history.words import code_label, path_label

_EVENT = re.compile(r"([0-9a-f-]{36})@([0-9]+)")
CAUSES = {"sweep": "期限届满", "import": "导入表格"}
"""The Chinese words for the causes that are not events."""


@dataclass(slots=True)
class DocumentView:
    """A document that was shown: what it was, and the SHA-256 by which it is known."""

    name: str
    sha256: str


@dataclass(slots=True)
class CauseView:
    """What made this happen: an event (its stream, version and sentence), or something by name."""

    name: str
    label: str
    stream_id: UUID | None
    version: int | None


@dataclass(slots=True)
class ChangeView:
    """One thing that changed; codes with their words."""

    path: str
    label: str
    how: How
    before: Any
    after: Any
    before_label: str | None
    after_label: str | None


@dataclass(slots=True)
class HistoryEntry:
    """One event: what happened, who did it, when, by which channel, because of what."""

    position: int
    version: int
    topic: str
    at: datetime
    right_at: datetime | None
    """The instant that holds instead of `at`.  None unless it was corrected."""
    recorded_at: datetime
    by: Actor
    role_label: str
    channel: str
    channel_label: str
    command: str | None
    command_label: str | None
    correlation: str
    causation: str | None
    cause: CauseView | None
    sentence: str
    facts: dict[str, Any]
    changes: list[ChangeView]
    documents: list[DocumentView]


def entries(history: Sequence[Recorded]) -> Iterator[HistoryEntry]:
    """Yields an entry for each event of one stream, oldest first; `history` must not be empty."""
    kind = type_of([history[0].event])
    aggregate: Any = None
    before: dict[str, Any] = {}
    cache: JsonCache = {}
    right = instants_in_force([each.event for each in history])
    for recorded in history:
        aggregate = recorded.event.mutate(aggregate)
        after = state_of(aggregate, cache)
        right_at = right[recorded.event.originator_version]
        yield _entry(recorded, right_at, kind, changes(kind, before, after), history)
        before = after


def state_of(aggregate: Any, cache: JsonCache | None = None) -> dict[str, Any]:
    """Returns the state of an aggregate as JSON."""
    state: dict[str, Any] = plain(aggregate.state, cache)
    return state


def changes_between(earlier: Sequence[Event], later: Sequence[Event]) -> list[ChangeView]:
    """Returns the changes between two states of one stream, each given by its events."""
    return changes(type_of(earlier), state_of(replayed(earlier)), state_of(replayed(later)))


def changes(kind: AggregateType, before: dict[str, Any], after: dict[str, Any]) -> list[ChangeView]:
    """Returns the differences between two states, with Chinese words."""
    topics = topic_labels(kind.aggregate)
    return [_change(each, kind, topics) for each in differences(before, after)]


def _entry(
    recorded: Recorded,
    right_at: datetime,
    kind: AggregateType,
    views: list[ChangeView],
    history: Sequence[Recorded],
) -> HistoryEntry:
    event = recorded.event
    return HistoryEntry(
        position=recorded.position,
        version=event.originator_version,
        topic=event.TOPIC,
        at=event.timestamp,
        right_at=right_at if right_at != event.timestamp else None,
        recorded_at=recorded.recorded_at,
        by=event.by,
        role_label=Role.label_of(event.by.role),
        **_command(recorded, kind),
        cause=_cause(recorded, history),
        sentence=sentence(event),
        facts=event.model_dump(mode="json", include=set(event.facts)),
        changes=views,
        documents=[DocumentView(*each) for each in event.documents_shown],
    )


def _command(recorded: Recorded, kind: AggregateType) -> dict[str, Any]:
    """The fields of an entry that come from the command."""
    command = recorded.command
    return {
        "channel": recorded.channel,
        "channel_label": Channel.label_of(recorded.channel),
        "command": command,
        "command_label": kind.actions.get(command.partition("/")[0]) if command else None,
        "correlation": recorded.correlation,
        "causation": recorded.causation,
    }


def _cause(recorded: Recorded, history: Sequence[Recorded]) -> CauseView | None:
    if (name := recorded.causation) is None:
        return None
    if (parts := _EVENT.fullmatch(name)) is None:
        return CauseView(name, CAUSES.get(name, name), None, None)
    stream, version = UUID(parts[1]), int(parts[2])
    if stream == recorded.event.originator_id:
        label = sentence(history[version - 1].event)
    else:
        label = f"另一卷宗的第{version}个事件"
    return CauseView(name, label, stream, version)


def _change(change: Change, kind: AggregateType, topics: dict[str, str]) -> ChangeView:
    """Adds the Chinese words to a change; the word for an action depends on the aggregate."""
    label_of = kind.actions.get if change.path.endswith("/action") else code_label
    return ChangeView(
        path=change.path,
        label=path_label(change.path, topics),
        how=change.how,
        before=change.before,
        after=change.after,
        before_label=label_of(change.before),
        after_label=label_of(change.after),
    )


@cache
def topic_labels(aggregate: type[Staged]) -> dict[str, str]:
    """Returns the Chinese word for each event topic: the word for the action that records it."""
    return {
        step.records.TOPIC: lifecycle.labels[step.action]
        for lifecycle in aggregate.LIFECYCLES
        for step in lifecycle.steps
    }
