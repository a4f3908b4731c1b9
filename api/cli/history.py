"""A stream told on the command line: its sentences, its full history as JSON, or a state then."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from application.aggregates import replayed
from application.audit.queries import up_to
from application.execution.ports import Recorded
from projections.audit_trail.sentences import sentence
from projections.history.entries import HistoryEntry, entries, state_of

_entry = TypeAdapter(HistoryEntry).dump_json
_state = TypeAdapter(dict[str, Any]).dump_json


def sentences(history: Sequence[Recorded]) -> Iterator[str]:
    """A line for every event: version, when, what happened."""
    for each in history:
        event, at = each.event, each.event.timestamp.astimezone()
        yield f"{event.originator_version:>3}  {at:%Y-%m-%d %H:%M}  {sentence(event)}"


def json_lines(history: Sequence[Recorded]) -> Iterator[str]:
    """The full history, an entry a line."""
    return (_entry(entry).decode() for entry in entries(history))


def state_then(history: Sequence[Recorded], version: int | None, at: datetime | None) -> str:
    """What was remembered after so many events, or at an instant.  Raises NotFound."""
    return _state(state_of(replayed(up_to(history, version, at))), indent=2).decode()
