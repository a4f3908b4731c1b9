"""The vault: natural persons, each encrypted with a key of their own (个人信息保护法 47, 51).

Events contain only a person's reference.  A name that was corrected or changed (个人信息保护法 46)
is a new version; the earlier ones stay.  Destroying a person's wrapped key makes all versions
unreadable for ever; the events do not change.
"""

import hmac
import json
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, Row, Select, select

from application.execution.ports import ContactDetails, NameOrigin, PersonDetails, PersonOnRecord
from domain.kernel.errors import IdentityUnreadable, NotFound
from domain.values.identity.documents import IdentityDocument, IdentityKind
from infrastructure.database.engine import upsert
from infrastructure.database.schema import vault, vault_versions
from infrastructure.privacy.sealing import SealBroken, opened, seal

v, w = vault.c, vault_versions.c
_FIRST = 1
_WHY = ("origin", "given_by", "correlation")
_HALF = 32
_SALT = 16
_SAMPLE = 100
VaultSecret = Callable[[Connection], bytes]
"""Returns 64 secret bytes: 32 wrap the persons' keys, 32 compute their blind indexes.

It raises KeysMissing unless they are the ones that this database was written with: by another key
nobody would be found, and "nobody was found" would be taken for the truth."""
_FIELDS = set(PersonDetails.model_fields)  # the applicant of a command has further fields


class Entry(NamedTuple):
    """Why, when and by whom a version is written, and by which command."""

    origin: NameOrigin
    at: datetime
    given_by: str
    correlation: UUID


