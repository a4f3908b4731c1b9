"""Queries of the audit trail.

The filters can be combined.  Each filter has an index that returns its rows in order of time.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from sqlalchemy import ColumnElement, Select, exists, select

from application.access.permissions import Role
from domain.kernel.record_ids import RecordId
from domain.values.folding import code_key
from domain.values.labels import among
from domain.values.personal.screen import without_personal_data
from domain.values.texts import ShortText
from domain.values.workdays import Day, midnight
from projections.audit_trail.descriptors import ACTION_OF, ACTIONS, document_key
from projections.read_model import keyset as paging
from projections.read_model.filters import Filters
from projections.read_model.keyset import Keyset
from projections.read_model.loose_scan import each_value, rows_of_values
from projections.read_model.tables import audit_documents, audit_trail

t, d = audit_trail.c, audit_documents.c
OLDEST_FIRST = Keyset((t.at, t.position))
NEWEST_FIRST = Keyset((t.at, t.position), descending=True)

_CODE_LENGTH = 20  # of a 承诺编码
_ACTION_OF_TOPIC = {event.TOPIC: action for event, action in ACTION_OF.items()}


def _known_action(action: str) -> str:
    if action not in ACTIONS:
        raise ValueError("没有这个操作")
    return action


def _known_topic(topic: str) -> str:
    if topic not in _ACTION_OF_TOPIC:
        raise ValueError("没有这个事件类型")
    return topic


Text = ShortText | None
Applicant = Annotated[ShortText, AfterValidator(without_personal_data)] | None
APPLICANT = "申请单位名称的一部分，或者统一社会信用代码；自然人不以姓名、号码查询"
AfterNumber = Annotated[int, Field(ge=1, lt=2**63)] | None
"""A position of the log behind which something happened."""

_YEAR_2000_TO_2199 = {
    "type": "string",
    "format": "date",
    "pattern": "^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$",
}
SearchedDay = Annotated[
    Day | None,
    Field(ge=date(2000, 1, 1), le=date(2199, 12, 31)),
    WithJsonSchema({"anyOf": [_YEAR_2000_TO_2199, {"type": "null"}]}),
]


class TrailQuery(Filters):
    """What is asked of the trail; what is left out is not asked."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[Text, Field(description="经办人员的编号")] = None
    role: Annotated[Role | None, Field(description="岗位")] = None
    organisation: Annotated[Text, Field(description="单位名称或者代码，可以只填一部分")] = None
    action: Annotated[
        Annotated[str, AfterValidator(_known_action), among(ACTIONS)] | None,
        Field(description="操作，如 case/decide"),
    ] = None
    ground: Annotated[Text, Field(description="容错情形")] = None
    applicant: Annotated[Applicant, Field(description=APPLICANT)] = None
    document: Annotated[
        Text, Field(description="文书号、承诺编码或者管理办法，须完整；也可以是案件的编号")
    ] = None
    stream: Annotated[RecordId | None, Field(description="案件或者事项的编号")] = None
    since: Annotated[SearchedDay, Field(description="从这一天起")] = None
    until: Annotated[SearchedDay, Field(description="到这一天止")] = None
    topic: Annotated[
        Annotated[str, AfterValidator(_known_topic), among(_ACTION_OF_TOPIC)] | None,
        Field(description="事件类型"),
    ] = None
    after: Annotated[AfterNumber, Field(description="只要日志这一号以后的")] = None
    late: Annotated[
        bool | None,
        AfterValidator(lambda ticked: ticked or None),
        Field(description="只要事后记录的：记录比发生晚十分钟以上"),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _one_box(cls, sent: Any) -> Any:
        """Takes the id of a case that stands where a document number was asked for."""
        if not isinstance(sent, dict) or sent.get("stream"):
            return sent
        try:
            stream = _RECORD_ID.validate_python(sent.get("document"))
        except ValidationError:
            return sent
        return {k: v for k, v in sent.items() if k != "document"} | {"stream": stream}


_RECORD_ID = TypeAdapter[UUID](RecordId)


def trail(
    query: TrailQuery,
    persons: Collection[str] = (),
    organisations: Collection[str] = (),
    more: Sequence[ColumnElement[bool]] = (),
) -> paging.Rows:
    """Returns the rows that match the query, as one list or as several lists to be merged.

    `persons` and `organisations` hold the values of these columns that match the query; `more`
    are conditions that only the layers above can make.
    """
    rows = _rows_with(query.document) if query.document else select(audit_trail)
    rows = rows.where(*_conditions(query), *more)
    if query.person is None and query.organisation is None:
        return rows
    if query.person is None:
        return rows_of_values(rows, t.organisation, organisations)
    if query.organisation is not None:
        rows = rows.where(t.organisation.in_(organisations))
    return rows_of_values(rows, t.person, persons)


def _conditions(query: TrailQuery) -> list[ColumnElement[bool]]:
    time = d.at if query.document else t.at
    # the topic has no index of its own; the index on its action finds the rows
    action = query.action or _ACTION_OF_TOPIC.get(query.topic or "")
    filters = {
        t.role: query.role,
        t.action: action,
        t.topic: query.topic,
        t.ground: query.ground,
        t.stream_id: query.stream,
    }
    conditions = [column == value for column, value in filters.items() if value is not None]
    if query.after is not None:
        conditions.append(t.position > query.after)
    if query.since:
        conditions.append(time >= midnight(query.since))
    if query.until:
        conditions.append(time < midnight(query.until + timedelta(days=1)))
    return conditions


def _rows_with(document: str) -> Select[Any]:
    """Selects the rows that name a document, in the order of the table of document numbers."""
    others = [column for column in t if column.name not in ("at", "position")]
    rows = select(d.at, d.position, *others).join(audit_trail, t.position == d.position)
    code = code_key(document)  # a 承诺编码 may be typed in groups; other numbers keep their dashes
    is_code = len(code) == _CODE_LENGTH and code.isascii() and code.isdecimal()
    return rows.where(d.number == document_key(code if is_code else document))


def organisations() -> Select[Any]:
    """Selects each organisation of the trail once."""
    return each_value(t.organisation)


def took_part(
    stream: ColumnElement[UUID], persons: Collection[str], topics: Collection[str]
) -> ColumnElement[bool]:
    """The condition that one of these persons is the actor of such an event of the stream."""
    acted = exists().where(t.stream_id == stream, t.person.in_(persons), t.topic.in_(topics))
    return acted.correlate_except(audit_trail)


def persons() -> Select[Any]:
    """Selects each person of the trail once, in every spelling."""
    return each_value(t.person)
