"""A restored log says so itself: a new name, a gap in the commitment codes, and an event."""

import base64
from datetime import UTC
from itertools import count, islice
from typing import Any, NamedTuple

from sqlalchemy import func, select

from application.execution.context import CommandContext
from application.logbook.commands import RestoreLog
from domain.logbook.events import LogRestored
from domain.logbook.values import GivenUp
from domain.values.parties import Actor, Channel
from infrastructure.container import Container
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.schema import commitment_serials, log_head
from infrastructure.evidence.sealer import root_now
from infrastructure.memory.lineage import Lineage
from infrastructure.memory.log_memory import Remembered

UNSIGNED = 10_000
"""Codes that may have been given by events which were not signed any more."""
UNKNOWN = 500_000
"""The gap if it is not known how far the log was signed."""
LAST = 900_000
"""The gap ends here at the latest: no city gives so many codes in a day."""
c = checkpoints.c


class Standing(NamedTuple):
    """How a restored log stands before anything is written to it."""

    size: int
    root: str
    last: Remembered | None
    """The newest checkpoint in the database."""
    serial: int
    """The largest serial of a commitment code in the database."""


def declare(
    container: Container, by: Actor, reason: str, manifest: str | None = None, reached: int = 0
) -> LogRestored:
    """Records that this log was restored, and signs it under its new name.

    `reached` is the number of events in the database before it.  Raises LogContradicted if a file
    of the memory cannot be read.
    """
    known = [*container.sealer.memory.read().values()]
    command = _command(container, known, reached, {"manifest": manifest, "reason": reason})
    context = CommandContext(by, container.clock(), Channel.SYSTEM)
    restored = container.logbook.restore(context, command).aggregate.restored
    root = base64.b64decode(restored.root)
    gap = restored.serials_after
    container.sealer.memory.keep(Remembered(restored.origin, restored.size, root, gap))
    container.sealer.seal()
    return restored


def _command(
    container: Container, known: list[Remembered], reached: int, said: dict[str, Any]
) -> RestoreLog:
    names = container.sealer.lineage
    now = _standing(container, names)
    given_up = _given_up(known, names, now.last)
    return RestoreLog(
        size=now.size,
        root=now.root,
        origin=_new_name(container, names, known) if given_up else names.origin,
        given_up=given_up,
        serials_after=_gap(known, given_up, now, reached),
        **said,
    )


def _standing(container: Container, names: Lineage) -> Standing:
    with container.engine.connect() as db:
        newest = db.execute(select(c.size, c.root).order_by(c.size.desc()).limit(1)).one_or_none()
        return Standing(
            db.scalar(select(log_head.c.size)) or 0,
            base64.b64encode(root_now(db)).decode(),
            Remembered(names.origin, newest.size, newest.root) if newest else None,
            db.scalar(select(func.max(commitment_serials.c.last))) or 0,
        )


def _given_up(
    known: list[Remembered], names: Lineage, last: Remembered | None
) -> tuple[GivenUp, ...]:
    """The newest checkpoint of each name that the log leaves; none if it can keep its name.

    It can if exactly the newest checkpoint in the database is the newest that is remembered.
    """
    left = [each for each in known if each.origin not in names.former]
    newest = {each.origin: each for each in sorted(left, key=lambda each: each.size)}
    if last and {name: (each.size, each.root) for name, each in newest.items()} == {
        last.origin: (last.size, last.root)
    }:
        return ()
    if last and last.origin not in newest:
        newest[last.origin] = last
    return tuple(
        GivenUp(origin=each.origin, size=each.size, root=base64.b64encode(each.root).decode())
        for each in newest.values()
    )


def _gap(
    known: list[Remembered], given_up: tuple[GivenUp, ...], now: Standing, reached: int
) -> int:
    """The serial beyond which every commitment code is surely new: each cost an event at least."""
    before = max([now.serial, *(each.floor for each in known)])
    if given_up and not known:
        return min(max(before + UNSIGNED, UNKNOWN), LAST)
    farthest = max([now.size, reached, *(each.size for each in given_up)])
    return min(before + farthest - now.size + UNSIGNED, LAST)


def _new_name(container: Container, names: Lineage, known: list[Remembered]) -> str:
    """Returns a name that this log never had: the instant stands in it."""
    taken = {*names.origins, *(each.origin for each in known)}
    name = f"{container.settings.log_origin}/{container.clock().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    more = (f"{name}-{number}" for number in count(2))
    return next(each for each in (name, *islice(more, len(taken))) if each not in taken)