@dataclass(frozen=True)
class SealedVault:
    engine: Engine
    secret: VaultSecret

    def shelter(self, connection: Connection, who: PersonDetails, entry: Entry) -> UUID:
        """Stores a person, unless they are stored already; returns their reference.

        The person's row stays locked until the transaction ends.
        """
        ref, key, secret = uuid4(), os.urandom(32), self.secret(connection)
        index = blind_index(secret, who.identity)
        row = upsert(connection.dialect)(vault).values(
            ref=ref,
            blind_index=index,
            wrapped_key=seal(secret[:_HALF], key, ref.bytes),
            sheltered_at=entry.at,
        )
        # a forgotten person who returns gets a new reference, so the old cases stay forgotten
        fresh = {name: row.excluded[name] for name in ("ref", "wrapped_key", "sheltered_at")}
        statement = row.on_conflict_do_update(
            index_elements=[v.blind_index], set_=fresh, where=v.wrapped_key.is_(None)
        )
        connection.execute(statement)
        query = select(v.ref).where(v.blind_index == index)
        stored = cast(UUID, connection.execute(query.with_for_update()).scalar_one())
        if stored == ref:
            _add(connection, key, ref, _FIRST, who, entry)
        return stored

    def keep_contact(self, db: Connection, contact: ContactDetails, entry: Entry) -> UUID:
        """Seals whom to tell in one case; by no number of theirs is the entry ever found."""
        ref, key, secret = uuid4(), os.urandom(32), self.secret(db)
        facts = contact.model_dump() | {"id_number": f"contact\n{ref}"}
        row = {
            "ref": ref,
            "blind_index": blind_index(secret, facts["id_number"]),
            "wrapped_key": seal(secret[:_HALF], key, ref.bytes),
            "sheltered_at": entry.at,
        }
        db.execute(vault.insert().values(**row))
        _add_sealed(db, key, ref, _FIRST, json.dumps(facts).encode(), entry)
        return ref

    def forget_contact(self, db: Connection, ref: UUID) -> None:
        """Destroys the key of a contact."""
        db.execute(vault.update().where(v.ref == ref).values(wrapped_key=None))

    def contact(self, ref: UUID) -> ContactDetails:
        """Returns whom to tell.  Raises NotFound if the key was destroyed."""
        with self.engine.connect() as db:
            _, plain = self._unsealed(db, ref, _newest(ref))
        facts = json.loads(plain)
        return ContactDetails.model_construct(name=facts["name"], phone=facts["phone"])

    def current(self, connection: Connection, ref: UUID) -> PersonOnRecord:
        """Returns a person as registered now, and locks their row until the transaction ends."""
        connection.execute(select(v.ref).where(v.ref == ref).with_for_update())
        return self._opened(connection, ref, _newest(ref))

    def rename(self, connection: Connection, ref: UUID, name: str, entry: Entry) -> PersonOnRecord:
        """Adds a version with another name; it is valid from the entry's time."""
        known = self.current(connection, ref)
        details = known.details.model_copy(update={"name": name})
        wrapped = connection.scalar(select(v.wrapped_key).where(v.ref == ref))
        key = _open(self.secret(connection)[:_HALF], cast(bytes, wrapped), ref.bytes)
        number = known.version + 1
        _add(connection, key, ref, number, details, entry)
        return PersonOnRecord(details, number, entry.at, entry.origin, entry.given_by)

    def reveal(self, ref: UUID, at: datetime | None = None) -> PersonOnRecord:
        """Returns a person as registered now or at an instant; before the first, the first."""
        with self.engine.connect() as db:
            if at is None:
                return self._opened(db, ref, _newest(ref))
            then = db.scalar(_newest(ref).with_only_columns(w.number).where(w.since <= at))
            return self._opened(db, ref, _newest(ref).where(w.number == (then or _FIRST)))

    def version(self, ref: UUID, number: int) -> PersonOnRecord:
        """Returns a person under the name of this number.  Raises NotFound."""
        with self.engine.connect() as db:
            return self._opened(db, ref, _newest(ref).where(w.number == number))

    def salt_of(self, ref: UUID, about: UUID) -> str:
        """Returns the person's salt for one case, outside a transaction.  Raises NotFound."""
        with self.engine.connect() as db:
            return self.salt(db, ref, about)

    def salt(self, db: Connection, ref: UUID, about: UUID) -> str:
        """Derives a salt for one case from the person's own random key, and dies with it.

        Digests of texts that name the person contain it.  Raises NotFound.
        """
        wrapped = db.scalar(select(v.wrapped_key).where(v.ref == ref))
        if wrapped is None:
            raise NotFound("没有这个人的信息，或者已经依法删除")
        key = _open(self.secret(db)[:_HALF], wrapped, ref.bytes)
        return HKDF(SHA256(), _SALT, salt=about.bytes, info=b"xinnuo documents").derive(key).hex()

    def _opened(self, db: Connection, ref: UUID, query: Select[Any]) -> PersonOnRecord:
        row, plain = self._unsealed(db, ref, query)
        origin = NameOrigin(row.origin)
        return PersonOnRecord(_details(plain), row.number, row.since, origin, row.given_by)

    def _unsealed(self, db: Connection, ref: UUID, query: Select[Any]) -> tuple[Row[Any], bytes]:
        row: Row[Any] | None = db.execute(query).one_or_none()
        if row is None or row.wrapped_key is None:
            raise NotFound("没有这个人的信息，或者已经依法删除")
        key = _open(self.secret(db)[:_HALF], row.wrapped_key, ref.bytes)
        return row, _open(key, row.sealed, _bound_to(ref, row.number))

    def key_of(self, db: Connection, ref: UUID) -> bytes | None:
        """Returns a person's own key.  Returns None if they are unknown or were erased."""
        wrapped = db.scalar(select(v.wrapped_key).where(v.ref == ref))
        return _open(self.secret(db)[:_HALF], wrapped, ref.bytes) if wrapped else None

    def wrap(self, db: Connection, key: bytes, ref: UUID) -> bytes:
        """Seals a key with the secret of the vault, for an owner that is no person."""
        return seal(self.secret(db)[:_HALF], key, ref.bytes)

    def unwrap(self, db: Connection, wrapped: bytes, ref: UUID) -> bytes:
        """Opens a key that `wrap` has sealed.  Raises IdentityUnreadable."""
        return _open(self.secret(db)[:_HALF], wrapped, ref.bytes)

    def blind_indexes(self, db: Connection, identities: Collection[str]) -> dict[str, str]:
        """Returns the blind index of each identity."""
        if not identities:
            return {}
        secret = self.secret(db)
        return {identity: blind_index(secret, identity) for identity in identities}

    def ref_of(self, identity: str) -> UUID | None:
        """Returns the reference of the person with this number of this document.

        Returns None if nobody is stored with it, or if they have been forgotten.
        """
        with self.engine.connect() as db:
            index = blind_index(self.secret(db), identity)
            query = select(v.ref).where(v.blind_index == index, v.wrapped_key.is_not(None))
            return cast(UUID | None, db.scalar(query))

    def index_of(self, ref: UUID) -> str:
        """Returns the blind index of a stored person.

        Raises NotFound if there is none, and IdentityUnreadable if a lost key has made it: under
        that index no record is found that was taken in since.
        """
        with self.engine.connect() as db:
            query = select(v.blind_index, v.wrapped_key).where(v.ref == ref)
            if (row := db.execute(query).one_or_none()) is None:
                raise NotFound("没有这个人的信息，或者已经依法删除")
            secret = self.secret(db)
        if row.wrapped_key is not None:
            _open(secret[:_HALF], row.wrapped_key, ref.bytes)
        return cast(str, row.blind_index)

    def fingerprint(self, request: str) -> str:
        """Returns a keyed hash of a request, which may contain a person's number."""
        return hmac.digest(self._request_key, request.encode(), "sha256").hex()

    @cached_property
    def _request_key(self) -> bytes:
        with self.engine.connect() as db:
            secret = self.secret(db)
        return HKDF(SHA256(), _HALF, salt=None, info=b"xinnuo request").derive(secret)


