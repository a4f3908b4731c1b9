"""Fixtures for both databases: SQLite in a file, and a PostgreSQL server that the run starts."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from infrastructure.container import Container, build
from infrastructure.database.engine import open_database
from infrastructure.migrations import upgrade
from infrastructure.settings import Settings
from tests.given import DAY_1
from tests.support.postgres import Server

OPERATOR_PORT = 8001
USED: Counter[str] = Counter()
SERVERS: list[Server] = []
FIGURES: list[str] = []
ORIGIN = {"sqlite": sqlite3.sqlite_version}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = DAY_1) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: int) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with Server() as server:
        SERVERS.append(server)
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template file: an empty SQLite database with the newest schema."""
    path = tmp_path_factory.mktemp("template") / "xinnuo.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server) -> str:
    """The URL of a template: an empty PostgreSQL database with the newest schema."""
    url = postgres.create_database()
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with the newest schema.  A test with this fixture runs on both kinds."""
    USED[request.param] += 1
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "xinnuo.db")
        yield f"sqlite:///{tmp_path / 'xinnuo.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create_database(request.getfixturevalue("migrated_postgres"))
    yield url
    server.drop_database(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    where: Any = {"data_dir": tmp_path, "database_url": database_url}
    return Settings(**where, poll_seconds=0.05, operator_port=OPERATOR_PORT)


@pytest.fixture
def service(settings: Settings, clock: Clock) -> Iterator[Container]:
    """The container of the service over an empty database, with the test's clock."""
    service = build(settings, clock)
    yield service
    service.close()


@pytest.fixture
def report() -> Callable[[str], None]:
    """Adds a line to the summary at the end of the run."""
    return FIGURES.append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report what this pytest-xdist worker used and counted to the controller."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["used"], output["server"] = dict(USED), SERVERS[0].origin if SERVERS else None
        output["figures"] = FIGURES


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what each worker used and counted."""
    output = getattr(node, "workeroutput", {})
    USED.update(output.get("used", {}))
    FIGURES.extend(output.get("figures", ()))
    ORIGIN["postgresql"] = output.get("server") or ORIGIN.get("postgresql", "")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests reported, and how many tests used which database."""
    for line in FIGURES:
        terminalreporter.write_line(line)
    if SERVERS:
        ORIGIN["postgresql"] = SERVERS[0].origin
    for kind, count in sorted(USED.items()):
        terminalreporter.write_line(f"{kind} ({ORIGIN.get(kind)}): {count} tests")
