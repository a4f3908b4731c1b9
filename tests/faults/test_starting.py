"""Start: several processes that start at the same moment all succeed."""

from pathlib import Path

from sqlalchemy import select

from domain.case.case import Case
from infrastructure.container import Container
from infrastructure.database.engine import open_database
from infrastructure.database.schema import log_head
from infrastructure.health.checks import require_schema
from infrastructure.migrations import is_current, upgrade
from tests.conftest import USED
from tests.support import fault_cases as docket
from tests.support.background import PROJECTING, working
from tests.support.fault_server import wait_until
from tests.support.parallel import in_processes, meet
from tests.support.postgres import Server
from tests.support.repetitions import count, report, steps

PROCESSES = 4


def test_four_processes_start_together_on_any_database_and_none_dies(
    real: Container, tmp_path: Path
):
    url = str(real.settings.database_url)
    for begun in steps("starts together", 5, 40):  # the first of them on an empty database
        folder = tmp_path / str(begun)  # the first process makes its keys
        assert in_processes(PROCESSES, start_and_act, url, folder) == [True] * PROCESSES
        assert real.repository.recorder.max_notification_id() == (begun + 1) * PROCESSES * 6
    real.projector.catch_up_all()
    assert docket.shown(real) == docket.rebuilt(real)
    report(f"started together {count(5, 40)} times, 0 deaths of {count(5, 40) * PROCESSES}")


def start_and_act(_: int, url: str, folder: Path) -> bool:
    """Starts as a server does, acts once on a case, and stops."""
    meet()
    service = docket.open_service(url, folder)
    require_schema(service)
    with working(service, *PROJECTING):
        case_id = docket.granted(service)
        docket.act(service, case_id, docket.GRANTED)
        position = service.repository.history(case_id)[-1].position
        wait_until(lambda: service.projector.position("audit") >= position)
    service.close()
    return service.repository.get(Case, case_id).version == docket.GRANTED + 1


def test_four_migrations_at_once_on_an_empty_postgresql_all_succeed(postgres: Server):
    USED["postgresql"] += 1
    for _ in steps("migrations together", 3, 40):
        url = postgres.create_database()
        assert in_processes(PROCESSES, migrate, url) == [(True, 0)] * PROCESSES
        postgres.drop_database(url)


def test_four_migrations_at_once_on_an_empty_sqlite_all_succeed(tmp_path: Path):
    USED["sqlite"] += 1
    for number in steps("migrations together", 3, 40):
        url = f"sqlite:///{tmp_path / str(number) / 'xinnuo.db'}"
        assert in_processes(PROCESSES, migrate, url) == [(True, 0)] * PROCESSES


def migrate(_: int, url: str) -> tuple[bool, int | None]:
    """Migrates; returns whether the schema is the newest then, and the size of the log."""
    meet()
    engine = open_database(url)
    upgrade(engine)
    with engine.connect() as db:
        size = db.scalar(select(log_head.c.size))
    current = is_current(engine)
    engine.dispose()
    return current, size
