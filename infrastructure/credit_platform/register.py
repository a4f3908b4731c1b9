"""The embedded credit register: serves the city until its own credit platform is connected.

Records are imported from tables.  While there are none, every query raises PlatformUnreachable,
because an empty register must not be read as a clean record.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from application.imports.changes import Change, Outcome
from domain.kernel.errors import NotFound, PlatformUnreachable
from domain.values.credit import (
    CreditAnswer,
    CreditEntry,
    CreditExclusion,
    CreditFinding,
    RecordName,
    Withdrawal,
    exclusion_of,
)
from domain.values.folding import number_key
from domain.values.parties import Organisation, Person
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import credit_entries
from infrastructure.privacy.vault import SealedVault

SOURCE = "内置信用登记册"
UNKNOWN = "登记册里没有这条记录，不能撤销"
STAYS_WITHDRAWN = "这条记录已经撤销；确需恢复的，请加 --restore"
CHUNK = 500
"""Records that one query looks up."""
t = credit_entries.c
_DETAILS = {"procedure", "duty_fulfilled", "repaired", "code_confirmed"}


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

    def take_in(
        self,
        entries: Sequence[CreditEntry],
        *,
        by: str = "import",
        restore: bool = False,
        dry_run: bool = False,
    ) -> list[Outcome]:
        """Imports records, all or none; returns the outcome of each.

        A record with the same subject, kind and document number as an earlier one replaces it,
        however the number is spelt.  A withdrawn record comes back only with `restore`.  Nothing is
        written if a record is refused, or on a dry run.
        """
        now = self.clock()
        rows = [self._row(entry, now, by) for entry in entries]
        with writing(self.engine).connect() as db, db.begin() as transaction:
            known = _known(db, [row["entry_id"] for row in rows])
            outcomes = [_outcome(row, known.get(row["entry_id"]), restore) for row in rows]
            for row, outcome in zip(rows, outcomes, strict=True):
                if outcome.change is not Change.SAME:
                    _write(db, row)
            if dry_run or any(each.change is Change.REFUSED for each in outcomes):
                transaction.rollback()
        return outcomes

    def withdraw(self, record: Withdrawal) -> None:
        """Withdraws one record; it stays, with the reason, and excludes nobody any more.

        Raises NotFound if the register does not have it.
        """
        of_record = t.entry_id == self._id(record)
        with writing(self.engine).begin() as db:
            details = db.scalar(select(t.details).where(of_record))
            if details is None:
                raise NotFound(UNKNOWN)
            withdrawn = _withdrawn(record.because, record.by, self.clock())
            db.execute(
                update(credit_entries)
                .where(of_record)
                .values(details=withdrawn | details, excludes=None)
            )

    def _id(self, record: RecordName) -> str:
        identity = "\n".join([self._subject(record), record.kind, number_key(record.document)])
        return hashlib.sha256(identity.encode()).hexdigest()

    def _subject(self, record: RecordName) -> str:
        """The code of a unit; the blind index of a person, never the id number."""
        code = record.subject_code
        return code if record.subject_kind == "organisation" else self.vault.blind_index(code)

    def _row(self, entry: CreditEntry, now: datetime, by: str) -> dict[str, Any]:
        because = entry.withdrawn_because
        withdrawn = _withdrawn(because, by, now) if because else {}
        return {
            "entry_id": self._id(entry),
            "subject": self._subject(entry),
            "kind": entry.kind,
            "document": entry.document,
            "decided_on": entry.decided_on,
            "details": entry.model_dump(mode="json", include=_DETAILS) | withdrawn,
            "excludes": exclusion_of(entry),
            "imported_at": now,
        }


def _withdrawn(because: str, by: str, now: datetime) -> dict[str, Any]:
    return {"withdrawn": {"because": because, "by": by, "at": now.isoformat()}}


def _known(db: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Returns the rows with these ids, by id."""
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(credit_entries).where(t.entry_id.in_(ids[start : start + CHUNK]))
        found |= {row.entry_id: row for row in db.execute(query)}
    return found


def _outcome(row: dict[str, Any], known: Row[Any] | None, restore: bool) -> Outcome:
    """Compares a row with the one in the register, if there is one."""
    withdraws = "withdrawn" in row["details"]
    if known is None:
        return Outcome(Change.REFUSED, UNKNOWN) if withdraws else Outcome(Change.NEW)
    if withdraws:
        return Outcome(Change.SAME if "withdrawn" in known.details else Change.WITHDRAWN)
    if "withdrawn" in known.details:
        return Outcome(Change.RESTORED) if restore else Outcome(Change.REFUSED, STAYS_WITHDRAWN)
    same = (known.decided_on, known.details) == (row["decided_on"], row["details"])
    return Outcome(Change.SAME if same else Change.CHANGED)


def _write(db: Connection, row: dict[str, Any]) -> None:
    change = upsert(db.dialect)(credit_entries).values(**row)
    db.execute(change.on_conflict_do_update(index_elements=[t.entry_id], set_=_newer(row)))


def _newer(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "entry_id"}


def _finding(row: Row[Any]) -> CreditFinding:
    return CreditFinding(exclusion=CreditExclusion(row.excludes), document=row.document)


def _digest(rows: Iterable[Row[Any]]) -> str:
    """The SHA-256 of the whole report: proof of what was answered, although no report is stored."""
    report = [[r.kind, r.document, r.decided_on.isoformat(), r.details] for r in rows]
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
