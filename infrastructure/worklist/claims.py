"""Claims: who is at a duty.  A claim bars nobody, and ends with its duty."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine, Table, and_, delete, exists, func, literal, not_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.kernel.errors import NotFound
from infrastructure.database.engine import upsert, writing
from projections.read_model.tables import claims, duties

k, d = claims.c, duties.c
SINCE = func.coalesce(d.since, 0)
GONE = "这件事已经办完，或者还没有列入待办"


class OneDuty(NamedTuple):
    """What a claim is about: `about` is the code of a material, empty if it has none."""

    case_id: UUID
    action: str
    about: str = ""

    def of(self, table: Table) -> ColumnElement[bool]:
        t = table.c
        return and_(t.case_id == self.case_id, t.action == self.action, t.about == self.about)


@dataclass(frozen=True)
class Claims:
    engine: Engine

    def take(self, duty: OneDuty, person: str, at: datetime) -> None:
        """Claims a duty, also from whoever is at it.  Raises NotFound if nobody owes it.

        Forgets the claims of all duties that are done.
        """
        who = (literal(person).label("person"), literal(at, k.at.type).label("at"))
        owed = select(d.case_id, d.action, d.about, SINCE, *who).where(duty.of(duties))
        same = and_(d.case_id == k.case_id, d.action == k.action, d.about == k.about)
        with writing(self.engine).begin() as db:
            db.execute(delete(claims).where(not_(exists().where(same, k.since == SINCE))))
            row = upsert(db.dialect)(claims).from_select([each.name for each in k], owed)
            newer = {name: row.excluded[name] for name in ("since", "person", "at")}
            key = [k.case_id, k.action, k.about]
            row = row.on_conflict_do_update(index_elements=key, set_=newer).returning(k.case_id)
            if db.execute(row).first() is None:
                raise NotFound(GONE)

    def give_back(self, duty: OneDuty, person: str) -> None:
        """Ends this person's claim; does nothing if somebody else is at it."""
        with writing(self.engine).begin() as db:
            db.execute(delete(claims).where(duty.of(claims), k.person == person))
