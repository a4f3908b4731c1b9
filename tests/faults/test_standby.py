"""Standby: if the primary database dies, its standby takes over and nothing is lost."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from infrastructure.settings import Settings
from tests.conftest import migrate
from tests.faults.test_crashes import insisting
from tests.support import fault_cases as docket
from tests.support import postgres
from tests.support.fault_server import Serving, wait_until
from tests.support.postgres import Server
from tests.support.repetitions import count, report

SYNCHRONOUS = "ALTER SYSTEM SET synchronous_standby_names = '*'"
STANDS_BY = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"


class Standby(Server):
    """A standby server: replicates the primary."""

    def __init__(self, primary: Server) -> None:
        super().__init__()
        self._primary = primary

    def _make_directory(self) -> Path:
        """Copies the running primary instead of making an empty server."""
        directory = super()._make_directory()
        account = postgres._run_as(directory)
        rmtree(directory / "data")
        where = ["-h", "127.0.0.1", "-p", str(self._primary.port), "-U", "postgres"]
        how = ["-D", directory / "data", "--write-recovery-conf", "--checkpoint=fast"]
        copy = [self.binaries / "pg_basebackup", *where, *how]
        subprocess.run(copy, check=True, capture_output=True, **account)
        return directory

    def create_database(self, template: str | None = None) -> str:
        """Creates nothing, because a standby is read-only; returns the primary's database."""
        return self._primary.url

    def promote(self) -> None:
        _ask(self, "SELECT pg_promote()")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Server, Standby]]:
    """A primary and its synchronous standby: an acknowledged commit is on both."""
    with Server() as primary:
        migrate(Settings(data_dir=tmp_path, database_url=primary.url))
        with Standby(primary) as standby:
            _ask(primary, SYNCHRONOUS)
            _ask(primary, "SELECT pg_reload_conf()")
            wait_until(lambda: _ask(primary, STANDS_BY))
            yield primary, standby


def _ask(server: Server, statement: str) -> object:
    with psycopg.connect(
        host="127.0.0.1", port=server.port, user="postgres", dbname="postgres", autocommit=True
    ) as db:
        found = db.execute(statement)
        return found.fetchone()[0] if found.description else None  # type: ignore[index]


def test_when_the_standby_takes_over_nothing_acknowledged_is_lost(
    pair: tuple[Server, Standby], tmp_path: Path
):
    primary, standby = pair
    url = _url_of_both(primary, standby)
    service = docket.open_service(url, tmp_path)
    with Serving(url, tmp_path) as serving:
        with insisting(serving, service) as clients:
            time.sleep(count(2, 30))
            primary.stop("immediate")
            standby.promote()
            before = [client.acknowledged for client in clients]
            waited = wait_until(
                lambda: all(c.acknowledged > b + 1 for c, b in zip(clients, before, strict=True))
            )
            time.sleep(count(1, 30))
        assert [client.error for client in clients] == [None] * len(clients)
    for client in clients:
        assert len(service.repository.history(client.case_id)) == client.versions[-1]
        assert client.versions == [*range(docket.GRANTED, client.versions[-1] + 1)]
    service.projector.catch_up_all()
    assert docket.shown(service) == docket.rebuilt(service)
    acknowledged = sum(client.acknowledged for client in clients)
    report(f"standby: {acknowledged} acknowledged, 0 lost, served again {waited:.2f} s after")
    service.close()


def _url_of_both(primary: Server, standby: Server) -> str:
    """A URL with both servers, which connects to the one that accepts writes."""
    name = primary.url.rpartition("/")[2]
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (primary, standby))
    return f"postgresql+psycopg://postgres@/{name}?{hosts}&target_session_attrs=read-write"
