"""Execution of commands: one transaction each, once for each idempotency key, with retries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from application.access.permissions import permit, permit_own, permit_role
from application.aggregates import AGGREGATE_TYPES
from application.execution.command import Command
from application.execution.context import CommandContext
from application.execution.filing import take_in
from application.execution.ports import AlreadyDone, Repository, UnitOfWork
from domain.kernel.aggregate import Event
from domain.kernel.errors import StaleVersion
from domain.kernel.lifecycle import Staged

A = TypeVar("A", bound=Staged)

MAX_ATTEMPTS = 4
"""Attempts at a command without a version seen; the last one locks out concurrent writers."""


@dataclass(frozen=True)
class Executed(Generic[A]):
    """The aggregate after the command, and the time to which the reply refers."""

    aggregate: A
    at: datetime
    position: int | None = None
    """Log position of the last new event; None if there is none, or if the request is repeated."""
    repeated: bool = False


def execute(
    repository: Repository,
    kind: type[A],
    context: CommandContext,
    about: object,
    command: Command,
    decide: Callable[[UnitOfWork], A],
) -> Executed[A]:
    """Decides and saves in one transaction.  A repeated idempotency key gets the first result.

    Raises NotPermitted before anything else is looked at, if no right of the role can fit.
    """
    permit_role(context.by, right_to(kind, command))
    return _executed(repository, kind, context, about, command, decide)


def _executed(
    repository: Repository,
    kind: type[A],
    context: CommandContext,
    about: object,
    command: Command,
    decide: Callable[[UnitOfWork], A],
) -> Executed[A]:
    request = _request(context, about, command)
    context = replace(context, command=command.name)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        last = attempt == MAX_ATTEMPTS
        try:
            with repository.unit_of_work(context, request, alone=last) as work:
                aggregate = decide(work)
                take_in(work, aggregate)
                position = _keep(work, aggregate)
            return Executed(aggregate, context.at, position)
        except AlreadyDone as earlier:
            first = repository.get(kind, earlier.id, version=earlier.version)
            return Executed(first, earlier.at, repeated=True)
        except StaleVersion as stale:
            if last or not context.accepts(stale.current):
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def act(
    repository: Repository,
    kind: type[A],
    context: CommandContext,
    id: UUID,
    command: Command,
    decide: Callable[[UnitOfWork, A], None],
    about: object = None,
) -> Executed[A]:
    """Executes a command to an existing aggregate: permission first, then the version, then rules.

    `about` names the aggregate in the fingerprint of the request, by default by its id.
    """

    def decided(work: UnitOfWork) -> A:
        aggregate = work.get(kind, id)
        permit_own(context.by, id, command.name)
        permit(context.by, right_to(kind, command), AGGREGATE_TYPES[kind.TOPIC].matter(aggregate))
        if not context.accepts(aggregate.version):
            raise StaleVersion(context.seen, aggregate.version)
        decide(work, aggregate)
        return aggregate

    return execute(repository, kind, context, about or id, command, decided)


def right_to(kind: type[Staged], command: Command) -> str:
    """Returns the key in RIGHTS; its prefix distinguishes verbs of the same name."""
    return f"{AGGREGATE_TYPES[kind.TOPIC].rights}{command.VERB}"


def _keep(work: UnitOfWork, aggregate: Staged) -> int | None:
    """Claims the numbers of the documents in the new events and appends the events.

    Raises ActionRefused if the organ has given such a number to another document of that year.
    """
    for event in aggregate.pending_events:
        assert isinstance(event, Event)
        for number in event.numbers_issued:
            if not work.claim_number(number, aggregate.id):
                reason = "作出该文书的机关当年已经用过这个文书号，一个文书号只能用于一份文书"
                raise aggregate.refusal(event, reason, "number_is_new")
    return work.keep(aggregate)


def _request(context: CommandContext, about: object, command: Command) -> str:
    """What two equal requests share: verb, target, versions seen, facts."""
    seen = ",".join(map(str, (context.seen, *context.or_seen)))
    return "\n".join([command.VERB, str(about), seen, command.model_dump_json()])
