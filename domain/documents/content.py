"""The content of a document: its text and the data of its head and foot, with its digests.

The digests are those of the canonical JSON, so they hold for every way of printing it.
"""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.documents.kinds import DocumentKind
from domain.documents.served import ServedDocument
from domain.documents.templates import FilledBlock, Template

_CODE_SIZE = 20
_ABOUT = b"xinnuo/verify/1\n"


@dataclass(frozen=True)
class Letterhead:
    """What a document of a case needs beyond the case: its addressee by name, and an address.

    `salt` is a secret of the person; the content of a unit's document names nobody else and has
    none.  `site` is the public address at which the document can be verified.
    """

    name: str
    salt: str = ""
    name_version: int | None = None
    site: str = ""


@dataclass(frozen=True)
class Content:
    """What a document says: everything that is printed follows from it."""

    kind: DocumentKind
    template: Template
    organ: str
    """Who issues it; empty if the applicant does."""
    number: str
    """The number of a decision; other documents have that of their case."""
    addressee: str
    day: date
    case: UUID
    version: int
    """The version of the case that the serving event makes."""
    blocks: tuple[FilledBlock, ...]
    letterhead: Letterhead

    @property
    def canonical(self) -> bytes:
        """The content as canonical JSON: sorted keys, no spaces, UTF-8."""
        return json.dumps(
            self._as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    @property
    def served(self) -> ServedDocument:
        """What the event pins of it."""
        return ServedDocument(
            kind=self.kind,
            template=self.template.name,
            template_version=self.template.version,
            sha256=hashlib.sha256(self.canonical).hexdigest(),
            sm3=hashlib.new("sm3", self.canonical).hexdigest(),
            site=self.letterhead.site or None,
            name_version=self.letterhead.name_version,
        )

    def _as_json(self) -> dict[str, Any]:
        salted = {"salt": self.letterhead.salt} if self.letterhead.salt else {}
        return salted | {
            "kind": self.kind.value,
            "title": self.kind.label,
            "template": [self.template.name, self.template.version],
            "organ": self.organ,
            "number": self.number,
            "addressee": self.addressee,
            "day": self.day.isoformat(),
            "case": str(self.case),
            "version": self.version,
            "blocks": [asdict(block) for block in self.blocks],
        }


def verification_code(sha256: str) -> str:
    """The code under which the public verifies a document: 160 bits, derived from its digest.

    The digest cannot be computed from it, and nobody can guess it.
    """
    hashed = hashlib.sha256(_ABOUT + sha256.encode()).digest()
    return base64.b32encode(hashed[:_CODE_SIZE]).decode()
