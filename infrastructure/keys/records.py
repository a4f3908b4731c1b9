"""What the database knows of each key: its id and check value, from which no key can be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, text, update

from infrastructure.database.schema import secrets
from infrastructure.keys.kinds import KeyKind, check_value, file_name, key_id

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo keys', 0))")
"""Advisory lock that serializes changes of the keys on PostgreSQL; SQLite has one writer anyway."""
c = secrets.c


class KeyState(StrEnum):
    ACTIVE = "active"
    REPLACED = "replaced"
    LOST = "lost"

    @property
    def label(self) -> str:
        return {"active": "在用", "replaced": "已更换", "lost": "已遗失"}[self.value]


@dataclass(frozen=True)
class KeyRecord:
    kind: KeyKind
    version: int
    key_id: str
    check_value: bytes
    public: str | None
    """The verifier key of a key of the log, with the name of the log."""
    state: KeyState
    since: datetime

    @property
    def file(self) -> str:
        return file_name(self.kind, self.version)


@dataclass(frozen=True)
class Reason:
    """Who changes a key, when and why; `migrate` has nobody to name."""

    at: datetime
    by: str | None = None
    because: str | None = None


def lock(db: Connection) -> None:
    """Lets one process at a time change the keys; the lock ends with the transaction."""
    if db.dialect.name == "postgresql":
        db.execute(LOCK)


def all_keys(db: Connection) -> Sequence[KeyRecord]:
    """Returns every key that the database has known, by kind and version."""
    columns = (c.kind, c.version, c.key_id, c.check_value, c.public, c.state, c.since)
    rows = db.execute(select(*columns).order_by(c.kind, c.version))
    return [
        KeyRecord(KeyKind(kind), version, id, check, public, KeyState(state), since)
        for kind, version, id, check, public, state, since in rows
    ]


def active_keys(db: Connection, kind: KeyKind | None = None) -> Sequence[KeyRecord]:
    """Returns the keys in use, of one kind if it is given, oldest first."""
    return [
        key for key in all_keys(db) if key.state is KeyState.ACTIVE and kind in (None, key.kind)
    ]


def add(
    db: Connection, kind: KeyKind, version: int, secret: bytes, public: str | None, why: Reason
) -> None:
    """Records a key as in use from now on."""
    known = {"key_id": key_id(kind, secret), "check_value": check_value(kind, secret)}
    row = {"kind": kind.value, "version": version, "public": public}
    row["state"] = KeyState.ACTIVE.value
    reason = {"since": why.at, "by": why.by, "reason": why.because}
    db.execute(insert(secrets).values(**row, **known, **reason))


def end(db: Connection, key: KeyRecord, state: KeyState, why: Reason) -> None:
    """Records that a key is no longer in use."""
    this = (c.kind == key.kind.value) & (c.version == key.version)
    ended = {
        "state": state.value,
        "ended_at": why.at,
        "ended_by": why.by,
        "end_reason": why.because,
    }
    db.execute(update(secrets).where(this).values(**ended))
