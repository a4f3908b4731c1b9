"""Claims of document numbers: a row for each number that an organ has given to a document."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from domain.kernel.documents import IssuedNumber
from infrastructure.database.engine import upsert
from infrastructure.database.schema import document_numbers


def claim(db: Connection, number: IssuedNumber, holder: UUID) -> bool:
    """Reserves the number for a stream; False if it is taken.

    Waits for a concurrent transaction that claims the same number.
    """
    row = upsert(db.dialect)(document_numbers).values(claim_row(number, holder))
    row = row.on_conflict_do_nothing().returning(document_numbers.c.claim)
    return db.execute(row).one_or_none() is not None


def claim_row(number: IssuedNumber, holder: UUID) -> dict[str, Any]:
    """The row of a claim."""
    key = sha256("\n".join(map(str, number)).encode()).hexdigest()
    return {"claim": key, **number._asdict(), "stream_id": holder}
