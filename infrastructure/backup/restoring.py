"""Restores a backup: proves it in a temporary database, then swaps that for the present one."""

import base64
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from infrastructure.backup.key_files import copy_keys, place_keys, require_placeable
from infrastructure.backup.manifest import Manifest, NotBackedUp, read
from infrastructure.backup.taking import archive_of
from infrastructure.container import Container, build
from infrastructure.database.engine import open_database
from infrastructure.database.schema import log_head
from infrastructure.evidence.bundle_check import Broken
from infrastructure.evidence.sealer import root_now
from infrastructure.memory.log_memory import LogMemory
from infrastructure.migrations import knows, upgrade
from infrastructure.settings import Settings

Report = Callable[[int], None]
"""Called with the number of events that were verified so far."""
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Backup:
    """A backup whose files are what its manifest says."""

    folder: Path
    manifest: Manifest
    digest: str
    """The SHA-256 of the manifest."""

    @classmethod
    def at(cls, folder: Path, settings: Settings) -> "Backup":
        """Raises NotBackedUp if the folder is no backup, or one of another kind of database."""
        manifest, digest = read(folder)
        if manifest.database != (kind := archive_of(settings.url).KIND):
            raise NotBackedUp(
                f"这是 {manifest.database} 的备份，而 XINNUO_DATABASE_URL 是 {kind}，"
                "什么也没有改动：请换一份备份，或者改设置"
            )
        return cls(folder, manifest, digest)

    @property
    def file(self) -> Path:
        return self.folder / self.manifest.file


@dataclass(frozen=True)
class Restoring:
    """Restores into the database of these settings."""

    settings: Settings
    clock: Clock
    keys: Path | None = None
    """The folder with the keys; None for those of the settings."""

    def drill(self, backup: Backup, report: Report) -> None:
        """Restores elsewhere, proves the backup, and leaves nothing behind.

        Raises NotBackedUp if it could not be restored.
        """
        with (
            TemporaryDirectory(prefix="xinnuo-drill-") as folder,
            self._proved(backup, Path(folder), report),
        ):
            pass  # what can go wrong has been tried

    def put_in_place(self, backup: Backup, report: Report, *, over: bool = False) -> str | None:
        """Restores in the place of the database; returns the new name of the one before it.

        Raises NotBackedUp, and changes nothing, if the backup cannot be proved, if events would be
        replaced without `over`, or if somebody uses the database.  Raises LogContradicted if a
        file of the memory cannot be read.
        """
        settings, archive = self.settings, archive_of(self.settings.url)
        LogMemory(settings.memory_dirs).read()
        if archive.exists():
            require_replaceable(settings.url, backup.manifest.position, over=over)
            archive.require_nobody()
        if self.keys:
            require_placeable(self.keys, settings.keys_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._proved(backup, settings.data_dir, report) as restored:
            kept = archive.swap(restored, f"before_{uuid4().hex[:12]}")
        if self.keys:
            place_keys(self.keys, settings.keys_dir)
        return kept

    @contextmanager
    def _proved(self, backup: Backup, folder: Path, report: Report) -> Iterator[str]:
        """Yields the URL of a temporary database in which the backup was proved."""
        manifest = backup.manifest
        if not knows(manifest.schema_revision):
            made_by = f"{manifest.release}，结构 {manifest.schema_revision}"
            raise NotBackedUp(f"备份由较新的版本做成（{made_by}），什么也没有改动：请先升级程序")
        with (
            TemporaryDirectory(prefix="xinnuo-keys-") as apart,
            archive_of(self.settings.url).loaded(backup.file, folder) as url,
        ):
            elsewhere = {"data_dir": Path(apart), "memory_dir": None, "database_url": url}
            temporary = self.settings.model_copy(update=elsewhere)
            copy_keys(self.keys or self.settings.keys_dir, temporary.keys_dir)
            database = open_database(url)
            upgrade(database)
            database.dispose()
            with closing(build(temporary, self.clock)) as container:
                _prove(manifest, container, report)
            yield url


def require_replaceable(url: str, position: int, *, over: bool) -> None:
    """Raises NotBackedUp if the database has events, or cannot be read, unless `over` is given."""
    size = size_of(url)
    if size == 0 or over:
        return
    if size is None:
        has = "读不出来，也许有备份以后的事件"
    else:
        newer = f"，比备份多{size - position}个" if size > position else ""
        has = f"里有{size}个事件{newer}"
    raise NotBackedUp(
        f"现在的数据库{has}，什么也没有改动：确认要用备份代替的，请加 --over，原来的库改名保留"
    )


def size_of(url: str) -> int | None:
    """Returns the number of events in a database; None if it cannot be read."""
    if not archive_of(url).exists():
        return 0
    engine = open_database(url)
    try:
        with engine.connect() as db:
            if not inspect(db).has_table(log_head.name):
                return 0
            return db.scalar(select(log_head.c.size)) or 0
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def _prove(manifest: Manifest, container: Container, report: Report) -> None:
    """Raises NotBackedUp unless the log is whole, and is the one that the manifest names."""
    kept = [manifest.checkpoint] if manifest.checkpoint else []
    try:
        verdict = container.verifier.verify(kept, report)
    except Broken as broken:
        raise NotBackedUp(
            f"备份里的检查点不是用现在的密钥签的（{broken}），什么也没有改动：请换用配套的密钥"
        ) from None
    if flaw := verdict.flaw:
        raise NotBackedUp(
            f"备份里第{flaw.position}个事件：{flaw.what}；什么也没有改动，请换一份备份"
        )
    with container.engine.connect() as db:
        root = base64.b64encode(root_now(db)).decode()
    if (verdict.size, root) != (manifest.position, manifest.root):
        raise NotBackedUp("备份里的日志与备份清单不符，什么也没有改动，请换一份备份")
