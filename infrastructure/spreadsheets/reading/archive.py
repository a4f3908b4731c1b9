"""The package of a workbook: a ZIP archive, checked before any part of it is unpacked."""

import posixpath
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.bounds import SheetError

BROKEN = "文件不是完好的 .xlsx 工作簿，或者设有密码"
_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
_FLAG_ENCRYPTED = 0x1

_ACTIVE = {
    # part            what it is
    "vbaproject": "宏",
    "macrosheets": "宏",
    "intlmacrosheets": "宏",
    "activex": "控件",
    "externallinks": "对其他文件的链接",
    "connections.xml": "对外部数据的连接",
    "querytables": "对外部数据的连接",
    "model": "对外部数据的连接",
}
"""Parts that run, or fetch, something when a person opens the workbook."""


_FAULTS = (
    *(BadZipFile, zlib.error, struct.error, ExpatError, EOFError, OSError),
    *(LookupError, ValueError, ArithmeticError, RuntimeError),
)
"""What a damaged workbook can raise while it is read."""


class Archive:
    """The parts of a workbook by name.  Names differ in more than their case."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self._parts = _checked(file.infolist())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Opens a part.  Raises SheetError if there is none of this name."""
        if name not in self:
            raise SheetError(BROKEN)
        with self._file.open(self._parts[name.lower()]) as part:
            yield part  # type: ignore[misc]


@contextmanager
def opened(file: BinaryIO) -> Iterator[Archive]:
    """Opens a workbook.  Raises SheetError if it is none, is damaged or has forbidden parts."""
    _check_is_archive(file)
    try:
        with ZipFile(file) as archive:
            yield Archive(archive)
    except SheetError:
        raise
    except _FAULTS as fault:
        raise SheetError(BROKEN) from fault


def _check_is_archive(file: BinaryIO) -> None:
    start = file.read(1 << 20)
    file.seek(0)
    if start.startswith(_OLE) and _ENCRYPTED in start:
        raise SheetError(f"{BROKEN}：这个文件设有密码，请取消密码后另存")
    if start.startswith(_OLE):
        raise SheetError(f"{BROKEN}：这是旧版的 .xls 文件，请另存为 .xlsx")
    if not start.startswith(b"PK"):
        raise SheetError(BROKEN)


def _checked(parts: list[ZipInfo]) -> dict[str, ZipInfo]:
    if len(parts) > bounds.MAX_PARTS:
        raise SheetError(f"工作簿的部件不能超过{bounds.MAX_PARTS}个")
    _check_size(parts)
    by_name: dict[str, ZipInfo] = {}
    for part in parts:
        name = _checked_name(part)
        if name in by_name:
            raise SheetError("工作簿中有重名的部件，无法确定读哪一个")
        by_name[name] = part
    return by_name


def _check_size(parts: list[ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > bounds.MAX_UNPACKED:
        raise SheetError("工作簿展开后过大，请把有内容的区域复制到新的工作簿")
    if unpacked > bounds.RATIO_FROM and unpacked > packed * bounds.MAX_RATIO:
        raise SheetError("工作簿的压缩比过大，请把有内容的区域复制到新的工作簿")


def _checked_name(part: ZipInfo) -> str:
    if part.flag_bits & _FLAG_ENCRYPTED:
        raise SheetError(f"{BROKEN}：这个文件设有密码，请取消密码后另存")
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise SheetError(BROKEN)
    name = part.orig_filename.replace("\\", "/").lower()
    if "\0" in name or name.startswith(("/", "..")) or posixpath.normpath(name) != name.rstrip("/"):
        raise SheetError("工作簿中有部件的名称不合规定")
    for words in name.removeprefix("xl/").split("/"):
        if active := _ACTIVE.get(words.removesuffix(".bin")):
            raise SheetError(f"工作簿含有{active}，请另存为不含{active}的 .xlsx 文件")
    return name
