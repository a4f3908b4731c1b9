"""The first keys: `xinnuo migrate` makes them for an empty database, and records those it finds.

A database that holds anything was used with keys; if they are not there, nothing is made in their
place, because what was sealed with them could never be opened or found again.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, select

from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.schema import commands, credit_entries, events, vault
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.notes import Signer
from infrastructure.keys import key_files, records
from infrastructure.keys.key_files import KeyFault
from infrastructure.keys.keyring import RESTORE, misnamed
from infrastructure.keys.kinds import FORMS, KeyKind, WrongForm, file_name
from infrastructure.keys.records import Reason
from infrastructure.privacy.vault import is_of_these_persons

FIRST = 1
FIND = "请从备份恢复原来的文件"


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
    """Records the keys of a database that knows none yet; makes those whose names are `afresh`.

    Every key that is there is proved before one is made.
    """
    expected = _expected(folder)
    _require_gone(folder, expected, afresh)
    wanted = {*afresh, *_never_used(db, expected)}
    missing = {name for name in wanted if not key_files.exists(folder / name)}
    found = {name: accepted(folder / name, expected[name][0]) for name in expected.keys() - missing}
    _require_ours(db, folder, log_name, found)
    found |= {name: make(folder / name, expected[name][0]) for name in missing}
    for name, (kind, version) in expected.items():
        public = public_of(kind, found[name], log_name)
        records.add(db, kind, version, found[name], public, why)


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


def _expected(folder: Path) -> dict[str, tuple[KeyKind, int]]:
    """Returns kind and version of every key file that should be there or is, by its name."""
    if key_files.exists(folder):
        _require_private(folder)
    logs = [*key_files.numbered(folder, FORMS[KeyKind.LOG].file)] or [FIRST]
    keys = [(KeyKind.VAULT, FIRST), (KeyKind.TOKEN, FIRST), *((KeyKind.LOG, each) for each in logs)]
    return {file_name(*key): key for key in keys}


def _require_private(folder: Path) -> None:
    try:
        key_files.require_folder(folder)
    except KeyFault as fault:
        remedy = fault.remedy or "请从备份恢复"
        raise KeysRefused(f"密钥文件夹 {folder} {fault}：{remedy}") from fault


def _require_gone(folder: Path, expected: Collection[str], afresh: Collection[str]) -> None:
    """A file that is there is not given up: without a record nobody can say that it is wrong."""
    if unknown := [name for name in afresh if name not in expected]:
        raise KeysRefused(f"没有名叫 {'、'.join(unknown)} 的密钥文件，什么也没有改变")
    if there := [name for name in afresh if key_files.exists(folder / name)]:
        raise KeysRefused(f"密钥文件 {'、'.join(there)} 还在，没有放弃：确实不能用的，请先移到别处")


def _never_used(db: Connection, expected: dict[str, tuple[KeyKind, int]]) -> Iterator[str]:
    """Yields the names of the keys that this database cannot have been used with yet.

    The first checkpoint is signed a second after the first event.
    """
    is_used = any(_has_rows(db, each) for each in (events, vault, credit_entries, commands))
    is_sealed = _has_rows(db, checkpoints)
    for name, (kind, _) in expected.items():
        if not (is_sealed or (is_used and kind is not KeyKind.LOG)):
            yield name


def _has_rows(db: Connection, table: Table) -> bool:
    return db.execute(select(table).limit(1)).first() is not None


def _require_ours(db: Connection, folder: Path, log_name: str, found: dict[str, bytes]) -> None:
    """Raises KeysRefused if a key that was found is not the one that the database was used with.

    Persons show the key of the vault; the newest checkpoint shows the keys and name of the log.
    """
    vault_file = FORMS[KeyKind.VAULT].file
    if vault_file in found and not is_of_these_persons(db, found[vault_file]):
        path = folder / vault_file
        raise KeysRefused(f"密钥文件 {path} 是另一把密钥，打不开数据库里自然人的信息：{FIND}")
    note = db.scalar(select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1))
    if note is None:
        return
    if (name := note.partition("\n")[0]) != log_name:
        raise KeysRefused(misnamed(log_name, name))
    logs = {file: Signer(log_name, found[file]) for file in found if file.startswith("log-")}
    if logs and not any(_has_signed(each, note) for each in logs.values()):
        files = "、".join(str(folder / file) for file in logs)
        raise KeysRefused(f"密钥文件 {files} 没有签过数据库里的检查点：{FIND}")


def _has_signed(signer: Signer, note: str) -> bool:
    try:
        return bool(checkpoint_of(note, [signer.verifier]))
    except Broken:
        return False
