"""The memory of the log: how far it was signed, kept in files outside the database.

A checkpoint is remembered before it is published, so a restored old database cannot sign a second
history.  A file only advances; several processes and hosts may share it.
"""

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from domain.kernel.errors import LogContradicted

FILE = "log-memory.json"
KEPT = "*.checkpoint"
"""Checkpoints that somebody kept, for example with the signature of a witness; they count too."""
ROOT_SIZE = 32


class Remembered(NamedTuple):
    """A signed checkpoint: whose, how many events, and the root over them."""

    origin: str
    size: int
    root: bytes
    floor: int = 0
    """The serial beyond which the last restoration began to give commitment codes."""


@dataclass(frozen=True)
class LogMemory:
    folders: Sequence[Path]

    def read(self) -> dict[Path, Remembered]:
        """Returns what is remembered, by file.  Raises LogContradicted if one cannot be read."""
        files = [path for folder in self.folders for path in _files(folder)]
        return {path: _read(path) for path in files}

    def keep(self, newest: Remembered) -> None:
        """Remembers a checkpoint in every folder, unless a later one is remembered there.

        One of another origin is replaced: the caller knows that the log has left it.  Raises
        OSError if no folder takes it; one that does is enough.
        """
        failures = []
        for folder in self.folders:
            try:
                _keep(folder, newest)
            except OSError as failure:
                failures.append(failure)
        if len(failures) == len(self.folders):
            raise failures[0]

    def behind(self, size: int) -> list[Path]:
        """Returns the folders beside the first in which nothing is remembered up to this size."""
        known = {path: entry.size for path, entry in self.read().items()}
        return [folder for folder in self.folders[1:] if known.get(folder / FILE, 0) < size]


def _keep(folder: Path, newest: Remembered) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(folder):
        path = folder / FILE
        known = _read(path) if path.exists() else None
        floor = max(newest.floor, known.floor if known else 0)
        if known and known.origin == newest.origin and known.size >= newest.size:
            newest = known  # a file only advances
        if known != (whole := newest._replace(floor=floor)):
            _write(path, whole)


def _files(folder: Path) -> Iterator[Path]:
    if (path := folder / FILE).exists():
        yield path
    yield from sorted(folder.glob(KEPT))


def _read(path: Path) -> Remembered:
    try:
        text = path.read_text("utf-8")
        entry = _of_json(text) if path.name == FILE else _of_note(text)
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
        raise LogContradicted(
            f"日志记忆 {path} 读不出来：无法知道已经签名到哪里，不再签名；"
            "请从第二个文件夹拷回一份，没有的移走这个文件，"
            "停服务后运行 xinnuo restore --placed 声明恢复"
        ) from error
    return entry


def _of_json(text: str) -> Remembered:
    known = json.loads(text)
    return _checked(known["origin"], known["size"], known["root"], known["floor"])


def _of_note(text: str) -> Remembered:
    origin, size, root, *_ = text.split("\n")
    return _checked(origin, int(size), root, 0)


def _checked(origin: str, size: int, root: str, floor: int) -> Remembered:
    hashed = base64.b64decode(root, validate=True)
    if not origin or size < 0 or len(hashed) != ROOT_SIZE or floor < 0:
        raise ValueError("not a checkpoint")
    return Remembered(str(origin), int(size), hashed, int(floor))


def _write(path: Path, entry: Remembered) -> None:
    """Writes the file whole and durably: after a power cut it holds the old entry or the new."""
    draft = path.with_suffix(f".{uuid4().hex}")
    fields = entry._asdict() | {"root": base64.b64encode(entry.root).decode()}
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(fields, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    with _open_folder(path.parent) as folder:
        os.fsync(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Locks the folder itself, so that the file advances in one process at a time."""
    with _open_folder(folder) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _open_folder(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
