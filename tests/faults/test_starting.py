"""Start: several processes that start at the same moment all succeed."""

from pathlib import Path

from domain.case.case import Case
from infrastructure.container import Container
from infrastructure.health.checks import require_schema
from infrastructure.migrations import is_current
from infrastructure.settings import Settings
from tests.conftest import USED, migrate
from tests.support import fault_cases as docket
from tests.support.background import PROJECTING, working
from tests.support.fault_server import wait_until
from tests.support.parallel import in_processes, meet
from tests.support.postgres import Server
from tests.support.repetitions import count, report, steps

PROCESSES = 4
KEY_FILES = ["log-001.key", "token.json", "vault.key"]


def test_four_processes_start_together_on_any_database_and_none_dies(
    real: Container, tmp_path: Path
):
    url = str(real.settings.database_url)
    for begun in steps("starts together", 5, 40):  # the first of them on an empty database
        assert in_processes(PROCESSES, start_and_act, url, tmp_path) == [True] * PROCESSES
        assert real.repository.recorder.max_notification_id() == (begun + 1) * PROCESSES * (
            docket.RECORDED + 1
        )
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


def test_four_migrations_at_once_on_an_empty_postgresql_make_one_set_of_keys(
    postgres: Server, tmp_path: Path
):
    USED["postgresql"] += 1
    for number in steps("migrations together", 3, 40):
        url = postgres.create_database()
        migrate_together(url, tmp_path / str(number))
        postgres.drop_database(url)


def test_four_migrations_at_once_on_an_empty_sqlite_make_one_set_of_keys(tmp_path: Path):
    USED["sqlite"] += 1
    for number in steps("migrations together", 3, 40):
        folder = tmp_path / str(number)
        migrate_together(f"sqlite:///{folder / 'xinnuo.db'}", folder)


def migrate_together(url: str, folder: Path) -> None:
    """Migrates in several processes; each leaves the newest schema, and all see the same keys."""
    assert in_processes(PROCESSES, migrated, url, folder) == [(True, 0, [])] * PROCESSES
    assert sorted(file.name for file in (folder / "keys").iterdir()) == KEY_FILES


def migrated(_: int, url: str, folder: Path) -> tuple[bool, int, list[str]]:
    """Migrates; returns whether the schema is the newest, the log's size, and faults of keys."""
    meet()
    migrate(Settings(data_dir=folder, database_url=url))
    service = docket.open_service(url, folder)
    found = is_current(service.engine), service.log_size(), [*service.keys.findings()]
    service.close()
    return found
