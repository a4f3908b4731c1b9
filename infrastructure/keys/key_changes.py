"""What an operator may do with keys: change them, accept one, begin anew after a loss.

Every change is recorded in the database together with who made it and why.
"""

from collections.abc import Collection
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, func, select, update

from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_entries, vault
from infrastructure.keys import records
from infrastructure.keys.first_keys import KeysRefused, accepted, make, public_of, record_first
from infrastructure.keys.key_files import KeyFault, numbered
from infrastructure.keys.keyring import NOT_RECORDED, Keyring
from infrastructure.keys.kinds import FORMS, KeyKind, file_name
from infrastructure.keys.records import KeyRecord, KeyState, Reason

log = structlog.get_logger()
NO_ID = "unknown"
"""Stands for the id of a lost key that no database has ever recorded."""
PERSONS = func.length(credit_entries.c.subject) == 64  # noqa: PLR2004 - a blind index; codes have 18


class Given(NamedTuple):
    """What is given up with a lost key of the vault."""

    persons: int = 0
    credit_records: int = 0


def new_log_key(keyring: Keyring, why: Reason) -> None:
    """Makes the next signing key of the log; the one before it vouches for it."""
    keyring.signers(keyring.log_name)  # a key that nobody vouches for would begin another log
    with writing(keyring.engine).begin() as db:
        records.lock(db)
        _add(db, keyring, KeyKind.LOG, _next(db, keyring, KeyKind.LOG), why)


def new_token_key(keyring: Keyring, why: Reason) -> None:
    """Replaces the key of tokens, lost or not; tokens that it signed are no longer valid."""
    with writing(keyring.engine).begin() as db:
        records.lock(db)
        _require_recorded(db)
        for key in records.active_keys(db, KeyKind.TOKEN):
            records.end(db, key, KeyState.REPLACED, why)
        _add(db, keyring, KeyKind.TOKEN, _next(db, keyring, KeyKind.TOKEN), why)


def accept(keyring: Keyring, file: str, why: Reason) -> None:
    """Records a signing key of the log that the previous release has made.

    Raises KeysRefused if there is no such file, or if the database knows it already.
    """
    unknown = {
        file_name(KeyKind.LOG, number): number
        for number in numbered(keyring.folder, FORMS[KeyKind.LOG].file)
    }
    with writing(keyring.engine).begin() as db:
        records.lock(db)
        known = [key.file for key in records.all_keys(db)]
        if file not in unknown or file in known:
            raise KeysRefused(f"{file} 不是数据库不认识的日志密钥文件，没有可以登记的")
        secret = accepted(keyring.folder / file, KeyKind.LOG)
        _record(db, keyring, KeyKind.LOG, unknown[file], secret, why)


def begin_anew(keyring: Keyring, lost: Collection[str], why: Reason) -> Given:
    """Gives up keys that cannot be found again, and makes others in their place.

    What the lost key of the vault has sealed stays unreadable, and persons in credit records can be
    found again only after another import.  Raises KeysRefused for a key that is not lost.
    """
    with writing(keyring.engine).begin() as db:
        records.lock(db)
        if records.all_keys(db):
            keys = [_lost_key(db, keyring, file) for file in lost]
            ids = {key.file: _given_up(db, keyring, key, why) for key in keys}
        else:
            record_first(db, keyring.folder, keyring.log_name, why, lost)
            ids = dict.fromkeys(lost, NO_ID)
        vault_file = FORMS[KeyKind.VAULT].file
        given = _unsearchable(db, ids[vault_file]) if vault_file in ids else Given()
    log.warning("keys-begun-anew", files=[*lost], by=why.by, because=why.because, **given._asdict())
    return given


def _lost_key(db: Connection, keyring: Keyring, file: str) -> KeyRecord:
    """Returns the key of a file.  Raises KeysRefused unless it is in use and lost."""
    for key in records.active_keys(db):
        if key.file == file:
            _require_lost(keyring, key)
            return key
    raise KeysRefused(f"没有登记过在用的密钥文件 {file}，见 xinnuo keys list")


def _given_up(db: Connection, keyring: Keyring, key: KeyRecord, why: Reason) -> str:
    """Records that a key is lost and makes another; returns the id of the lost one."""
    records.end(db, key, KeyState.LOST, why)
    if not records.active_keys(db, key.kind):
        _add(db, keyring, key.kind, _next(db, keyring, key.kind), why)
    return key.key_id


def _require_lost(keyring: Keyring, key: KeyRecord) -> None:
    try:
        keyring.secret(key)
    except KeyFault as fault:
        if not fault.remedy:
            return
        raise KeysRefused(f"密钥文件 {key.file} 没有遗失，只是{fault}：{fault.remedy}") from fault
    raise KeysRefused(f"密钥文件 {key.file} 完好，没有遗失，不能放弃")


def _unsearchable(db: Connection, lost_id: str) -> Given:
    """Marks the records that a lost key has made unsearchable; returns how many there are."""
    entries = credit_entries.c
    marked = update(credit_entries).where(PERSONS, entries.lost_key.is_(None))
    db.execute(marked.values(lost_key=lost_id))
    persons = db.scalar(select(func.count()).where(vault.c.wrapped_key.is_not(None)))
    records_lost = db.scalar(select(func.count()).where(entries.lost_key.is_not(None)))
    return Given(persons or 0, records_lost or 0)


def _next(db: Connection, keyring: Keyring, kind: KeyKind) -> int:
    """Returns a version that no key of this kind has had, neither in the database nor as a file."""
    versions = [key.version for key in records.all_keys(db) if key.kind is kind]
    files = numbered(keyring.folder, FORMS[kind].file) if kind is KeyKind.LOG else ()
    return max(*versions, *files, 0, 0) + 1


def _add(db: Connection, keyring: Keyring, kind: KeyKind, version: int, why: Reason) -> None:
    secret = make(keyring.folder / file_name(kind, version), kind)
    _record(db, keyring, kind, version, secret, why)


def _record(
    db: Connection, keyring: Keyring, kind: KeyKind, version: int, secret: bytes, why: Reason
) -> None:
    public = public_of(kind, secret, keyring.log_name)
    records.add(db, kind, version, secret, public, why)


def _require_recorded(db: Connection) -> None:
    if not records.all_keys(db):
        raise KeysRefused(NOT_RECORDED)
