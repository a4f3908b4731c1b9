"""The data folder and the files in it: there before anything is opened, for their owner alone."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from infrastructure.settings import Settings

OWNER_ONLY = 0o077
"""The umask of every command, and the permissions that nothing in the data folder may have."""


class NoFolder(RuntimeError):
    """A folder that the settings name cannot be used; the message names the setting."""


def prepare(settings: Settings) -> None:
    """Makes the data folder if it is missing, and takes the database's files from other users.

    Raises NoFolder if the data folder or the folder of the database cannot be used.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise NoFolder(f"XINNUO_DATA_DIR：{_why(error)}，现在是“{folder}”") from None
    if fault := unusable(settings):
        raise NoFolder(fault)
    for file in _database_files(settings.url):
        if _is_open(file) and file.stat().st_uid == os.geteuid():
            file.chmod(0o600)


def unusable(settings: Settings) -> str:
    """Returns why the folder of the data or of the database cannot be used, or an empty text."""
    folder, database = settings.data_dir, database_file(settings.url)
    if not folder.is_dir():
        return f"XINNUO_DATA_DIR：还没有文件夹“{folder}”，请运行 xinnuo migrate"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"XINNUO_DATA_DIR：不能在这个文件夹里读写，请检查权限，现在是“{folder}”"
    if database and not database.parent.is_dir():
        return f"XINNUO_DATABASE_URL：没有文件夹“{database.parent}”，请先建立它"
    if database and database.is_dir():
        return f"XINNUO_DATABASE_URL：应为文件，“{database}”是文件夹"
    return ""


def database_file(url: str) -> Path | None:
    """Returns the file of a SQLite database.  Returns None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" else None  # type: ignore[arg-type]


def open_to_others(settings: Settings) -> Iterator[str]:
    """Yields a line for each file or folder that other users may read, with the remedy."""
    folders = (settings.data_dir, settings.keys_dir, settings.exports_dir)
    for path in (*folders, *settings.keys_dir.glob("*"), *_database_files(settings.url)):
        if path.exists() and _is_open(path):
            mode = "700" if path.is_dir() else "600"
            yield f"{path} 可以被本机其他用户读取，请运行 chmod {mode} {path}"


def _database_files(url: str) -> list[Path]:
    """The database's file, its write-ahead log and its locks, as far as they exist."""
    if (file := database_file(url)) is None or not file.parent.is_dir():
        return []
    return [path for path in sorted(file.parent.glob(f"{file.name}*")) if path.is_file()]


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OWNER_ONLY)


def _why(error: OSError) -> str:
    match error:
        case FileExistsError() | NotADirectoryError():
            return "应为文件夹，这里是一个文件"
        case PermissionError():
            return "没有权限建立这个文件夹"
    return "不能建立这个文件夹"
