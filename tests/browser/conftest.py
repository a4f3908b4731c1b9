"""Fixtures for browser tests: a real server with demonstration data, and Chromium."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.cli.arguments import office_of
from application.access.permissions import Role
from domain.values.parties import Actor, Department
from tests.conftest import tokens_of

CHROMIUM = which("chromium")
XINNUO = str(Path(sys.executable).with_name("xinnuo"))
START_TIMEOUT = 60.0  # seconds


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: runs in a real browser")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment variables of a server with its own folder and its own port."""
    folder = str(tmp_path_factory.mktemp("data"))
    settings = os.environ | {"XINNUO_DATA_DIR": folder, "XINNUO_PORT": str(_free_port())}
    settings.pop("XINNUO_DATABASE_URL", None)
    return settings


def token_of(
    settings: dict[str, str], role: str, office: Department | None = None, person: str = ""
) -> str:
    """A token as `xinnuo token` prints it, signed with the server's key."""
    tokens = tokens_of(Path(settings["XINNUO_DATA_DIR"]) / "keys")
    unit = office or office_of(Role(role))
    actor = Actor(person=person or f"{role}-01", role=Role(role), department=unit)
    return tokens.mint(actor, datetime.now(UTC), 8)


@pytest.fixture(scope="session")
def token(settings: dict[str, str], address: str) -> str:
    """The token of an auditor, as the command line prints it."""
    run = [XINNUO, "token", "--role", "auditor"]
    return subprocess.run(run, env=settings, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def address(settings: dict[str, str]) -> Iterator[str]:
    """The address of the running server."""
    for command in (["migrate"], ["demo", "--cases", "80"]):
        subprocess.run([XINNUO, *command], env=settings, check=True, capture_output=True)
    with subprocess.Popen([XINNUO, "serve"], env=settings, stdout=subprocess.DEVNULL) as server:
        try:
            yield _ready(f"http://127.0.0.1:{settings['XINNUO_PORT']}")
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; it ends with its module, because until then no other test can run an event loop."""
    assert CHROMIUM, "the browser tests need chromium"
    quiet = ("--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(quiet))
        yield chromium
        chromium.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(address: str) -> str:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/livez", timeout=5):  # noqa: S310 - our own address
                return address
        except OSError:  # not there yet, or too busy to answer
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
