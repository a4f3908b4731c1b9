"""Fixtures for the real service: a process of its own with its own folder and database."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from httpx2 import Client, Response, TransportError

from infrastructure.container import Container, build, system_clock
from infrastructure.settings import Settings
from tests.api.conftest import Badges
from tests.conftest import tokens_of
from tests.papers import named
from tests.support.forked_server import Forked, Nursery

SCRIPTS = Path(sys.executable).parent
TIMEOUT = 30.0  # seconds for the server to start, to answer or to end
XINNUO = "XINNUO_"
FILES = "/api/v1/files"


class ScanningClient(Client):
    """A client whose users upload the papers that their commands name, before they send them."""

    def request(self, method: str, url: Any, **how: Any) -> Response:
        for paper in named(json.dumps(how.get("json"))):
            whose = {"Authorization": how["headers"]["Authorization"]}
            sent = super().request("POST", FILES, files={"file": paper}, headers=whose)
            assert sent.is_success, sent.text
        return super().request(method, url, **how)


class Running:
    """`xinnuo serve` as a process on 127.0.0.1; every restart uses the same port."""

    def __init__(self, settings: Settings, nursery: Nursery | None = None) -> None:
        self.settings, self._nursery = settings, nursery
        self.log = settings.data_dir / "server.log"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(XINNUO)} | {
            "XINNUO_DATA_DIR": str(settings.data_dir),
            "XINNUO_DATABASE_URL": settings.url,
            "XINNUO_PORT": str(settings.port),
        }
        address = f"http://127.0.0.1:{settings.port}"
        self.client: Client = ScanningClient(base_url=address, timeout=TIMEOUT)
        self._process: subprocess.Popen[str] | Forked | None = None

    def xinnuo(self, *command: str) -> subprocess.Popen[str]:
        """Start a command with the same data; returns its process."""
        return subprocess.Popen(
            [SCRIPTS / "xinnuo", *command],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def start(self) -> Self:
        """Start the server; returns when it answers requests."""
        self._process = self._launched()
        deadline = time.monotonic() + TIMEOUT
        while self._process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return self
            time.sleep(0.02)
        raise TimeoutError(self.log.read_text()[-2000:])

    def _launched(self) -> subprocess.Popen[str] | Forked:
        if self._nursery:
            return self._nursery.fork(self.environment, self.log)
        with self.log.open("a") as log:
            command = [SCRIPTS / "xinnuo", "serve"]
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def answers(self) -> bool:
        try:
            return self.client.get("/livez").is_success
        except TransportError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGKILL)
        self.client.close()

    def end(self, number: signal.Signals) -> None:
        """Stop the server: SIGTERM lets it finish the requests it has begun, SIGKILL does not."""
        process, self._process = self._process, None
        if process:
            process.send_signal(number)
            process.wait(TIMEOUT)

    def restart(self) -> None:
        """Kill the server and start it again with the same data."""
        self.end(signal.SIGKILL)
        self.start()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def server(nursery: Nursery, database_url: str, tmp_path: Path) -> Iterator[Running]:
    """A server with an empty database of the newest schema; not started yet."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=free_port())
    with Running(settings, nursery) as server:
        yield server


@pytest.fixture
def backstage(server: Running) -> Iterator[Container]:
    """A container of the test process with the server's database and keys."""
    service = build(server.settings)
    yield service
    service.close()


@pytest.fixture
def as_(server: Running) -> Badges:
    """Makes tokens that the server accepts, at the real time."""
    return Badges(tokens_of(server.settings.keys_dir), system_clock)
