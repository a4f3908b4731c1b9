"""How every command is carried out: in one transaction, once for each key, retried when raced."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from application.execution.command import Command
from application.execution.context import CommandContext
from application.execution.ports import AlreadyDone, Repository, UnitOfWork
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import StaleVersion

A = TypeVar("A", bound=Aggregate)

TRIES = 4
"""How often a command that names no version is decided; the last time alone, so no race is lost."""


@dataclass(frozen=True)
class Executed(Generic[A]):
    """The aggregate as the command left it, and the moment its answer speaks of."""

    aggregate: A
    at: datetime
    position: int | None = None
    """Where its last event stands in the log; None when it added none, or was a repetition."""
    repeated: bool = False


def execute(
    repository: Repository,
    kind: type[A],
    context: CommandContext,
    about: object,
    command: Command,
    decide: Callable[[UnitOfWork], A],
) -> Executed[A]:
    """Decide and keep, together.  A repeated key gets the first answer again."""
    fingerprint = _fingerprint(context, about, command)
    context = replace(context, command=command.name)
    for attempt in range(1, TRIES + 1):
        try:
            with repository.unit_of_work(context, fingerprint, alone=attempt == TRIES) as work:
                aggregate = decide(work)
                position = work.keep(aggregate)
            return Executed(aggregate, context.at, position)
        except AlreadyDone as earlier:
            first = repository.get(kind, earlier.id, version=earlier.version)
            return Executed(first, earlier.at, repeated=True)
        except StaleVersion:
            if context.seen is not None or attempt == TRIES:
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def _fingerprint(context: CommandContext, about: object, command: Command) -> str:
    """What makes two requests the same request: verb, target, version seen, facts."""
    text = "\n".join([command.VERB, str(about), str(context.seen), command.model_dump_json()])
    return hashlib.sha256(text.encode()).hexdigest()
