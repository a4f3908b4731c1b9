"""Finds events by what a person has in hand: a place in the log, or the SHA-256 of a paper."""

from typing import Any

from sqlalchemy import Engine, Row, or_, select

from infrastructure.database.schema import events

MAX_FOUND = 20
e = events.c


def by_position(engine: Engine, position: int) -> list[Row[Any]]:
    """Returns stream and version of the event at a place in the log; an empty list without it."""
    return _rows(engine, e.position == position)


def by_digest(engine: Engine, digest: str) -> list[Row[Any]]:
    """Returns the first events that state this SHA-256 (64 hex digits), or have it as leaf hash.

    Reads the text of the whole log, since an index of all digests would serve nothing else.
    """
    return _rows(engine, or_(e.data.contains(digest), e.leaf == bytes.fromhex(digest)))


def _rows(engine: Engine, condition: Any) -> list[Row[Any]]:
    query = select(e.position, e.stream_id, e.version).where(condition)
    with engine.connect() as db:
        return [*db.execute(query.order_by(e.position).limit(MAX_FOUND))]
