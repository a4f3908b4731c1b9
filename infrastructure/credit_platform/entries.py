"""Rows of the credit register: how a record becomes one, and how an import changes it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from application.imports.report import Change, Outcome
from domain.values.credit import CreditEntry, exclusion_of

Stored = Mapping[str, Any]

UNKNOWN = "登记册里没有这条记录，不能撤销，请核对主体、记录类型和文书号"
STAYS_WITHDRAWN = "这条记录已经撤销；确需恢复的，请加 --restore"
_DETAILS = {"procedure", "duty_fulfilled", "repaired", "code_confirmed"}
_FACTS = ("decided_on", "details", "withdrawal_reason")
"""Columns in which a record differs from what a table says of it.

The document is not among them: two spellings of one number are the same.
"""


def row_of(entry: CreditEntry, subject: str, entry_id: str, at: datetime, by: str) -> Stored:
    """Returns the row of a record that this person imports now."""
    because = entry.withdrawn_because
    return {
        "entry_id": entry_id,
        "subject": subject,
        "kind": entry.kind,
        "document": entry.document,
        "decided_on": entry.decided_on,
        "details": entry.model_dump(mode="json", include=_DETAILS),
        "excludes": exclusion_of(entry),
        "imported_at": at,
        "withdrawn_at": at if because else None,
        "withdrawn_by": by if because else None,
        "withdrawal_reason": because,
    }


def outcome_of(row: Stored, known: Stored | None, restore: bool) -> Outcome:
    """What becomes of a record, given its row in the register if there is one."""
    withdraws = row["withdrawal_reason"] is not None
    if known is None:
        return _refused(UNKNOWN) if withdraws else Outcome(Change.NEW)
    if known["withdrawal_reason"] is not None and not withdraws:
        return Outcome(Change.RESTORED) if restore else _refused(STAYS_WITHDRAWN)
    if known["withdrawal_reason"] is None and withdraws:
        return Outcome(Change.WITHDRAWN)
    same = all(row[name] == known[name] for name in _FACTS)
    return Outcome(Change.SAME if same else Change.CHANGED)


def _refused(reason: str) -> Outcome:
    return Outcome(Change.REFUSED, (f"“文书号”：{reason}",))


def as_changed(row: Stored, known: Stored | None) -> Stored:
    """Returns the new row; a withdrawal that stays keeps its person and its time."""
    if (
        known
        and row["withdrawal_reason"]
        and row["withdrawal_reason"] == known["withdrawal_reason"]
    ):
        return {**row, "withdrawn_at": known["withdrawn_at"], "withdrawn_by": known["withdrawn_by"]}
    return row


def change_of(row: Stored, change: Change, by: str) -> Stored:
    """Returns the row of the table `credit_changes` for this change."""
    record = {name: value for name, value in row.items() if name != "entry_id"}
    return {
        "entry_id": row["entry_id"],
        "at": row["imported_at"],
        "by": by,
        "change": change,
        "record": json.loads(json.dumps(record, ensure_ascii=False, default=str)),
    }
