"""A SQLite database as one file: copied while it serves, put in the place of another."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, make_url

from infrastructure.backup.manifest import NotBackedUp
from infrastructure.database.engine import open_database

PAGES = 2048
"""Number of pages that are copied between two reports of progress."""
Progress = Callable[[int, int | None], None]
"""Called with what is done, and the total if it is known."""


class SqliteCopy:
    KIND: Final = "sqlite"
    FILE = "xinnuo.db"

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = Path(make_url(url).database or "")

    @contextmanager
    def dumped(self, engine: Engine, file: Path, progress: Progress) -> Iterator[Connection]:
        """Copies the database into a file and yields a connection to the copy.

        The source is read in one transaction: writers go on, and the copy never begins anew.
        """
        with closing(engine.raw_connection()) as pooled, closing(sqlite3.connect(file)) as copy:
            source = pooled.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.execute("BEGIN")
            source.execute("SELECT size FROM log_head").fetchone()  # takes the snapshot
            try:
                copied = _reporting(progress)
                source.backup(copy, pages=PAGES, progress=copied)
            finally:
                source.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        database = open_database(f"sqlite:///{file}")
        with database.connect() as db:
            yield db
        database.dispose()
        _one_file(file)
        _sync(file)

    @contextmanager
    def loaded(self, file: Path, folder: Path) -> Iterator[str]:
        """Yields the URL of a copy of the backup in this folder; removes what is left of it."""
        copy = folder / f"{self.FILE}.restoring"
        _remove(copy)
        try:
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
            yield f"sqlite:///{copy}"
        finally:
            _remove(copy)

    def exists(self) -> bool:
        return self.path.exists()

    def require_nobody(self) -> None:
        """Raises NotBackedUp if a process has the database open."""
        with closing(sqlite3.connect(self.path, timeout=1)) as db:
            try:
                db.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.OperationalError:
                raise NotBackedUp(
                    f"还有程序开着 {self.path}，什么也没有改动：请先停服务（xinnuo serve、"
                    "xinnuo project），再恢复"
                ) from None
            except sqlite3.DatabaseError:
                return  # it is no database any more: nobody can serve from it

    def swap(self, restored: str, suffix: str) -> str | None:
        """Puts the restored database in its place; returns the new name of the one before it."""
        path = Path(make_url(restored).database or "")
        _one_file(path)
        kept = self.path.with_name(f"{self.path.name}.{suffix}") if self.exists() else None
        if kept:
            self.require_nobody()
            os.link(self.path, kept)  # at no moment is there no database
            for beside in ("-wal", "-shm"):  # of one that could not be read
                if (stale := self.path.with_name(self.path.name + beside)).exists():
                    stale.replace(f"{kept}{beside}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        path.replace(self.path)
        _sync(self.path)
        return str(kept) if kept else None


def _reporting(progress: Progress) -> Callable[[int, int, int], None]:
    return lambda _, remaining, total: progress(total - remaining, total)


def _one_file(path: Path) -> None:
    """Brings everything that was written into the file itself."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=DELETE")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
