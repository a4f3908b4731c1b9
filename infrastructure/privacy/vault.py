"""The vault: natural persons, each encrypted with a key of their own (个人信息保护法 47, 51).

Events contain only a person's reference.  Destroying a person's wrapped key makes their data
unreadable for ever; the events do not change.
"""

import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, select

from application.execution.ports import PersonDetails
from domain.kernel.errors import NotFound
from infrastructure.database.engine import upsert
from infrastructure.database.schema import vault

v = vault.c
_NONCE_SIZE = 12
_FIELDS = set(PersonDetails.model_fields)  # the applicant of a command has further fields


@dataclass(frozen=True)
class SealedVault:
    engine: Engine
    secret: bytes
    clock: Callable[[], datetime]

    def shelter(self, connection: Connection, who: PersonDetails) -> UUID:
        """Stores a person, unless they are stored already; returns their reference."""
        index = self.blind_index(who.id_number)
        ref, key = uuid4(), os.urandom(32)
        plain = who.model_dump_json(include=_FIELDS)
        row = upsert(connection.dialect)(vault).values(
            ref=ref,
            blind_index=index,
            wrapped_key=_seal(self._wrapping_key, key, ref),
            sealed=_seal(key, plain.encode(), ref),
            sheltered_at=self.clock(),
        )
        # a forgotten person who returns gets a new reference, so the old cases stay forgotten
        fresh = {name: row.excluded[name] for name in ("ref", "wrapped_key", "sealed")}
        statement = row.on_conflict_do_update(
            index_elements=[v.blind_index], set_=fresh, where=v.wrapped_key.is_(None)
        )
        connection.execute(statement)
        query = select(v.ref).where(v.blind_index == index)
        return cast(UUID, connection.execute(query).scalar_one())

    def reveal(self, ref: UUID) -> PersonDetails:
        with self.engine.connect() as db:
            row = db.execute(select(v.wrapped_key, v.sealed).where(v.ref == ref)).one_or_none()
        if row is None or row.wrapped_key is None:
            raise NotFound("没有这个人的信息，或者已经依法删除")
        key = _open(self._wrapping_key, row.wrapped_key, ref)
        # later rules do not apply to a number that was accepted before them
        return PersonDetails.model_construct(**json.loads(_open(key, row.sealed, ref)))

    def blind_index(self, id_number: str) -> str:
        """Returns a keyed hash of the number: always the same, and impossible to reverse."""
        return hmac.digest(self.secret[32:], id_number.encode(), "sha256").hex()

    def index_of(self, ref: UUID) -> str:
        """Returns the blind index of a stored person.  Raises NotFound if there is none."""
        with self.engine.connect() as db:
            index: str | None = db.scalar(select(v.blind_index).where(v.ref == ref))
        if index is None:
            raise NotFound("没有这个人的信息，或者已经依法删除")
        return index

    @property
    def _wrapping_key(self) -> bytes:
        return self.secret[:32]


def _seal(key: bytes, plain: bytes, ref: UUID) -> bytes:
    """Encrypts a text and binds it to the reference: it cannot be moved to another person."""
    nonce = os.urandom(_NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, plain, ref.bytes)


def _open(key: bytes, sealed: bytes, ref: UUID) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], ref.bytes)
