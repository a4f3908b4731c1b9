"""The embedded credit register: serves the city until its own credit platform is connected.

Records are imported from tables.  While there are none, every query raises PlatformUnreachable,
because an empty register must not be read as a clean record.  A withdrawn record stays, so that a
register whose last record is withdrawn is not empty.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, text, tuple_

from application.imports.report import Change, Outcome
from domain.kernel.errors import ActionRefused, KeysMissing, NotFound, PlatformUnreachable
from domain.values.credit import (
    CreditAnswer,
    CreditEntry,
    CreditExclusion,
    CreditFinding,
    RecordName,
    Withdrawal,
)
from domain.values.parties import Organisation, Person
from infrastructure.credit_platform.entries import (
    UNKNOWN,
    Stored,
    as_changed,
    change_of,
    outcome_of,
    row_of,
)
from infrastructure.database.engine import upsert, writing
from infrastructure.database.markers import SILENT_ABOUT, value_of
from infrastructure.database.schema import credit_changes, credit_entries
from infrastructure.privacy.vault import SealedVault

SOURCE = "内置信用登记册"
IMPORTER = "import"
"""Stands for the importing person where none is named, as in the demonstration."""
CHUNK = 500
"""Records that one query looks up."""
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
        in_force = (t.subject == key) & t.withdrawn_at.is_(None)
        query = select(credit_entries).where(in_force).order_by(t.entry_id)
        with self.engine.connect() as db:
            if db.scalar(select(t.entry_id).limit(1)) is None:
                raise PlatformUnreachable("信用登记册还没有导入数据，暂时不能查询信用，请稍后再试")
            if value_of(db, SILENT_ABOUT) == key:
                raise PlatformUnreachable("信用平台没有答复，暂时不能查询信用，请稍后再试")
            if isinstance(subject, Person):
                _require_searchable(db)
            rows = db.execute(query).all()
        findings = tuple(_finding(row) for row in rows if row.excludes)
        return CreditAnswer(source=SOURCE, report_sha256=_digest(rows), findings=findings)

    def take_in(
        self,
        entries: Sequence[CreditEntry],
        *,
        by: str = IMPORTER,
        restore: bool = False,
        dry_run: bool = False,
    ) -> list[Outcome]:
        """Imports records, all or none; returns the outcome of each in the same order.

        A record with the key of an earlier one replaces it.  A withdrawn record comes back only
        with `restore`.  Nothing is written if a record is refused, or on a dry run.  Raises
        ValueError if two of the entries are one record.
        """
        at = self.clock()
        with writing(self.engine).begin() as db:
            keys = self._keys(db, entries)
            rows = [row_of(entry, *key, at, by) for entry, key in zip(entries, keys, strict=True)]
            known = _known(db, [row["entry_id"] for row in rows])
            earlier = [known.get(row["entry_id"]) for row in rows]
            outcomes = [outcome_of(*each, restore) for each in zip(rows, earlier, strict=True)]
            changes = [each.change for each in outcomes]
            if not dry_run and Change.REFUSED not in changes:
                _keep(db, [*map(as_changed, rows, earlier)], changes, by)
        return outcomes

    def withdraw(self, record: Withdrawal) -> None:
        """Withdraws a record: it stays in the register, with the reason, and excludes nobody.

        Raises NotFound if there is no such record, ActionRefused if it is withdrawn already.
        """
        with writing(self.engine).begin() as db:
            ((_, entry_id),) = self._keys(db, [record])
            known = _known(db, [entry_id]).get(entry_id)
            if known is None:
                raise NotFound(UNKNOWN)
            if known["withdrawal_reason"] is not None:
                raise ActionRefused("撤销", "这条记录已经撤销", "record_stands")
            at = self.clock()
            withdrawn = {"withdrawn_by": record.by, "withdrawal_reason": record.because}
            stamps = {"withdrawn_at": at, "imported_at": at, "excludes": None}
            _keep(db, [{**known, **withdrawn, **stamps}], [Change.WITHDRAWN], record.by)

    def _keys(self, db: Connection, records: Sequence[RecordName]) -> list[tuple[str, str]]:
        """The subject and the id of each row; a person's blind index stands for the id number."""
        people = {code for kind, code, *_ in (r.key for r in records) if kind != "organisation"}
        indexes = self.vault.blind_indexes(db, people)
        return [_named(record, indexes) for record in records]


def _named(record: RecordName, indexes: Mapping[str, str]) -> tuple[str, str]:
    subject_kind, code, kind, number = record.key
    subject = code if subject_kind == "organisation" else indexes[code]
    identity = "\n".join([subject, kind, number])
    return subject, hashlib.sha256(identity.encode()).hexdigest()


def _require_searchable(db: Connection) -> None:
    """Raises KeysMissing if a person's record stands under a lost key and was not imported since.

    Nobody can be found by that record, so "no record" would be no answer.
    """
    again = select(t.kind, t.document).where(t.lost_key.is_(None))
    lost = t.lost_key.is_not(None) & t.withdrawn_at.is_(None)
    query = select(func.count()).where(lost, tuple_(t.kind, t.document).not_in(again))
    if count := db.scalar(query):
        raise KeysMissing(
            f"信用登记册里有{count}条自然人的记录是用遗失的密钥登记的，无法得知谁有记录："
            "请重新导入自然人的信用记录，以后再查询"
        )


def _known(db: Connection, ids: Sequence[str]) -> dict[str, Stored]:
    """Returns the rows with these ids; no other writer changes the register meanwhile.

    Raises ValueError if an id is given twice.
    """
    if len(set(ids)) < len(ids):
        raise ValueError("a record may be given once only")
    if db.dialect.name == "postgresql":  # on SQLite the transaction has locked the database
        db.execute(text("LOCK TABLE credit_entries IN SHARE ROW EXCLUSIVE MODE"))
    found: dict[str, Stored] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(credit_entries).where(t.entry_id.in_(ids[start : start + CHUNK]))
        found |= {row["entry_id"]: dict(row) for row in db.execute(query).mappings()}
    return found


def _keep(db: Connection, rows: Sequence[Stored], changes: Sequence[Change], by: str) -> None:
    """Writes the rows that change, and notes each change."""
    pairs = [pair for pair in zip(rows, changes, strict=True) if pair[1] is not Change.SAME]
    if not pairs:
        return
    change = upsert(db.dialect)(credit_entries)
    newer = {name: change.excluded[name] for name in rows[0] if name != "entry_id"}
    change = change.on_conflict_do_update(index_elements=[t.entry_id], set_=newer)
    db.execute(change, [row for row, _ in pairs])
    db.execute(insert(credit_changes), [change_of(row, what, by) for row, what in pairs])


def _finding(row: Row[Any]) -> CreditFinding:
    return CreditFinding(exclusion=CreditExclusion(row.excludes), document=row.document)


def _digest(rows: Iterable[Row[Any]]) -> str:
    """The SHA-256 of the whole report: proof of what was answered, although no report is stored."""
    report = [[r.kind, r.document, r.decided_on.isoformat(), r.details] for r in rows]
    text = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
