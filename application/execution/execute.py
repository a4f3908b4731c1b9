"""How every command is carried out: in one transaction, once for each key, retried when raced."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from application.execution.command import Command
from application.execution.context import Turn
from application.execution.ports import AlreadyDone, Store, Work
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import StaleVersion

A = TypeVar("A", bound=Aggregate)

TRIES = 4
"""How often a command that names no version is decided; the last time alone, so no race is lost."""


@dataclass(frozen=True)
class Done(Generic[A]):
    """The aggregate as the command left it, and the moment its answer speaks of."""

    aggregate: A
    at: datetime
    position: int | None = None
    """Where its last event stands in the log; None when it added none, or was a repetition."""
    repeated: bool = False


def carry_out(
    store: Store,
    kind: type[A],
    turn: Turn,
    about: object,
    command: Command,
    decide: Callable[[Work], A],
) -> Done[A]:
    """Decide and keep, together.  A repeated key gets the first answer again."""
    fingerprint = _fingerprint(turn, about, command)
    turn = replace(turn, command=command.name)
    for attempt in range(1, TRIES + 1):
        try:
            with store.work(turn, fingerprint, alone=attempt == TRIES) as work:
                aggregate = decide(work)
                position = work.keep(aggregate)
            return Done(aggregate, turn.at, position)
        except AlreadyDone as earlier:
            first = store.get(kind, earlier.id, version=earlier.version)
            return Done(first, earlier.at, repeated=True)
        except StaleVersion:
            if turn.seen is not None or attempt == TRIES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def _fingerprint(turn: Turn, about: object, command: Command) -> str:
    """What makes two requests the same request: verb, target, version seen, facts."""
    text = "\n".join([command.VERB, str(about), str(turn.seen), command.model_dump_json()])
    return hashlib.sha256(text.encode()).hexdigest()
