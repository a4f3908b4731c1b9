"""The embedded credit register: serves the city until its own credit platform is connected.

Records are imported from tables.  While there are none, every query raises PlatformUnreachable,
because an empty register must not be read as a clean record.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from domain.kernel.errors import PlatformUnreachable
from domain.values.credit import (
    CreditAnswer,
    CreditEntry,
    CreditExclusion,
    CreditFinding,
    exclusion_of,
)
from domain.values.folding import number_key
from domain.values.parties import Organisation, Person
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import credit_entries
from infrastructure.privacy.vault import SealedVault

SOURCE = "内置信用登记册"
t = credit_entries.c


@dataclass(frozen=True)
class CreditRegister:
    """Implements the CreditPlatform port on the table `credit_entries`."""

    engine: Engine
    vault: SealedVault
    clock: Callable[[], datetime]

    def ask(self, subject: Organisation | Person) -> CreditAnswer:
        key = (
            subject.code if isinstance(subject, Organisation) else self.vault.index_of(subject.ref)
        )
        query = select(credit_entries).where(t.subject == key).order_by(t.entry_id)
        with self.engine.connect() as db:
            if db.scalar(select(t.entry_id).limit(1)) is None:
                raise PlatformUnreachable("信用登记册还没有导入数据，暂时不能查询信用，请稍后再试")
            rows = db.execute(query).all()
        findings = tuple(_finding(row) for row in rows if row.excludes)
        return CreditAnswer(source=SOURCE, report_sha256=_digest(rows), findings=findings)

    def take_in(self, entries: Iterable[CreditEntry]) -> int:
        """Imports records and returns how many.

        A record with the same subject, kind and document as an earlier one replaces it, however the
        number of the document is spelt.
        """
        now, count = self.clock(), 0
        with writing(self.engine).begin() as db:
            for entry in entries:
                row = self._row(entry, now)
                change = upsert(db.dialect)(credit_entries).values(**row)
                db.execute(
                    change.on_conflict_do_update(index_elements=[t.entry_id], set_=_newer(row))
                )
                count += 1
        return count

    def _row(self, entry: CreditEntry, now: datetime) -> dict[str, Any]:
        """The table row of a record; it holds a person's blind index instead of the id number."""
        code = entry.subject_code
        subject = code if entry.subject_kind == "organisation" else self.vault.blind_index(code)
        identity = "\n".join([subject, entry.kind, number_key(entry.document)])
        exclusion = exclusion_of(entry)
        return {
            "entry_id": hashlib.sha256(identity.encode()).hexdigest(),
            "subject": subject,
            "kind": entry.kind,
            "document": entry.document,
            "decided_on": entry.decided_on,
            "details": entry.model_dump(
                mode="json", include={"procedure", "duty_fulfilled", "repaired"}
            ),
            "excludes": exclusion,
            "imported_at": now,
        }


def _newer(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "entry_id"}


def _finding(row: Row[Any]) -> CreditFinding:
    return CreditFinding(exclusion=CreditExclusion(row.excludes), document=row.document)


def _digest(rows: Iterable[Row[Any]]) -> str:
    """The SHA-256 of the whole report: proof of what was answered, although no report is stored."""
    report = [[r.kind, r.document, r.decided_on.isoformat(), r.details] for r in rows]
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
