"""Fixtures of the fault tests: a service over a fresh database, and a server process over one."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infrastructure.container import Container
from tests.conftest import Clock
from tests.support import repetitions as counts
from tests.support.fault_cases import open_service
from tests.support.fault_server import Serving
from tests.support.postgres import find_binaries

LEFT_OUT: dict[str, str] = {}
if not shutil.which("strace"):
    LEFT_OUT["test_storage.py"] = "strace is not installed"
if not (find_binaries()[1] / "pg_basebackup").exists():
    LEFT_OUT["test_standby.py"] = "this PostgreSQL has no pg_basebackup"
collect_ignore = list(LEFT_OUT)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands where the processes of these tests begin: at the real time."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[Container]:
    """The service over a fresh database, with the real clock."""
    service = open_service(database_url, tmp_path)
    yield service
    service.close()


@pytest.fixture
def serving(database_url: str, tmp_path: Path) -> Iterator[Serving]:
    """A server process over a fresh database."""
    with Serving(database_url, tmp_path) as serving:
        yield serving


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, reason in LEFT_OUT.items():
        terminalreporter.write_line(f"left out: {name}, because {reason}")
    for figure in counts.FIGURES:
        terminalreporter.write_line(figure)
