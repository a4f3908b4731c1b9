"""Takes a backup of the running service: the database as one file, and its manifest."""

import base64
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select

from infrastructure.backup.manifest import Manifest, NotBackedUp, hash_of, write
from infrastructure.backup.postgres_archive import PostgresArchive
from infrastructure.backup.sqlite_copy import Progress, SqliteCopy
from infrastructure.container import Container
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.schema import log_head
from infrastructure.evidence.sealer import root_now
from infrastructure.memory.lineage import lineage

Archive = SqliteCopy | PostgresArchive


def archive_of(url: str) -> Archive:
    """Returns what copies and restores a database of this kind."""
    return SqliteCopy(url) if url.startswith("sqlite") else PostgresArchive(url)


def take(container: Container, folder: Path, progress: Progress) -> Manifest:
    """Writes a backup into a new folder; commands go on meanwhile.

    The folder gets its name when everything is in it.  Raises NotBackedUp if it is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotBackedUp(f"{folder} 不是空文件夹，没有备份：请换一个，旧的备份留着")
    container.sealer.seal()
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    manifest = _write(container, draft, progress)
    draft.rename(folder)
    return manifest


def _write(container: Container, folder: Path, progress: Progress) -> Manifest:
    archive = archive_of(container.settings.url)
    file = folder / archive.FILE
    with archive.dumped(container.engine, file, progress) as db:
        facts = _facts(db, container.settings.log_origin)
    manifest = Manifest(
        database=archive.KIND,
        file=file.name,
        sha256=hash_of(file),
        made_at=container.clock(),
        release=version("xinnuo"),
        **facts,
    )
    write(folder, manifest)
    return manifest


def _facts(db: Connection, configured: str) -> dict[str, Any]:
    """What the copied database itself says: how far it reaches, and what was signed last."""
    size = db.scalar(select(log_head.c.size)) or 0
    newest = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
    return {
        "position": size,
        "root": base64.b64encode(root_now(db)).decode(),
        "origin": lineage(db, configured).origin,
        "checkpoint": db.scalar(newest),
        "schema_revision": MigrationContext.configure(db).get_current_revision() or "",
    }
