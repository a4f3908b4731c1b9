"""Idempotency keys of requests: each belongs to one actor and names one request for ever.

A command claims its key in the append (`append_sqlite.py`, `append_postgres.py`); every other write
claims it here, in its own transaction.
"""

import hashlib
from uuid import UUID

from sqlalchemy import Connection, select

from application.execution.ports import AlreadyDone
from domain.kernel.errors import KeyReused
from domain.values.parties import Actor
from infrastructure.database.engine import upsert
from infrastructure.database.schema import commands
from infrastructure.event_store.batch import Key


def command_id(by: Actor, key: str) -> str:
    """Returns the id of a key; it includes the actor, so that no other actor gets the result."""
    text = "\n".join([by.department.code, by.role, by.person, key])
    return hashlib.sha256(text.encode()).hexdigest()


def claim(db: Connection, key: Key, result: UUID) -> None:
    """Claims the key for a request with this result, in the transaction of `db`.

    Raises AlreadyDone, with the first result, if the same request has claimed it before; raises
    KeyReused if another request has.
    """
    row = {"command_id": key.command_id, "fingerprint": key.fingerprint, "at": key.at}
    claimed = upsert(db.dialect)(commands).values(row | {"stream_id": result, "version": 1})
    claimed = claimed.on_conflict_do_nothing().returning(commands.c.command_id)
    if db.scalar(claimed):
        return
    earlier = db.execute(select(commands).where(commands.c.command_id == key.command_id)).one()
    if earlier.fingerprint != key.fingerprint:
        raise KeyReused("这个幂等键已经用于另一个请求，请换一个")
    raise AlreadyDone(earlier.stream_id, earlier.version, earlier.at)
