"""The context of a command: actor, time, channel, version seen, idempotency key."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from domain.kernel.aggregate import Event
from domain.values.parties import Actor, Channel


def event_name(event: Event) -> str:
    """Returns an event's name as a cause: `stream@version`."""
    return f"{event.originator_id}@{event.originator_version}"


@dataclass(frozen=True)
class CommandContext:
    """Who acts, when and through which channel, and the metadata that the event log keeps.

    `seen` is the version that the actor saw (optimistic lock); None accepts every version.
    `or_seen` are further versions that the actor accepts as well.
    `key` is the idempotency key: a repeated request gets the first result.
    `correlation` is shared by all commands that one request started.  `causation` names the cause
    of this command: an event (`event_name`), or the import of a table.
    `command` is the command's name in the event log.
    """

    by: Actor
    at: datetime
    channel: Channel = Channel.COUNTER
    seen: int | None = None
    key: str | None = None
    correlation: UUID = field(default_factory=uuid4)
    causation: str | None = None
    command: str | None = None
    or_seen: tuple[int, ...] = ()

    def accepts(self, version: int) -> bool:
        """True if the actor decides on this version."""
        return self.seen is None or version in (self.seen, *self.or_seen)
