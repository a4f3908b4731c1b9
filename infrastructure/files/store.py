"""The store of files: uploads for a day, then the files of cases and reviews, sealed for good.

A file is kept under its owner and its digest and sealed with the key of the owner's applicant in
the vault; if that is no natural person, with a key of the owner.  Destroying that key makes the
file unreadable for ever, and nobody else's copy of it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Connection, delete, func, insert, select

from domain.files.document import file_id
from domain.files.values import FileFacts
from domain.kernel.errors import ActionRefused, NotFound
from domain.values.parties import Actor
from domain.values.staff import person_key
from infrastructure.database.engine import upsert, writing
from infrastructure.database.files_schema import file_keys, files, uploads
from infrastructure.files.formats import facts_of
from infrastructure.privacy.sealing import SealBroken, opened, seal
from infrastructure.privacy.vault import SealedVault

KEPT_FOR = timedelta(days=1)
"""How long an upload waits for the command that names it."""
MAX_UPLOADS = 100
"""How many uploads of one person may wait."""
_UPLOADS = UUID("3f2b1a52-6f5e-5c58-8a38-0f0c6a7f1a11")
_KEY_SIZE = 32
_FACTS = tuple(FileFacts.model_fields)
f, u, k = files.c, uploads.c, file_keys.c


class Home(NamedTuple):
    """Where a file is kept: in the file of its owner, sealed for this person if there is one."""

    owner: UUID
    person: UUID | None
    title: str


class FileOnRecord(NamedTuple):
    """One file in the file of a case or a review."""

    facts: FileFacts
    title: str
    filed_at: datetime


@dataclass(frozen=True)
class FileStore:
    vault: SealedVault
    clock: Callable[[], datetime]

    def upload(self, by: Actor, content: bytes) -> FileFacts:
        """Keeps a file for the command that will name it.

        Raises FileRefused, FileTooLarge, or ActionRefused if too many uploads wait.
        """
        facts, person, now = facts_of(content), person_key(by.person), self.clock()
        with writing(self.vault.engine).begin() as db:
            db.execute(delete(uploads).where(u.uploaded_at <= now - KEPT_FOR))
            mine = select(func.count()).where(u.person == person, u.sha256 != facts.sha256)
            if (db.scalar(mine) or 0) >= MAX_UPLOADS:
                reason = f"已有 {MAX_UPLOADS} 份上传的文件还没有办理，请先办理或者明天再传"
                raise ActionRefused("上传文件", reason, "uploads_are_bounded")
            sealed = self.vault.wrap(db, content, _upload(person, facts.sha256))
            row = dict(facts) | {"person": person, "sealed": sealed, "uploaded_at": now}
            again = upsert(db.dialect)(uploads).values(row)
            db.execute(
                again.on_conflict_do_update(
                    index_elements=[u.person, u.sha256],
                    set_={"sealed": sealed, "uploaded_at": now},
                )
            )
        return facts

    def uploaded(self, by: Actor, sha256: str) -> bytes | None:
        person = person_key(by.person)
        one = select(u.sealed).where(u.person == person, u.sha256 == sha256)
        with self.vault.engine.connect() as db:
            row = db.scalar(one.where(u.uploaded_at > self.clock() - KEPT_FOR))
            return self.vault.unwrap(db, row, _upload(person, sha256)) if row else None

    def take_in(
        self, db: Connection, by: Actor, now: datetime, sha256: str, home: Home
    ) -> FileFacts | None:
        """Files an upload of the actor.  Returns None if there is none."""
        person = person_key(by.person)
        one = select(uploads).where(u.person == person, u.sha256 == sha256)
        row = db.execute(one.where(u.uploaded_at > now - KEPT_FOR)).one_or_none()
        if row is None:
            return None
        content = self.vault.unwrap(db, row.sealed, _upload(person, sha256))
        key, facts = self._new_key(db, home), _facts(row)
        place = file_id(home.owner, sha256).bytes
        kept = dict(facts) | home._asdict() | {"sealed": seal(key, content, place)}
        db.execute(insert(files).values(**kept, filed_at=now))
        return facts

    def of(self, owner: UUID) -> Sequence[FileOnRecord]:
        """The files of one case or review, oldest first."""
        rows = select(*(f[name] for name in _FACTS), f.title, f.filed_at).where(f.owner == owner)
        with self.vault.engine.connect() as db:
            found = db.execute(rows.order_by(f.filed_at, f.sha256)).all()
        return [FileOnRecord(_facts(row), row.title, row.filed_at) for row in found]

    def read(self, owner: UUID, sha256: str) -> tuple[FileOnRecord, bytes]:
        """Returns one file.  Raises NotFound if there is none, or if it was erased."""
        with self.vault.engine.connect() as db:
            rows = select(files).where(f.owner == owner, f.sha256 == sha256)
            if (row := db.execute(rows).one_or_none()) is None:
                raise NotFound("卷内没有这份文件")
            if (key := self._key(db, owner, row.person)) is None:
                raise NotFound("这份文件已经依法删除，卷内只留它的摘要")
        try:
            content = opened(key, row.sealed, file_id(owner, sha256).bytes)
        except SealBroken as error:
            raise NotFound("这份文件打不开：密钥不符或者已经损坏，请联系管理员") from error
        return FileOnRecord(_facts(row), row.title, row.filed_at), content

    def _key(self, db: Connection, owner: UUID, person: UUID | None) -> bytes | None:
        if person is not None:
            return self.vault.key_of(db, person)
        wrapped = db.scalar(select(k.wrapped_key).where(k.owner == owner))
        return self.vault.unwrap(db, wrapped, owner) if wrapped else None

    def _new_key(self, db: Connection, home: Home) -> bytes:
        """Returns the key of the owner, which is made with its first file.

        Raises NotFound if the key was destroyed: nothing new is sealed for who was forgotten.
        """
        if home.person is None:
            fresh = self.vault.wrap(db, os.urandom(_KEY_SIZE), home.owner)
            row = upsert(db.dialect)(file_keys).values(owner=home.owner, wrapped_key=fresh)
            db.execute(row.on_conflict_do_nothing(index_elements=[k.owner]))
        if (key := self._key(db, home.owner, home.person)) is None:
            raise NotFound("申请人的信息已经依法删除，不能再收文件")
        return key


def number_of_files(db: Connection, owner: UUID) -> int:
    return db.scalar(select(func.count()).where(f.owner == owner)) or 0


def _upload(person: str, sha256: str) -> UUID:
    return uuid5(_UPLOADS, f"{person}/{sha256}")


def _facts(row: Any) -> FileFacts:
    return FileFacts(**{name: row._mapping[name] for name in _FACTS})
