"""Releases as processes: the previous one, this one, and a next one, over one database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx2

from tests.support.fault_server import NO_TLS, ROOT, Scanning, free_port, wait_until

WHEELS = ROOT / "tests" / "golden" / "previous_release"
PROGRAM = ("-m", "api")
NEXT_PROGRAM = ("-c", "from tests.accidents.releases.next_release import main; main()")


class Former(httpx2.Client):
    """A client of the previous release.

    It says itself that a letter's signature is valid, and no ground when it refuses.
    """

    def request(self, method: str, url: Any, **how: Any) -> httpx2.Response:
        body = how.get("json") or {}
        if letter := body.get("letter"):
            how["json"] = body | {"letter": _formerly(letter)}
        if body.get("outcome") == "refuse":
            how["json"] = {name: said for name, said in body.items() if name != "ground"}
        return super().request(method, url, **how)


def _formerly(letter: dict[str, Any]) -> dict[str, Any]:
    assert letter["attested"]
    claimed = {"level": "paper_scan_attested", "verified": True}
    kept = {name: letter[name] for name in ("notice_digest", "digest")}
    return kept | {"channel": "counter", "signature": letter["signature"] | claimed}


@dataclass(frozen=True)
class Release:
    """A release of the program, in a folder of its own, over a database and a data folder."""

    tree: Path
    url: str
    data: Path
    program: tuple[str, ...] = PROGRAM
    client: type[httpx2.Client] = Scanning

    def command(self, *arguments: str) -> str:
        """Runs a command to its end; returns what it printed."""
        done = subprocess.run(
            self._line(*arguments),
            cwd=self.tree,
            env=self._surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[httpx2.Client]:
        """Serves until the block ends; yields a client of the server."""
        port, log = free_port(), self.data / f"{self.program[1][:4].strip('-')}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                self._line("serve"),
                cwd=self.tree,
                env=self._surroundings() | {"XINNUO_PORT": str(port)},
                stdout=output,
                stderr=output,
            )
        base = f"http://127.0.0.1:{port}"
        with self.client(base_url=base, timeout=30, trust_env=False, verify=NO_TLS) as client:
            try:
                wait_until(lambda: process.poll() is not None or _ready(client), 60)
                assert process.poll() is None, log.read_text()[-4000:]
                yield client
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(40)
                finally:
                    process.kill()

    def _line(self, *arguments: str) -> list[str]:
        return [sys.executable, *self.program, *arguments]

    def _surroundings(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(self.tree),
            "XINNUO_DATA_DIR": str(self.data),
            "XINNUO_DATABASE_URL": self.url,
            "XINNUO_POLL_SECONDS": "0.1",
        }


def previous_release(folder: Path) -> Path:
    """Unpacks the wheel of the previous release; returns its folder."""
    (wheel,) = WHEELS.glob("*.whl")
    with ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def _ready(client: httpx2.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx2.TransportError:
        return False
