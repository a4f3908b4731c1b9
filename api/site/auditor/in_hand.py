"""The search by what a person has in hand: a place in the log, or the SHA-256 of a paper."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import PlainValidator

from infrastructure.container import Container
from infrastructure.event_store.lookup import by_digest, by_position
from projections.audit_trail.sentences import sentence
from projections.read_model.filters import Filters

LABELS = {"find": "日志号或者 SHA-256"}
HOW = "应为日志号（如 1552），或者 64 位的 SHA-256"
_POSITION = re.compile(r"(?:日志)?第?([0-9]{1,15})号?")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _in_hand(typed: object) -> int | str:
    """Reads a place in the log or a digest, as they are printed.  Raises ValueError."""
    text = "".join(str(typed).split()).lower()
    if match := _POSITION.fullmatch(text):
        return int(match[1])
    if _DIGEST.fullmatch(text.removeprefix("sha-256").removeprefix("sha256").lstrip(":：")):
        return text[-64:]
    raise ValueError(HOW)


class InHand(Filters):
    find: Annotated[int | str | None, PlainValidator(_in_hand)] = None


class FoundEvent(NamedTuple):
    position: int
    stream_id: UUID
    version: int
    sentence: str


def found_events(container: Container, sought: int | str) -> list[FoundEvent]:
    """The events at this place, or those that state this digest, oldest first."""
    find: Any = by_position if isinstance(sought, int) else by_digest
    return [*_told(container, find(container.engine, sought))]


def _told(container: Container, rows: list[Any]) -> Iterator[FoundEvent]:
    for row in rows:
        event = container.repository.history(row.stream_id)[row.version - 1].event
        yield FoundEvent(row.position, row.stream_id, row.version, sentence(event))
