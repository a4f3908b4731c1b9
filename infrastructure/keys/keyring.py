"""The keyring: hands out keys that are the ones the database knows, and says what is wrong.

A key is compared with its check value before it is used.  No key is ever made here.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import ECKey
from sqlalchemy import Connection, Engine

from domain.kernel.errors import KeysMissing
from infrastructure.evidence.notes import Signer
from infrastructure.keys import key_files
from infrastructure.keys.key_files import KeyFault
from infrastructure.keys.kinds import FORMS, KeyKind, WrongForm, check_value, token_key_of
from infrastructure.keys.records import KeyRecord, active_keys, all_keys

RESTORE = "请停止服务，从备份恢复这个文件；确实找不回来的，见 xinnuo keys begin-anew --help"
ANOTHER = "请从备份恢复这个文件，或者运行 xinnuo keys new-token"
NOT_RECORDED = "数据库里还没有登记密钥，不能启动，也不会另造密钥：请运行 xinnuo migrate"


@dataclass(frozen=True)
class Keyring:
    """The keys of one installation."""

    engine: Engine
    folder: Path
    log_name: str
    _opened: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    """Secrets of the vault that were read, by the check value of the database."""

    def vault_secret(self, db: Connection) -> bytes:
        """Returns the secret of the vault that this database knows now.

        Raises KeysMissing if the file does not hold it; whoever was not found may well exist.
        """
        key = self._only(db, KeyKind.VAULT)
        if key.check_value not in self._opened:
            self._opened[key.check_value] = self._usable(key)
        return self._opened[key.check_value]

    def token_key(self) -> ECKey:
        """Returns the key that signs tokens for local use (ES256).  Raises KeysMissing."""
        with self.engine.connect() as db:
            key = self._only(db, KeyKind.TOKEN)
        self._usable(key)
        return token_key_of(key_files.read(self.folder / key.file))

    def signers(self, origin: str) -> list[Signer]:
        """Returns the signing keys of the log, newest first, as signers of that name of the log.

        The files are read every time, so that a new key is used at once, and a foreign one never.
        They alone say what verifies the log: who can write to the database must not choose it.
        Raises KeysMissing.
        """
        with self.engine.connect() as db:
            keys = active_keys(db, KeyKind.LOG)
        signers = [Signer(origin, self._usable(key)) for key in reversed(keys)]
        if not signers or any(self._misnamed(keys)):
            raise KeysMissing("事件日志的签名密钥或者名称不符，不能签名，请联系管理员")
        return signers

    def findings(self) -> Iterator[str]:
        """Yields a sentence for everything in which the files differ from the database."""
        with self.engine.connect() as db:
            known, keys = all_keys(db), active_keys(db)
        if not known:
            yield NOT_RECORDED
            return
        try:
            key_files.require_folder(self.folder)
        except KeyFault as fault:
            loss = "已经封存的信息打不开，也不会另造密钥"
            yield f"密钥文件夹 {self.folder} {fault}：{loss}；{fault.remedy or '请从备份恢复'}"
            if not fault.remedy:
                return
        for key in keys:
            yield from self._fault(key)
        yield from self._unknown(known)
        yield from self._misnamed(keys)

    def secret(self, key: KeyRecord) -> bytes:
        """Returns the secret in a key's file.  Raises KeyFault unless it is this very key."""
        try:
            secret = FORMS[key.kind].secret_of(key_files.read(self.folder / key.file))
        except WrongForm as error:
            raise KeyFault(f"内容有误（{error}）") from error
        if not hmac.compare_digest(check_value(key.kind, secret), key.check_value):
            raise KeyFault(f"是另一把密钥，不是数据库登记的 {key.key_id}")
        return secret

    def _only(self, db: Connection, kind: KeyKind) -> KeyRecord:
        """Returns the one key of its kind that is in use."""
        if not (keys := active_keys(db, kind)):
            raise KeysMissing("数据库里还没有登记密钥，请联系管理员")
        return keys[-1]

    def _usable(self, key: KeyRecord) -> bytes:
        try:
            return self.secret(key)
        except KeyFault as fault:
            loss = FORMS[key.kind].loss
            raise KeysMissing(f"密钥 {key.file} {fault}：{loss}；请联系管理员") from fault

    def _fault(self, key: KeyRecord) -> Iterator[str]:
        try:
            self.secret(key)
        except KeyFault as fault:
            remedy = fault.remedy or (ANOTHER if key.kind is KeyKind.TOKEN else RESTORE)
            yield f"密钥文件 {self.folder / key.file} {fault}：{FORMS[key.kind].loss}；{remedy}"

    def _unknown(self, known: Sequence[KeyRecord]) -> Iterator[str]:
        versions = {key.version for key in known if key.kind is KeyKind.LOG}
        for number in key_files.numbered(self.folder, FORMS[KeyKind.LOG].file):
            if number not in versions:
                path = self.folder / FORMS[KeyKind.LOG].file.format(number)
                yield (
                    f"密钥文件 {path} 是数据库不认识的：数据库可能是较旧的备份，不能接着签名；"
                    f"请恢复与它相配的数据库；确是上一版程序新造的，见 xinnuo keys accept --help"
                )

    def _misnamed(self, keys: Sequence[KeyRecord]) -> Iterator[str]:
        names = {key.public.partition("+")[0] for key in keys if key.public}
        yield from (misnamed(self.log_name, name) for name in names - {self.log_name})


def misnamed(setting: str, name: str) -> str:
    """Says that the setting names the log otherwise than its checkpoints do."""
    return (
        f"XINNUO_LOG_ORIGIN 是 {setting}，事件日志却叫 {name}："
        f"换了名称，以前的检查点就无从核对；请把 XINNUO_LOG_ORIGIN 改回 {name}"
    )
