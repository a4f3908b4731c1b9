"""One act: who, when, through which channel, at which version seen, under which key."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from domain.case.values import Channel
from domain.kernel.aggregate import Event
from domain.values.parties import Actor


def event_name(event: Event) -> str:
    """An event as a cause names it: its stream and its version."""
    return f"{event.originator_id}@{event.originator_version}"


@dataclass(frozen=True)
class CommandContext:
    """`seen` is the version the actor looked at; without it any version will do.

    `key` makes a repeated request the same request: it is answered with the first result.
    `correlation` ties together what one person set going; `causation` names what made this
    happen: an event (`event_name`), or the loading of a table.
    `command` is what was asked for, as the log names it.
    """

    by: Actor
    at: datetime
    channel: Channel = Channel.COUNTER
    seen: int | None = None
    key: str | None = None
    correlation: UUID = field(default_factory=uuid4)
    causation: str | None = None
    command: str | None = None
