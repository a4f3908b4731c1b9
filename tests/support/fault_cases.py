"""The cases of the fault tests: granted today; a material is supplied and returned endlessly."""

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
from tests.given import CLERK, DECIDER, after, history, unpinned
from tests.stories import APPLICANT, CLEAN, DEFERRED, PERMIT, PINNED, Story, code, letter

GRANTED = 5
"""The version of a granted case.  At odd versions a material is due, at even ones its review."""
RECORDED = GRANTED + 1
"""The events of a granted case in the log: its own, and the document that its commands show."""


@cache
def story(day: datetime) -> Story:
    """A case that is opened and granted on one day, with one material still due."""
    facts = after((), "open", DEFERRED, APPLICANT, PINNED, ("M-01",), at=day)
    facts = after(after(facts, "query", CLEAN, at=day), "notify", at=day)
    facts = after(facts, "commit", letter(facts, day), code(day), at=day)
    return tuple(map(unpinned, after(facts, "grant", PERMIT, by=DECIDER, at=day)))


def today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def granted(service: Container, day: datetime | None = None, version: int = GRANTED) -> UUID:
    """Stores a granted case with its five events, or with the first `version` of them.

    Two of the five events are published to the credit platform.
    """
    events = history(*story(day or today())[:version], id=uuid4())
    case = Case.replay(events)
    assert case is not None
    case.pending_events.extend(events)
    return keep(service, case, published=PUBLISHED)


def next_act(version: int) -> tuple[Actor, CaseCommand]:
    """The next actor and command of a case at this version: supply the material, or return it."""
    if version % 2:
        return CLERK, Supply(material="M-02", digest=DIGEST)
    return DECIDER, ReturnMaterial(material="M-02", reason=BACK)


def act(service: Container, case_id: UUID, version: int, **how: Any) -> int:
    """Executes the next command of a case; returns the new version."""
    by, command = next_act(version)
    done = service.casework.act(CommandContext(by, service.clock(), **how), case_id, command)
    return done.aggregate.version


def open_service(url: str, folder: Path, pool_size: int = 4) -> Container:
    """Builds the service with the real clock."""
    settings = Settings(data_dir=folder, database_url=url, pool_size=pool_size, poll_seconds=0.05)
    return build(settings)


def officer() -> dict[str, Any]:
    """The officer who returns a material, in the form of an event's `by`."""
    return DECIDER.model_dump()


def taken_up(service: Container) -> bool:
    """True if every event is projected, also those that another release could not read."""
    return not service.parking.all() and set(service.projector.lag().values()) == {0}


def shown(service: Container) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection, sorted by content."""
    with service.engine.connect() as db:
        return {
            name: sorted((tuple(row) for row in db.execute(p.table.select())), key=repr)
            for name, p in PROJECTIONS.items()
        }


def rebuilt(service: Container) -> dict[str, list[tuple[Any, ...]]]:
    """Rebuilds every projection and returns all their rows, sorted by content."""
    for projection in PROJECTIONS.values():
        rebuild(service.projector, projection)
    return shown(service)


def log_of(service: Container) -> list[tuple[int, UUID, int, str | None]]:
    """Position, stream, version and command of every event, in the order of the log."""
    c = events.c
    rows = select(c.position, c.stream_id, c.version, c.command_id).order_by(c.position)
    with service.engine.connect() as db:
        return [tuple(row) for row in db.execute(rows)]
