"""The event of a filed document.  Topics are storage format: never edit one."""

from uuid import UUID

from domain.files.values import MediaType, Sm3
from domain.kernel.aggregate import Created
from domain.values.identifiers import Sha256
from domain.values.texts import RecordedText


class FileReceived(
    Created,
    topic="file/file-received",
    shows={"sha256": "{event.title}", "sm3": "{event.title}（SM3）"},
    made_here=("sha256", "sm3"),
    words={
        "owner": "归入",
        "title": "文件名目",
        "sha256": "文件的 SHA-256",
        "sm3": "文件的 SM3",
        "media_type": "文件格式",
        "size": "字节数",
    },
):
    """A file came into the file of a case or of a review; it is kept sealed under its digest."""

    owner: UUID
    """The stream to which it belongs: a case or a review."""
    title: RecordedText
    """What it is there, e.g. 信用承诺书; never the name that the sender gave the file."""
    sha256: Sha256
    sm3: Sm3
    media_type: MediaType
    size: int
