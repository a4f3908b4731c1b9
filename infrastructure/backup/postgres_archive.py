"""A PostgreSQL database as an archive of `pg_dump`; restored beside the present one and swapped."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, make_url

from infrastructure.backup.manifest import NotBackedUp
from infrastructure.backup.sqlite_copy import Progress
from infrastructure.database.engine import snapshot, unpooled

FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
"""Where distributions keep the programs of each major version, below the root folder."""
MAINTENANCE = ("postgres", "template1")
"""Databases from which another one can be created, renamed and dropped."""

CONNECTED = (
    "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
)
WAITS, WAIT = 20, 0.1
"""How often, and for how many seconds, connections are waited for that are being closed."""
NAME = 40
"""What is kept of a database's name in another one; the server cuts names off at 63 bytes."""


class PostgresArchive:
    KIND: Final = "postgresql"
    FILE = "xinnuo.dump"

    def __init__(self, url: str) -> None:
        self.url = url
        self._at = make_url(url)

    @contextmanager
    def dumped(self, engine: Engine, file: Path, progress: Progress) -> Iterator[Connection]:
        """Writes the archive and yields a connection that sees exactly what stands in it."""
        progress(0, None)
        with snapshot(engine) as db:
            name = db.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            options = ["--format=custom", f"--snapshot={name}", f"--file={file}"]
            _run("pg_dump", self._at, options)
            yield db
        with file.open("rb") as written:
            os.fsync(written.fileno())

    @contextmanager
    def loaded(self, file: Path, folder: Path) -> Iterator[str]:
        """Yields the URL of a new database on the same server with what stands in the archive.

        It is dropped at the end, unless it was swapped for the present one.
        """
        name = f"xinnuo_restoring_{uuid4().hex[:8]}"
        there = self._at.set(database=name)
        with self._server() as server:
            try:
                server.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
                )
            except psycopg.errors.InsufficientPrivilege:
                raise NotBackedUp(
                    f"数据库用户 {self._at.username} 不能建库，备份无处核验，什么也没有改动："
                    "请在 XINNUO_DATABASE_URL 里换用有 CREATEDB 权限的用户"
                ) from None
            try:
                _run("pg_restore", there, ["--no-owner", "--exit-on-error", str(file)])
                yield there.render_as_string(hide_password=False)
            finally:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                server.execute(drop.format(sql.Identifier(name)))

    def exists(self) -> bool:
        with self._server() as server:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return server.execute(query, [self._at.database]).fetchone() is not None

    def require_nobody(self) -> None:
        """Raises NotBackedUp if somebody stays connected to the database."""
        with self._server() as server:
            for _ in range(WAITS):
                if not (connected := server.execute(CONNECTED, [self._at.database]).fetchall()):
                    return
                time.sleep(WAIT)
        raise NotBackedUp(
            f"还有{len(connected)}个连接开着数据库 {self._at.database}，什么也没有改动："
            "请先停服务（xinnuo serve、xinnuo project），再恢复"
        )

    def swap(self, restored: str, suffix: str) -> str | None:
        """Puts the restored database in its place; returns the new name of the one before it.

        Both are renamed in one transaction, which fails while somebody is connected.
        """
        kept = f"{(self._at.database or '')[:NAME]}_{suffix}" if self.exists() else None
        renames = [(make_url(restored).database, self._at.database)]
        renames = [(self._at.database, kept), *renames] if kept else renames
        with self._server() as server, server.transaction():
            for before, after in renames:
                names = sql.Identifier(before or ""), sql.Identifier(after or "")
                try:
                    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
                except psycopg.errors.ObjectInUse:
                    raise NotBackedUp(
                        f"还有连接开着数据库 {before}，什么也没有改动：请先停服务，再恢复"
                    ) from None
        return kept

    @contextmanager
    def _server(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """Yields a connection to the server that is not one to the database itself."""
        for name in MAINTENANCE:
            engine = create_engine(self._at.set(database=name))
            try:
                server = unpooled(engine)
            except psycopg.OperationalError as away:
                failure = away
                continue
            with server:
                yield server
            return
        raise NotBackedUp("连接不上数据库服务器：请检查 XINNUO_DATABASE_URL") from failure


def _run(name: str, at: URL, options: list[str]) -> None:
    """Runs a program of the server's major version.  Raises NotBackedUp if it fails."""
    engine = create_engine(at)
    _, arguments = engine.dialect.create_connect_args(at)
    with unpooled(engine) as connection:
        major = connection.info.server_version // 10_000
    secret = {"PGPASSWORD": str(arguments.pop("password"))} if at.password else {}
    # what the driver adds for itself is no option of the programs
    options_of_libpq: dict[str, Any] = {
        name: value for name, value in arguments.items() if isinstance(value, str | int)
    }
    where = make_conninfo(**options_of_libpq)
    command = [_program(name, major), f"--dbname={where}", *options]
    done = subprocess.run(  # noqa: S603 - the program was found by its name and version
        command, env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise NotBackedUp(f"{name} 没有成功，什么也没有改动：{last}")


def _program(name: str, major: int) -> str:
    """Returns the program of exactly this version: others write or read archives differently."""
    folders = [path for pattern in FOLDERS for path in sorted(Path("/").glob(pattern))]
    found = [shutil.which(name), *(shutil.which(name, path=str(folder)) for folder in folders)]
    for each in filter(None, found):
        told = subprocess.run([each, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        if (version := re.search(r"\d+", told.stdout)) and int(version[0]) == major:
            return each
    raise NotBackedUp(
        f"找不到 PostgreSQL {major} 的 {name}，没有备份也没有恢复："
        f"请安装 postgresql-client-{major}，或者把它的文件夹放进 PATH"
    )
