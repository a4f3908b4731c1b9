"""Key files in the data folder: only their owner reads them, and none is ever overwritten."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
_OTHERS = 0o077
_MAX_BYTES = 65_536


class KeyFault(Exception):
    """A key file or its folder cannot be used; the text says why, `remedy` what to do if known."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.remedy = remedy


def read(path: Path) -> bytes:
    """Returns the content of a key file.

    Raises KeyFault unless it is a file of this user that nobody else can read.
    """
    try:
        _require_private(path, path.stat(), stat.S_ISREG, "不是一个文件", PRIVATE_FILE)
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise KeyFault(_in_words(path, error)) from error


def require_folder(folder: Path) -> None:
    """Raises KeyFault unless this is a folder of this user that nobody else can look into."""
    try:
        _require_private(folder, folder.stat(), stat.S_ISDIR, "不是一个文件夹", PRIVATE_FOLDER)
    except OSError as error:
        raise KeyFault(_in_words(folder, error)) from error


def mode(path: Path) -> str:
    """Returns the permissions of a file as `ls` shows them in numbers; 不见了 if there is none."""
    try:
        return f"{stat.S_IMODE(path.stat().st_mode):04o}"
    except OSError as error:
        return _in_words(path, error)


def exists(path: Path) -> bool:
    """Returns True if anything has this name, even a link to nowhere."""
    return os.path.lexists(path)


def numbered(folder: Path, pattern: str) -> Iterator[int]:
    """Yields the versions, in order, for which there is a file with such a name."""
    before, _, after = pattern.partition("{:03}")
    for path in sorted(folder.glob(f"{before}*{after}")):
        number = path.name.removeprefix(before).removesuffix(after)
        if number.isdecimal():
            yield int(number)


def create(path: Path, content: bytes) -> None:
    """Writes a new key file durably.  Raises FileExistsError if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    draft = path.with_suffix(f".{uuid4().hex}")
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def set_aside(path: Path) -> None:
    """Gives a file another name, so that a new one can take its place; nothing is lost."""
    if exists(path):
        path.rename(path.with_name(f"{path.name}.aside-{uuid4().hex[:8]}"))
        _sync(path.parent)


def _require_private(
    path: Path, found: os.stat_result, is_kind: Callable[[int], bool], other: str, mode: int
) -> None:
    if not is_kind(found.st_mode):
        raise KeyFault(other)
    if found.st_uid != os.geteuid():
        raise KeyFault("属于别的用户", f"请运行 chown $(id -un) {path}")
    if found.st_mode & _OTHERS:
        raise KeyFault("别的用户也能读写", f"请运行 chmod {mode:o} {path}")


def _in_words(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "是一个指向不存在之处的链接" if exists(path) else "不见了"
    return f"无法读取（{error.strerror}）"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
