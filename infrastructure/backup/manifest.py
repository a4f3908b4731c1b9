"""The manifest of a backup: how far its log reaches, its root, and the hashes of its files."""

import os
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from domain.values.workdays import SHANGHAI

FILE = "manifest.json"
CHUNK = 1 << 20


class NotBackedUp(Exception):
    """A backup or a restoration is refused; the message says why and what to do."""


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    database: Literal["sqlite", "postgresql"]
    file: str
    sha256: str
    position: int
    """The number of events in the log."""
    root: str
    """The root over these events, as checkpoints write it."""
    origin: str
    checkpoint: str | None
    """The newest signed checkpoint in the backup; None if nothing was sealed."""
    schema_revision: str
    made_at: AwareDatetime
    release: str


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest last: a folder without one is no backup."""
    with (folder / FILE).open("x", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> tuple[Manifest, str]:
    """Returns the manifest and its SHA-256, after the hash of the database file was compared.

    Raises NotBackedUp if the folder is no backup, or a damaged one.
    """
    try:
        text = (folder / FILE).read_bytes()
        manifest = Manifest.model_validate_json(text)
    except OSError:
        raise NotBackedUp(f"{folder} 里没有 {FILE}：不是备份，或者备份没有做完") from None
    except ValidationError:
        raise NotBackedUp(f"{folder / FILE} 读不出来：备份已经损坏，请换一份") from None
    file = folder / Path(manifest.file).name
    if not file.is_file() or hash_of(file) != manifest.sha256:
        raise NotBackedUp(f"{file} 与备份清单不符：备份已经损坏，什么也没有改动，请换一份")
    return manifest, sha256(text).hexdigest()


def described(manifest: Manifest) -> str:
    """Returns a line for people."""
    made: datetime = manifest.made_at
    return f"备份于{made.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}，{manifest.position}个事件"
