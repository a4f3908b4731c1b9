"""The first keys: `xinnuo migrate` makes them for an empty database, and records those it finds.

A database that holds anything was used with keys; if they are not there, nothing is made in their
place, because what was sealed with them could never be opened or found again.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from infrastructure.database.engine import writing
from infrastructure.database.schema import checkpoints, commands, credit_entries, events, vault
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.notes import Signer
from infrastructure.keys import key_files, records
from infrastructure.keys.key_files import KeyFault
from infrastructure.keys.keyring import RESTORE, misnamed
from infrastructure.keys.kinds import FORMS, KeyKind, WrongForm, file_name
from infrastructure.keys.records import Reason
from infrastructure.privacy.vault import is_of_these_persons

FIRST = 1
VAULT_KEY, TOKEN_KEY = (KeyKind.VAULT, FIRST), (KeyKind.TOKEN, FIRST)


class KeysRefused(RuntimeError):
    """The keys stay as they are; the message says what to do."""


def establish(engine: Engine, folder: Path, log_name: str, why: Reason) -> None:
    """Makes sure that the database knows its keys; makes them only if the database is empty.

    Raises KeysRefused if a key is missing, or not the one that the database was used with.
    """
    with writing(engine).begin() as db:
        records.lock(db)
        if not records.all_keys(db):
            record_first(db, folder, log_name, why)


def record_first(
    db: Connection, folder: Path, log_name: str, why: Reason, afresh: Collection[str] = ()
) -> None:
    """Records the keys of a database that knows none yet; makes those whose names are `afresh`."""
    found = dict(_found(db, folder, afresh))
    _require_vault_key(db, folder, found[VAULT_KEY], afresh)
    seeds = {file_name(*key): secret for key, secret in found.items() if key[0] is KeyKind.LOG}
    _require_log_keys(db, folder, log_name, seeds, afresh)
    for (kind, version), secret in found.items():
        records.add(db, kind, version, secret, public_of(kind, secret, log_name), why)


def public_of(kind: KeyKind, secret: bytes, log_name: str) -> str | None:
    """Returns the public key of a key of the log; the other kinds have none."""
    return Signer(log_name, secret).verifier if kind is KeyKind.LOG else None


def make(path: Path, kind: KeyKind) -> bytes:
    """Makes a new key file, sets aside what stands in its way, and returns its secret."""
    key_files.set_aside(path)
    content = FORMS[kind].make()
    key_files.create(path, content)
    return FORMS[kind].secret_of(content)


def accepted(path: Path, kind: KeyKind) -> bytes:
    """Returns the secret in a file that the database does not know yet.  Raises KeysRefused."""
    try:
        return FORMS[kind].secret_of(key_files.read(path))
    except WrongForm as error:
        raise KeysRefused(f"密钥文件 {path} 内容有误（{error}）：请从备份恢复") from error
    except KeyFault as fault:
        remedy = fault.remedy or RESTORE
        raise KeysRefused(f"密钥文件 {path} {fault}：{FORMS[kind].loss}；{remedy}") from fault


def _found(
    db: Connection, folder: Path, afresh: Collection[str]
) -> Iterator[tuple[tuple[KeyKind, int], bytes]]:
    """Yields kind, version and secret of every key; makes those that may be made."""
    empty = _is_empty(db)
    if key_files.exists(folder):
        _require_private(folder)
    logs = [*key_files.numbered(folder, FORMS[KeyKind.LOG].file)] or [FIRST]
    for kind, version in [VAULT_KEY, TOKEN_KEY, *((KeyKind.LOG, number) for number in logs)]:
        path = folder / file_name(kind, version)
        may_make = path.name in afresh or (empty and not key_files.exists(path))
        yield (kind, version), make(path, kind) if may_make else accepted(path, kind)


def _require_private(folder: Path) -> None:
    try:
        key_files.require_folder(folder)
    except KeyFault as fault:
        raise KeysRefused(
            f"密钥文件夹 {folder} {fault}：{fault.remedy or '请从备份恢复'}"
        ) from fault


def _is_empty(db: Connection) -> bool:
    tables = (events, vault, credit_entries, checkpoints, commands)
    return all(db.execute(select(table).limit(1)).first() is None for table in tables)


def _require_vault_key(
    db: Connection, folder: Path, secret: bytes, afresh: Collection[str]
) -> None:
    name = file_name(*VAULT_KEY)
    if name not in afresh and not is_of_these_persons(db, secret):
        raise KeysRefused(
            f"密钥文件 {folder / name} 是另一把密钥，打不开数据库里自然人的信息："
            "请从备份恢复原来的文件"
        )


def _require_log_keys(
    db: Connection, folder: Path, log_name: str, seeds: dict[str, bytes], afresh: Collection[str]
) -> None:
    """The newest checkpoint shows how the log is called, and that one of the keys has signed it."""
    note = db.scalar(select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1))
    if note is None:
        return
    name = note.partition("\n")[0]
    if name != log_name:
        raise KeysRefused(misnamed(log_name, name))
    signers = [Signer(log_name, seed) for seed in seeds.values()]
    if seeds.keys().isdisjoint(afresh) and not any(_has_signed(each, note) for each in signers):
        files = "、".join(str(folder / name) for name in seeds)
        raise KeysRefused(f"密钥文件 {files} 没有签过数据库里的检查点：请从备份恢复原来的文件")


def _has_signed(signer: Signer, note: str) -> bool:
    try:
        return bool(checkpoint_of(note, [signer.verifier]))
    except Broken:
        return False
