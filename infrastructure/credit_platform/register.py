"""The embedded credit register: good enough to run the city on until its platform is connected.

Filled from tables; a register that was never filled answers nothing, because silence must not
read as a clean record.
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
from domain.values.parties import Organisation, Person
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import credit_entries
from infrastructure.privacy.vault import SealedVault

SOURCE = "内置信用登记册"
t = credit_entries.c


@dataclass(frozen=True)
class CreditRegister:
    """The CreditPlatform port over local tables."""

    engine: Engine
    vault: SealedVault
    clock: Callable[[], datetime]

    def ask(self, subject: Organisation | Person) -> CreditAnswer:
        key = (
            subject.code if isinstance(subject, Organisation) else self.vault.index_of(subject.ref)
        )
        about = select(credit_entries).where(t.subject == key).order_by(t.entry_id)
        with self.engine.connect() as db:
            if db.scalar(select(t.entry_id).limit(1)) is None:
                raise PlatformUnreachable("信用登记册还没有导入数据，暂时不能查询信用，请稍后再试")
            rows = db.execute(about).all()
        findings = tuple(_finding(row) for row in rows if row.excludes)
        return CreditAnswer(source=SOURCE, report_sha256=_digest(rows), findings=findings)

    def take_in(self, entries: Iterable[CreditEntry]) -> int:
        """Enter records; one already known under its document is brought up to date."""
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
        """A person's number is not kept: only its blind index, by which it can be found."""
        code = entry.subject_code
        subject = code if entry.subject_kind == "organisation" else self.vault.blind_index(code)
        name = "\n".join([subject, entry.kind, entry.document])
        exclusion = exclusion_of(entry)
        return {
            "entry_id": hashlib.sha256(name.encode()).hexdigest(),
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
    """The hash of the whole report: what was answered can be proved without keeping it."""
    report = [[r.kind, r.document, r.decided_on.isoformat(), r.details] for r in rows]
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
