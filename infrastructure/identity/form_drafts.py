"""Half-filled forms of officers: each is for its author alone, without files, for 30 days at most.

A draft keeps the key of its form, so that the form is one request however often it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, Row, delete, select

from domain.values.parties import Actor
from domain.values.staff import person_key
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import form_drafts

KEPT_FOR = timedelta(days=30)
_KEYS = ("person", "stream_id", "form_key")
d = form_drafts.c


class Draft(NamedTuple):
    """What was typed into one form about one aggregate."""

    form: str
    key: str
    version: int
    """The version of the aggregate that the author saw."""
    fields: Mapping[str, tuple[str, ...]]
    saved_at: datetime


@dataclass(frozen=True)
class FormDrafts:
    engine: Engine
    clock: Callable[[], datetime]

    def keep(
        self,
        author: Actor,
        stream_id: UUID,
        form: str,
        key: str,
        version: int,
        fields: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Stores the form in place of its earlier draft; deletes the drafts that are too old."""
        now = self.clock()
        row = {"person": person_key(author.person), "stream_id": stream_id, "form_key": UUID(key)}
        typed = {"form": form, "version": version, "fields": dict(fields), "saved_at": now}
        insert = upsert(self.engine.dialect)(form_drafts).values(row | typed)
        with writing(self.engine).begin() as db:
            db.execute(delete(form_drafts).where(d.saved_at <= now - KEPT_FOR))
            db.execute(insert.on_conflict_do_update(index_elements=_KEYS, set_=typed))

    def of(self, author: Actor, stream_id: UUID) -> dict[str, Draft]:
        """The author's newest draft of each form about this aggregate."""
        mine = (d.person == person_key(author.person), d.stream_id == stream_id)
        rows = select(form_drafts).where(*mine, d.saved_at > self.clock() - KEPT_FOR)
        with self.engine.connect() as db:
            found = db.execute(rows.order_by(d.saved_at)).all()
        return {row.form: _draft(row) for row in found}

    def drop(self, author: Actor, stream_id: UUID) -> None:
        """Deletes the author's drafts about this aggregate, because one of them was sent."""
        mine = (d.person == person_key(author.person), d.stream_id == stream_id)
        with writing(self.engine).begin() as db:
            db.execute(delete(form_drafts).where(*mine))


def _draft(row: Row[Any]) -> Draft:
    fields = {name: tuple(texts) for name, texts in row.fields.items()}
    return Draft(row.form, str(row.form_key), row.version, fields, row.saved_at)
