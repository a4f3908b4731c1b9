"""The codes with which applicants open their own case: issued and revoked at the counter.

A code has 79 random bits, so its plain hash gives nothing away; the table keeps no code.  Who
issued or revoked one, and when, stays on record.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, insert, select, update

from domain.values.folding import fold
from domain.values.parties import Actor
from infrastructure.database.engine import writing
from infrastructure.database.schema import access_codes

c = access_codes.c
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that look alike in print."""
GROUPS, GROUP = 4, 4


def new_code() -> str:
    """Returns a code in groups, as it is printed."""
    characters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(characters[i : i + GROUP]) for i in range(0, len(characters), GROUP))


def digest_of(typed: str) -> bytes:
    """The digest of a code as somebody types it: width, case and separators do not count."""
    plain = "".join(each for each in fold(typed).upper() if each.isascii() and each.isalnum())
    return sha256(plain.encode()).digest()


@dataclass(frozen=True)
class AccessCodes:
    engine: Engine

    def issue(self, case_id: UUID, by: Actor, at: datetime) -> str:
        """Returns a new code of the case; the one before it opens nothing any more."""
        code = new_code()
        issued = {"issued_at": at, "issued_by": by.model_dump(mode="json")}
        with writing(self.engine).begin() as db:
            db.execute(_revoking(case_id, by, at))
            db.execute(
                insert(access_codes).values(digest=digest_of(code), case_id=case_id, **issued)
            )
        return code

    def revoke(self, case_id: UUID, by: Actor, at: datetime) -> None:
        with writing(self.engine).begin() as db:
            db.execute(_revoking(case_id, by, at))

    def case_of(self, digest: bytes) -> UUID | None:
        """The case that a code opens.  Returns None for a revoked and for an unknown one."""
        query = select(c.case_id).where(c.digest == digest, c.revoked_at.is_(None))
        with self.engine.connect() as db:
            return db.scalar(query)

    def of(self, case_id: UUID) -> Sequence[Row[Any]]:
        """Every code of a case, the newest first."""
        query = select(c.issued_at, c.issued_by, c.revoked_at).where(c.case_id == case_id)
        with self.engine.connect() as db:
            return [*db.execute(query.order_by(c.issued_at.desc()))]


def _revoking(case_id: UUID, by: Actor, at: datetime) -> Any:
    standing = update(access_codes).where(c.case_id == case_id, c.revoked_at.is_(None))
    return standing.values(revoked_at=at, revoked_by=by.model_dump(mode="json"))
