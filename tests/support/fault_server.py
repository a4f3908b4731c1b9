"""The service as a process of its own, started, stopped and killed like any other.

It begins as a copy of a process that has read all modules already: a start costs a tenth.
"""

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
from typing import Self
from uuid import UUID

import httpx2

from api.http.auth import Tokens
from domain.values.parties import Actor
from infrastructure.identity.keys import token_key
from tests.support.fault_cases import next_act
from tests.support.parallel import PROCESSES

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Spares every client reading the certificates of the world: all is on the loopback."""


class Program:
    """`python -m …` in the checkout, over one database; what it says goes to a file."""

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
        """As if the machine had lost its mind: no chance to finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; what it answers to the one who started it."""
        return self._end(signal.SIGTERM)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join(PATIENCE)
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
    """What `python -m module arguments` would be."""
    os.environ.update(surroundings)
    os.chdir(ROOT)
    with log.open("ab") as told:
        for stream in (1, 2):
            os.dup2(told.fileno(), stream)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")


class Serving(Program):
    """`xinnuo serve` on a free port, which it keeps over restarts."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = _free_port()
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

    def client(self, patience: float = 20.0) -> "Client":
        return Client(self, patience)


class Client:
    """One who uses the service with a token for whoever acts; a with-block closes it."""

    def __init__(self, serving: Serving, patience: float) -> None:
        tokens, now = Tokens(token_key(serving.folder / "keys")), datetime.now(UTC)
        self._mint = lambda actor: tokens.mint(actor, now, 8)
        self._tokens: dict[str, str] = {}
        base = f"http://127.0.0.1:{serving.port}"
        self.http = httpx2.Client(base_url=base, timeout=patience, trust_env=False, verify=NO_TLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, by: Actor) -> httpx2.Response:
        return self.http.get(path, headers=self._as(by))

    def act(
        self, case_id: UUID, version: int, key: str | None = None, seen: int | None = None
    ) -> httpx2.Response:
        """One step further from this version, sent once."""
        by, command = next_act(version)
        headers = self._as(by)
        if key:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        path = f"/api/v1/cases/{case_id}/{command.VERB}"
        return self.http.post(path, headers=headers, json=command.model_dump(mode="json"))

    def insist(self, case_id: UUID, version: int, key: str) -> httpx2.Response:
        """The same, sent again with the same key until there is an answer."""
        end = time.monotonic() + 2 * PATIENCE
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


def wait_until(so: Callable[[], object], patience: float = PATIENCE) -> float:
    """Look again and again; return after how many seconds it was so."""
    began = time.monotonic()
    while not so():
        assert time.monotonic() - began < patience, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - began


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
