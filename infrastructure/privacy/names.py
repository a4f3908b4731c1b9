"""The register of names: which name a citizen number or a credit code is known under now.

Natural persons stand in the vault; the names of organisations are public.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, update

from application.execution.context import CommandContext
from application.execution.ports import (
    ContactDetails,
    NameOrigin,
    PersonDetails,
    PersonOnRecord,
    Registered,
)
from domain.values.parties import Organisation, Person
from infrastructure.database.engine import upsert
from infrastructure.database.schema import organisation_names
from infrastructure.privacy.vault import Entry, SealedVault

t = organisation_names.c


@dataclass(frozen=True)
class NameRegister:
    """The register within one transaction; every row that it returns is locked until its end."""

    db: Connection
    vault: SealedVault
    context: CommandContext

    def register(self, who: Organisation | PersonDetails, at: datetime) -> Registered:
        """Registers a subject, unless its code is known; returns its registered name."""
        if isinstance(who, PersonDetails):
            entry = self._entry(NameOrigin.GIVEN, at)
            return self.registered(Person(ref=self.vault.shelter(self.db, who, entry)))
        row = upsert(self.db.dialect)(organisation_names)
        row = row.values(code=who.code, name=who.name, since=at)
        # an update that changes nothing locks the row and returns what stands in it
        row = row.on_conflict_do_update(index_elements=[t.code], set_={"name": t.name})
        known = self.db.execute(row.returning(t.name, t.since)).one()
        return Registered(who, known.name, known.since)

    def registered(self, person: Person) -> Registered:
        return _registered(person, self.vault.current(self.db, person.ref))

    def rename(self, known: Registered, name: str, at: datetime, origin: NameOrigin) -> Registered:
        """Registers another name, valid from `at`, but never from before the name it replaces."""
        at = max(at, known.since)
        if isinstance(known.subject, Person):
            now = self.vault.rename(self.db, known.subject.ref, name, self._entry(origin, at))
            return _registered(known.subject, now)
        row = update(organisation_names).where(t.code == known.subject.code)
        self.db.execute(row.values(name=name, since=at))
        return known._replace(name=name, since=at)

    def keep_contact(self, contact: ContactDetails, at: datetime) -> UUID:
        return self.vault.keep_contact(self.db, contact, self._entry(NameOrigin.GIVEN, at))

    def forget_contact(self, ref: UUID) -> None:
        self.vault.forget_contact(self.db, ref)

    def _entry(self, origin: NameOrigin, at: datetime) -> Entry:
        return Entry(origin, at, self.context.by.person, self.context.correlation)


def _registered(person: Person, known: PersonOnRecord) -> Registered:
    return Registered(person, known.details.name, known.since, known.version, known.given_by)
