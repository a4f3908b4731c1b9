"""The proof that one event stands in the sealed log, made and verified at the moment of asking."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from domain.kernel.errors import NotFound
from infrastructure.container import Container
from infrastructure.event_store.batch import leaf_hash
from infrastructure.evidence.bundle_check import Broken, checkpoint_of, need, root_over


@dataclass(frozen=True, slots=True)
class EventProof:
    """The leaf hash of an event, its audit path (RFC 6962), the checkpoint, and what is wrong."""

    leaf_hash: str
    hashes: list[str]
    checkpoint: str
    flaw: str
    """Empty if the event is proved."""


def proof_of(container: Container, stream_id: UUID, version: int) -> EventProof | None:
    """Verifies one event against the newest checkpoint.  Returns None if it is not sealed yet."""
    row = container.repository.recorder.stream(stream_id, version)[-1]
    try:
        note, (path,) = container.proofs.paths([row.position])
    except NotFound:
        return None
    hashed = leaf_hash(row._mapping)
    flaw = _flaw(row, hashed, path, note, container.log_keys)
    return EventProof(hashed.hex(), [_text(each) for each in path], note, flaw)


def _flaw(row: Row[Any], hashed: bytes, path: Sequence[bytes], note: str, keys: list[str]) -> str:
    """Says what contradicts the checkpoint; empty if nothing does."""
    try:
        _, size, root = checkpoint_of(note, keys)
        proved = root_over(hashed, row.position - 1, size, [*path])
        need(proved == root, "事件的内容与签了名的检查点不符")
    except Broken as broken:
        return str(broken)
    return ""


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()
