"""Searching the audit trail: what may be asked, and how it is found.

Every question is one of these, alone or together; each is an index, and what it finds lies in
order of time.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.sql.selectable import CTE

from application.access.permissions import Role
from domain.values.parties import ShortText
from domain.values.workdays import midnight
from projections.audit_trail.descriptors import ACTION_OF, ACTIONS, comparable
from projections.read_model import keyset as paging
from projections.read_model.filters import Filters
from projections.read_model.keyset import Keyset
from projections.read_model.tables import audit_documents, audit_trail

t, d = audit_trail.c, audit_documents.c
OLDEST_FIRST = Keyset((t.at, t.position))
NEWEST_FIRST = Keyset((t.at, t.position), descending=True)
FEW = 12
"""So many organisations are read one beside the other, each in order of its own."""

_TOPICS = {event.TOPIC: action for event, action in ACTION_OF.items()}


def _known(action: str) -> str:
    if action not in ACTIONS:
        raise ValueError("没有这个操作")
    return action


def _known_topic(topic: str) -> str:
    if topic not in _TOPICS:
        raise ValueError("没有这个事件类型")
    return topic


Text = ShortText | None
Day = Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class Sought(Filters):
    """What is asked of the trail; what is left out is not asked."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[Text, Field(description="经办人员的编号")] = None
    role: Annotated[Role | None, Field(description="岗位")] = None
    organisation: Annotated[Text, Field(description="单位名称或者代码，可以只填一部分")] = None
    action: Annotated[
        Annotated[str, AfterValidator(_known)] | None,
        Field(description="操作，如 case/decide", json_schema_extra={"enum": list(ACTIONS)}),
    ] = None
    ground: Annotated[Text, Field(description="容错情形")] = None
    document: Annotated[Text, Field(description="文书号、承诺编码或者管理办法，须完整")] = None
    stream: Annotated[UUID | None, Field(description="案件或者事项的编号")] = None
    since: Annotated[Day, Field(description="从这一天起")] = None
    until: Annotated[Day, Field(description="到这一天止")] = None
    topic: Annotated[
        Annotated[str, AfterValidator(_known_topic)] | None, Field(description="事件类型")
    ] = None


def trail(sought: Sought, organisations: Collection[str] = ()) -> paging.Rows:
    """The trail as far as it is asked for; `organisations` are those that are meant, in full.

    Several organisations are several lists, each in order by its index.
    """
    rows = _naming(sought.document) if sought.document else select(audit_trail)
    rows = rows.where(*_asked(sought))
    if sought.organisation is None:
        return rows
    if not organisations:
        return rows.where(false())
    if len(organisations) > FEW:
        return rows.where(t.organisation.in_(organisations))
    lists = tuple(rows.where(t.organisation == each) for each in sorted(organisations))
    return lists if len(lists) > 1 else lists[0]


def _asked(sought: Sought) -> list[ColumnElement[bool]]:
    time = d.at if sought.document else t.at
    equal = {
        t.person: sought.person,
        t.role: sought.role,
        t.action: sought.action or _TOPICS.get(sought.topic or ""),  # whose index finds the topic
        t.topic: sought.topic,
        t.ground: sought.ground,
        t.stream_id: sought.stream,
    }
    asked = [column == value for column, value in equal.items() if value is not None]
    if sought.since:
        asked.append(time >= midnight(sought.since))
    if sought.until:
        asked.append(time < midnight(sought.until + timedelta(days=1)))
    return asked


def _naming(document: str) -> Select[Any]:
    """The rows that name a document, in the order in which its index has them."""
    others = [column for column in t if column.name not in ("at", "position")]
    rows = select(d.at, d.position, *others).join(audit_trail, t.position == d.position)
    return rows.where(d.number == comparable(document))


def organisations() -> Select[Any]:
    """Every organisation of the trail, once: stepping from one to the next in the index."""
    first: CTE = select(func.min(t.organisation).label("organisation")).cte("o", recursive=True)
    following = select(func.min(t.organisation)).where(t.organisation > first.c.organisation)
    steps = first.union_all(
        select(following.scalar_subquery()).where(first.c.organisation.is_not(None))
    )
    return select(steps.c.organisation).where(steps.c.organisation.is_not(None))
