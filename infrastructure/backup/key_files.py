"""The keys, apart from the data: copied into a folder of their own, and put back."""

import os
import shutil
from pathlib import Path

from infrastructure.backup.manifest import NotBackedUp
from infrastructure.memory.log_memory import FILE, KEPT


def copy_keys(keys: Path, folder: Path) -> int:
    """Copies the key files into an empty folder for the owner only; returns their number.

    The memory of the log is no key: an old one must never come back.  Raises NotBackedUp if there
    are no keys, or if other files lie in the folder.
    """
    if not (files := _key_files(keys)):
        raise NotBackedUp(f"{keys} 里没有密钥：请检查 XINNUO_DATA_DIR，或者给出 --keys")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise NotBackedUp(f"{folder} 不是空文件夹：密钥要单独放，请换一个空文件夹")
    for file in files:
        _copy(file, folder / file.name)
    return len(files)


def require_placeable(folder: Path, keys: Path) -> None:
    """Raises NotBackedUp if there are no keys in the backup, or other ones in the key folder."""
    if not (files := _key_files(folder)):
        raise NotBackedUp(f"{folder} 里没有密钥：请给出 xinnuo backup --keys 写下的文件夹")
    for file in files:
        there = keys / file.name
        if there.exists() and there.read_bytes() != file.read_bytes():
            raise NotBackedUp(
                f"{there} 已经有另一把密钥，什么也没有改动：用错密钥，个人信息就读不出来；"
                "请先移走现在的密钥，或者不给 --keys"
            )


def place_keys(folder: Path, keys: Path) -> None:
    """Puts the keys of a backup into the key folder, beside those that are there."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in _key_files(folder):
        if not (there := keys / file.name).exists():
            _copy(file, there)


def _key_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.glob("*") if path.is_file())
    return [path for path in files if path.name != FILE and not path.match(KEPT)]


def _copy(source: Path, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with source.open("rb") as content:
            shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