def blind_index(secret: bytes, identity: str) -> str:
    """Returns a keyed hash of an identity: always the same, and impossible to reverse."""
    return hmac.digest(secret[_HALF:], identity.encode(), "sha256").hex()


def is_of_these_persons(db: Connection, secret: bytes) -> bool:
    """Returns False if persons are stored and none of the newest was stored with this secret.

    Both halves are tried: one opens what is sealed, the other has made the blind index.
    """
    rows = select(v.ref, v.blind_index, v.wrapped_key, w.sealed).join(
        vault_versions, w.ref == v.ref
    )
    rows = rows.where(v.wrapped_key.is_not(None), w.number == _FIRST)
    newest = db.execute(rows.order_by(v.sheltered_at.desc()).limit(_SAMPLE)).all()
    return not newest or any(_stored_with(secret, row) for row in newest)


def _stored_with(secret: bytes, row: Any) -> bool:
    try:
        key = _open(secret[:_HALF], row.wrapped_key, row.ref.bytes)
        details = _details(_open(key, row.sealed, _bound_to(row.ref, _FIRST)))
    except IdentityUnreadable:
        return False
    return bool(blind_index(secret, details.identity) == row.blind_index)


def _details(plain: bytes) -> PersonDetails:
    """Reads what was sealed: later rules do not apply to a number that was accepted before them."""
    facts = json.loads(plain)
    if document := facts.get("document"):
        kind = IdentityKind(document.pop("kind"))
        facts["document"] = IdentityDocument.model_construct(kind=kind, **document)
    if born := facts.get("born"):
        facts["born"] = date.fromisoformat(born)
    return PersonDetails.model_construct(**facts)


def _newest(ref: UUID) -> Select[Any]:
    rows = select(v.wrapped_key, w.number, w.sealed, w.since, w.origin, w.given_by)
    rows = rows.join(vault_versions, w.ref == v.ref).where(v.ref == ref)
    return rows.order_by(w.number.desc()).limit(1)


def _add(
    db: Connection, key: bytes, ref: UUID, number: int, who: PersonDetails, entry: Entry
) -> None:
    _add_sealed(db, key, ref, number, who.model_dump_json(include=_FIELDS).encode(), entry)


def _add_sealed(
    db: Connection, key: bytes, ref: UUID, number: int, plain: bytes, entry: Entry
) -> None:
    row = {"ref": ref, "number": number, "sealed": seal(key, plain, _bound_to(ref, number))}
    why = {"since": entry.at} | {name: getattr(entry, name) for name in _WHY}
    db.execute(vault_versions.insert().values(**row, **why))


def _bound_to(ref: UUID, number: int) -> bytes:
    """What a version is bound to: it opens for no other person and under no other number.

    The first version is bound to the reference alone, as all were before there were versions.
    """
    return ref.bytes if number == _FIRST else ref.bytes + number.to_bytes(4)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypts a text.  Raises IdentityUnreadable if it was sealed otherwise, or has changed."""
    try:
        return opened(key, sealed, bound_to)
    except SealBroken as error:
        raise IdentityUnreadable(
            "这个人的身份信息打不开：是用另一把密钥封存的，或者已经损坏；请联系管理员"
        ) from error
