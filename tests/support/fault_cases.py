"""The cases that faults happen to: granted today, a material coming and going without end."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from application.case.case_command import CaseCommand
from application.case.commands.supplement import ReturnMaterial, Supply
from application.execution.context import CommandContext
from domain.case.case import Case
from domain.values.parties import Actor
from infrastructure.container import Container, build
from infrastructure.database.schema import events
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from infrastructure.settings import Settings
from projections.worklist.inline import PUBLISHED
from tests.benchmarks.cases import BACK, DIGEST, keep
from tests.given import CLERK, DECIDER, after, history
from tests.stories import APPLICANT, CLEAN, DEFERRED, PERMIT, PINNED, Story, code, letter

GRANTED = 5
"""The version of a granted case.  At odd versions a material is awaited, at even ones a review."""


@cache
def story(day: datetime) -> Story:
    """From the window to the decision in one morning, with a material still to come."""
    told = after((), "open", DEFERRED, APPLICANT, PINNED, ("M-01",), at=day)
    told = after(after(told, "query", CLEAN, at=day), "notify", at=day)
    told = after(told, "commit", letter(told, day), code(day), at=day)
    return after(told, "grant", PERMIT, by=DECIDER, at=day)


def today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def granted(service: Container, day: datetime | None = None, version: int = GRANTED) -> UUID:
    """A case that has just been granted, kept with its five events; or with fewer.

    Two of them the credit platform must be told of.
    """
    told = history(*story(day or today())[:version], id=uuid4())
    case = Case.replay(told)
    assert case is not None
    case.pending_events.extend(told)
    return keep(service, case, published=PUBLISHED)


def next_act(version: int) -> tuple[Actor, CaseCommand]:
    """Who does what with a case at this version: the material comes, or goes back."""
    if version % 2:
        return CLERK, Supply(material="M-02", digest=DIGEST)
    return DECIDER, ReturnMaterial(material="M-02", reason=BACK)


def act(service: Container, case_id: UUID, version: int, **how: Any) -> int:
    """One step further from this version; the version afterwards."""
    by, command = next_act(version)
    done = service.casework.act(CommandContext(by, service.clock(), **how), case_id, command)
    return done.aggregate.version


def open_service(url: str, folder: Path, pool_size: int = 4) -> Container:
    """The service with the clock on the wall."""
    settings = Settings(data_dir=folder, database_url=url, pool_size=pool_size, poll_seconds=0.05)
    return build(settings)


def officer() -> dict[str, Any]:
    """Who returns a material, as an event says it."""
    return DECIDER.model_dump()


def shown(service: Container) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection, in an order that does not depend on how it came there."""
    with service.engine.connect() as db:
        return {
            name: sorted((tuple(row) for row in db.execute(p.table.select())), key=repr)
            for name, p in PROJECTIONS.items()
        }


def rebuilt(service: Container) -> dict[str, list[tuple[Any, ...]]]:
    """The same after everything was read again from the first event."""
    for projection in PROJECTIONS.values():
        rebuild(service.projector, projection)
    return shown(service)


def log_of(service: Container) -> list[tuple[int, UUID, int, str | None]]:
    """Position, stream, version and command of every event."""
    c = events.c
    rows = select(c.position, c.stream_id, c.version, c.command_id).order_by(c.position)
    with service.engine.connect() as db:
        return [tuple(row) for row in db.execute(rows)]
