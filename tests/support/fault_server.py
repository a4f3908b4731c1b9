"""The service as a process of its own, which a test can start, stop and kill.

It is forked from a process that has imported all modules, so a start takes a tenth of the time.
"""

import json
import os
import runpy
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx2

from domain.values.parties import Actor
from tests.conftest import tokens_of
from tests.papers import named
from tests.support.fault_cases import next_act
from tests.support.parallel import PROCESSES

ROOT = Path(__file__).parents[2]
TIMEOUT = 30.0
"""Seconds to wait for a process or a condition."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""An empty context: clients connect to the loopback and need not load any certificates."""


class Program:
    """A `python -m …` process in the checkout, over one database; its output goes to a file."""

    port = 8000

    def __init__(self, url: str, folder: Path, *arguments: str) -> None:
        self.url, self.folder, self._arguments = url, folder, arguments
        self._process: BaseProcess | None = None

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> Self:
        surroundings = {
            "XINNUO_DATA_DIR": str(self.folder),
            "XINNUO_DATABASE_URL": self.url,
            "XINNUO_POLL_SECONDS": "0.2",
            "XINNUO_PORT": str(self.port),
        }
        arguments = (surroundings, self.log, *self._arguments)
        self._process = PROCESSES.Process(target=_become, args=arguments)
        self._process.start()
        return self

    def kill(self) -> None:
        """Kills the process (SIGKILL): it cannot finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Asks the process to end (SIGTERM); returns its exit code."""
        return self._end(signal.SIGTERM)

    def interrupt(self) -> int:
        """Sends what Ctrl-C sends (SIGINT); returns the exit code."""
        return self._end(signal.SIGINT)

    def ended(self) -> int:
        """Waits until the process has ended by itself; returns its exit code."""
        assert self._process is not None
        process, self._process = self._process, None
        process.join(TIMEOUT)
        assert process.exitcode is not None, self.log.read_text()[-4000:]
        return process.exitcode

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join(TIMEOUT)
        if process.exitcode is None:
            process.kill()
            raise AssertionError("it did not end")
        return process.exitcode

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process:
            self.kill()


def _become(surroundings: dict[str, str], log: Path, module: str, *arguments: str) -> None:
    """Turns this process into `python -m module arguments`."""
    os.environ.update(surroundings)
    os.chdir(ROOT)
    with log.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


class Serving(Program):
    """`xinnuo serve` on a free port, which it keeps when restarted."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        super().__init__(url, folder, "api", "serve")

    def start(self) -> Self:
        super().start()
        wait_until(lambda: not self.runs or self.ready())
        assert self.runs, self.log.read_text()[-4000:]
        return self

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                line.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
                return b" 200 " in line.recv(100)
        except OSError:
            return False

    def client(self, timeout: float = 20.0) -> "Client":
        return Client(self, timeout)


class Scanning(httpx2.Client):
    """A client whose users upload the papers that a command names, before they send it.

    An upload that is refused is the answer to the command.
    """

    def request(self, method: str, url: Any, **how: Any) -> httpx2.Response:
        for paper in named(json.dumps(how.get("json"))):
            file = {"file": ("paper.pdf", paper)}
            reply = super().request("POST", "/api/v1/files", files=file, headers=how["headers"])
            if not reply.is_success:
                return reply
        return super().request(method, url, **how)


class Client:
    """An HTTP client of the service, with a token for each actor; a with-block closes it."""

    def __init__(self, serving: Serving, timeout: float) -> None:
        tokens, now = tokens_of(serving.folder / "keys"), datetime.now(UTC)
        self._mint = lambda actor: tokens.mint(actor, now, 8)
        self._tokens: dict[str, str] = {}
        base = f"http://127.0.0.1:{serving.port}"
        self.http = Scanning(base_url=base, timeout=timeout, trust_env=False, verify=NO_TLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, by: Actor) -> httpx2.Response:
        return self.http.get(path, headers=self._as(by))

    def act(
        self, case_id: UUID, version: int, key: str | None = None, seen: int | None = None
    ) -> httpx2.Response:
        """Sends the next command of a case at this version once."""
        by, command = next_act(version)
        headers = self._as(by)
        if key:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        path = f"/api/v1/cases/{case_id}/{command.VERB}"
        return self.http.post(path, headers=headers, json=command.model_dump(mode="json"))

    def insist(self, case_id: UUID, version: int, key: str) -> httpx2.Response:
        """Sends the next command of a case with the same key until it is answered."""
        end = time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < end:
            try:
                answer = self.act(case_id, version, key)
                if answer.status_code != 503:
                    return answer
            except httpx2.TransportError:
                pass
            time.sleep(0.02)
        raise AssertionError("no answer in a minute")

    def _as(self, actor: Actor) -> dict[str, str]:
        if actor.person not in self._tokens:
            self._tokens[actor.person] = self._mint(actor)
        return {"Authorization": f"Bearer {self._tokens[actor.person]}"}


def version_of(answer: httpx2.Response) -> int:
    return int(answer.headers["ETag"].strip('"'))


def wait_until(condition: Callable[[], object], timeout: float = TIMEOUT) -> float:
    """Waits until the condition holds; returns how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
