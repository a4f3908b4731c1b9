"""Papers that stories and requests name by their digest, and that a clerk would scan first."""

import re
from hashlib import sha256

from domain.values.parties import Actor
from infrastructure.container import Container

PAPERS: dict[str, bytes] = {}
"""The content of every paper that was named, by its SHA-256."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def digest(text: str) -> str:
    """The SHA-256 of a paper that says this."""
    content = b"%PDF-1.7\n" + text.encode()
    said = sha256(content).hexdigest()
    PAPERS[said] = content
    return said


def named(said: str) -> list[bytes]:
    """The content of every paper that a command names."""
    return [PAPERS[each] for each in sorted(set(_DIGEST.findall(said)) & PAPERS.keys())]


def lodge(service: Container, by: Actor, said: str) -> None:
    """Uploads the papers that a command names, as its actor would before."""
    for paper in named(said):
        service.files.upload(by, paper)
