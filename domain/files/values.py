"""Value objects of filed documents: the kinds of file, and what is known of one without it."""

from typing import Annotated

from pydantic import Field

from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.parties import Value

MAX_BYTES = 8 * 1024 * 1024
"""The largest file that is taken in."""
MAX_FILES = 40
"""How many documents one case or one review may hold."""

Sm3 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="文件的 SM3（GB/T 32905—2016）")]


class MediaType(Labelled):
    """The kinds of file that are taken in, each known by its first bytes."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG 图片"
    PNG = "image/png", "PNG 图片"
    OFD = "application/ofd", "OFD 版式文件"
    PEM = "application/x-pem-file", "与文件分离的签名"

    @property
    def ending(self) -> str:
        """The ending of a file's name."""
        return self.name.lower()


class FileFacts(Value):
    """What is known of a file without opening it."""

    sha256: Sha256
    sm3: Sm3
    media_type: MediaType
    size: Annotated[int, Field(ge=1, le=MAX_BYTES, description="字节数")]
