"""A stream printed by the command line: its sentences, its entries as JSON, or its state then."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from application.aggregates import replayed
from application.as_of import AsOf
from application.execution.ports import Recorded
from domain.kernel.instants import instants_in_force
from domain.values.workdays import SHANGHAI, minute_in_chinese
from projections.audit_trail.sentences import sentence
from projections.history.entries import HistoryEntry, entries, state_of

_entry = TypeAdapter(HistoryEntry).dump_json
_state = TypeAdapter(dict[str, Any]).dump_json


def sentences(history: Sequence[Recorded]) -> Iterator[str]:
    """One line for each event: its version, its local time, its sentence."""
    right = instants_in_force([recorded.event for recorded in history])
    for recorded in history:
        event, at = recorded.event, recorded.event.timestamp.astimezone(SHANGHAI)
        right_at = right[event.originator_version]
        corrected = "" if right_at == event.timestamp else f"（应为{minute_in_chinese(right_at)}）"
        yield f"{event.originator_version:>3}  {at:%Y-%m-%d %H:%M}  {sentence(event)}{corrected}"


def json_lines(history: Sequence[Recorded]) -> Iterator[str]:
    """The full history: one line of JSON for each event."""
    return (_entry(entry).decode() for entry in entries(history))


def state_then(history: Sequence[Recorded], as_of: AsOf) -> str:
    """The state as of a version or a moment, as JSON.  Raises NotBegun or NotYet."""
    events = as_of.of([each.event for each in history])
    return _state(state_of(replayed(events)), indent=2).decode()
