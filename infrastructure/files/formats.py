"""Formats of files: what a file is, by its first bytes and never by its name."""

from hashlib import sha256
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.hashes import SM3, Hash

from domain.files.values import MAX_BYTES, FileFacts, MediaType
from domain.kernel.errors import FileRefused, FileTooLarge

_FIRST_BYTES = {
    b"%PDF-": MediaType.PDF,
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
    b"-----BEGIN ": MediaType.PEM,
}
_ZIP, _OFD_ENTRY = b"PK\x03\x04", "OFD.xml"


def facts_of(content: bytes) -> FileFacts:
    """Returns what is known of a file.  Raises FileRefused or FileTooLarge."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(f"一份文件不能超过 {MAX_BYTES >> 20} MB，请压缩或者分开扫描")
    if (media_type := _media_type(content)) is None:
        raise FileRefused("只收 PDF、JPEG、PNG、OFD 文件和 SM2 签名文件；请另存为其中一种再上传")
    digest = Hash(SM3())
    digest.update(content)
    return FileFacts(
        sha256=sha256(content).hexdigest(),
        sm3=digest.finalize().hex(),
        media_type=media_type,
        size=len(content),
    )


def _media_type(content: bytes) -> MediaType | None:
    for begin, media_type in _FIRST_BYTES.items():
        if content.startswith(begin):
            return media_type
    return MediaType.OFD if content.startswith(_ZIP) and _is_ofd(content) else None


def _is_ofd(content: bytes) -> bool:
    """True for an OFD document (GB/T 33190—2016): a ZIP with its entry point at the top."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _OFD_ENTRY in archive.namelist()
    except BadZipFile:
        return False
