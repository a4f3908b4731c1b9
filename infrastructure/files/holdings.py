"""What the city holds of a subject: the files of the register that can still be opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, or_

from application.execution.ports import Holding
from domain.values.parties import Department, Organisation, Person
from infrastructure.database.files_schema import file_keys, files
from infrastructure.database.schema import vault
from infrastructure.privacy.vault import SealedVault
from projections.holdings import projection as register

f, k, v, t = files.c, file_keys.c, vault.c, register.t


@dataclass(frozen=True)
class CityHoldings:
    """Implements the port Holdings; what was filed just now may not be known yet."""

    vault: SealedVault

    def of(self, subject: Organisation | Person) -> Sequence[Holding]:
        with self.vault.engine.connect() as db:
            return holdings_of(db, subject)

    def person(self, identity: str) -> Person | None:
        ref = self.vault.ref_of(identity)
        return Person(ref=ref) if ref else None

    def since(self, case_id: UUID, digest: str) -> date | None:
        with self.vault.engine.connect() as db:
            day: date | None = db.scalar(register.held_since(case_id, digest))
            return day


def holdings_of(db: Connection, subject: Organisation | Person) -> Sequence[Holding]:
    """Returns what the city holds of a subject, the newest first.

    A file whose key was destroyed is not held any more.
    """
    rows = _that_open(register.held_by(register.subject_of(subject)))
    return [_holding(row) for row in db.execute(rows)]


def _that_open(held: Select[Any]) -> Select[Any]:
    rows = held.join(files, and_(f.owner == t.case_id, f.sha256 == t.digest))
    rows = rows.outerjoin(vault, v.ref == f.person).outerjoin(file_keys, k.owner == f.owner)
    of_a_person = and_(f.person.is_not(None), v.wrapped_key.is_not(None))
    return rows.where(or_(of_a_person, and_(f.person.is_(None), k.wrapped_key.is_not(None))))


def _holding(row: Row[Any]) -> Holding:
    holder = Department.model_construct(code=row.holder_code, name=row.holder)
    return Holding(row.name, row.case_id, row.digest, holder, row.held_on, row.valid_until)
