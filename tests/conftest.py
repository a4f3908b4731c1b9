"""Fixtures for both databases: SQLite in a file, and a PostgreSQL server that the run starts."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from api.http.auth import Tokens
from infrastructure.container import Container, build
from infrastructure.database.engine import open_database
from infrastructure.keys.first_keys import establish
from infrastructure.keys.kinds import token_key_of
from infrastructure.keys.records import Reason
from infrastructure.migrations import upgrade
from infrastructure.settings import Settings
from infrastructure.workers import follower
from tests.given import DAY_1
from tests.support.postgres import Server

OPERATOR_PORT = 8001
USED: Counter[str] = Counter()
SERVERS: list[Server] = []
FIGURES: list[str] = []
ORIGIN = {"sqlite": sqlite3.sqlite_version}


# Threads rest longer between two rounds than in the service, because most tests end before anybody
# reads what they make; who waits for it still ends the rest.
follower.REST_FACTOR, follower.MAX_REST = 100, 1.0

hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


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


def migrate(settings: Settings, at: datetime = DAY_1) -> None:
    """Does what `xinnuo migrate` does: makes the newest schema and the first keys."""
    engine = open_database(settings.url)
    try:
        upgrade(engine)
        establish(engine, settings.keys_dir, settings.log_origin, Reason(at))
    finally:
        engine.dispose()


def tokens_of(keys: Path) -> Tokens:
    """Returns tokens signed with the key in a folder of keys, as `xinnuo token` signs them."""
    return Tokens(token_key_of((keys / "token.json").read_bytes()))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the templates; both databases know its keys."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture(scope="session")
def migrated_sqlite(template: Path) -> Path:
    """A template file: an empty SQLite database with the newest schema and keys."""
    migrate(Settings(data_dir=template))
    return template / "xinnuo.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server, template: Path) -> str:
    """The URL of a template: an empty PostgreSQL database with the newest schema and keys."""
    url = postgres.create_database()
    migrate(Settings(data_dir=template, database_url=url))
    return url


@pytest.fixture(scope="session")
def furnished_sqlite(template: Path, migrated_sqlite: Path) -> Path:
    """A template file with what `furnish` adds, projected."""
    furnished = template.parent / "furnished.db"
    copyfile(migrated_sqlite, furnished)
    _furnish(template, f"sqlite:///{furnished}")
    return furnished


@pytest.fixture(scope="session")
def furnished_postgres(postgres: Server, template: Path, migrated_postgres: str) -> str:
    """The URL of a template with what `furnish` adds, projected."""
    url = postgres.create_database(migrated_postgres)
    _furnish(template, url)
    return url


def _furnish(template: Path, url: str) -> None:
    from tests.api.conftest import furnish  # noqa: PLC0415 - it imports this module

    service = build(Settings(data_dir=template, database_url=url), Clock())
    furnish(service)
    service.projector.catch_up_all()
    service.close()


@pytest.fixture
def furnished() -> None:
    """Lets the database of this test hold from the start what `furnish` adds."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the newest schema, and its keys in `tmp_path`.

    It is empty, unless the test has the fixture `furnished`.  A test with this fixture runs on both
    kinds.
    """
    USED[request.param] += 1
    stock = "furnished" if "furnished" in request.fixturenames else "migrated"
    template: Path = request.getfixturevalue("template")
    if request.param == "sqlite":
        copyfile(request.getfixturevalue(f"{stock}_sqlite"), tmp_path / "xinnuo.db")
        copytree(template / "keys", tmp_path / "keys")
        yield f"sqlite:///{tmp_path / 'xinnuo.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create_database(request.getfixturevalue(f"{stock}_postgres"))
    copytree(template / "keys", tmp_path / "keys")
    yield url
    server.drop_database(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    where: Any = {"data_dir": tmp_path, "database_url": database_url}
    return Settings(**where, poll_seconds=0.2, operator_port=OPERATOR_PORT)


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
