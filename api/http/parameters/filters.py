"""Filters of lists, parsed from the query string: an empty filter is not applied."""

import re
from collections.abc import Collection
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer
from sqlalchemy import Select

from api.http.parameters.moments import LocalMoment
from application.access.access_log import ReadSubject
from domain.case.stages import Stage
from domain.catalogue.terms import CommitmentType, ItemField
from domain.kernel.record_ids import RecordId
from domain.tolerance.grounds import GroundKind, Outcome
from domain.tolerance.stages import Stage as ReviewStage
from domain.values.characters import CODE
from domain.values.folding import code_key
from domain.values.personal.screen import without_personal_data
from domain.values.texts import ShortText
from domain.values.workdays import Day
from projections.audit_trail.queries import (
    APPLICANT,
    NEWEST_FIRST,
    OLDEST_FIRST,
    AfterNumber,
    Applicant,
    SearchedDay,
    TrailQuery,
)
from projections.disclosures import queries as disclosures
from projections.disclosures.projection import PublicStatus
from projections.read_model.filters import Filters
from projections.read_model.keyset import Keyset, Place
from projections.tolerance import projection as tolerance

_CODE_LENGTHS = (18, 20)  # 统一社会信用代码, 承诺编码
_TEXT_MARKS = ("'", "＇")
"""The marks by which a spreadsheet keeps a number as text; they are copied along with it."""


def _searched(text: str) -> str:
    text = CODE.of(text)
    if text.startswith(_TEXT_MARKS):
        text = text[1:].strip()
    code = code_key(text)  # a code may be typed in groups, or full-width
    is_code = len(code) in _CODE_LENGTHS and code.isascii() and code.isalnum()
    return code if is_code else text


Search = Annotated[str, Field(max_length=600), AfterValidator(_searched)]
"""A name, a part of a name or a code, without what copying and spreadsheets add to it."""
CodeFilter = Annotated[
    str, Field(max_length=100), AfterValidator(code_key), AfterValidator(without_personal_data)
]
"""A code, as it may be typed or copied."""

PrintedMoment = Annotated[LocalMoment, PlainSerializer(lambda moment: moment.begins.isoformat())]

_CHINESE_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


def _as_iso(typed: object) -> object:
    """Returns a day as pages print it, 2026年9月28日, in the form 2026-09-28."""
    match = isinstance(typed, str) and _CHINESE_DAY.fullmatch("".join(typed.split()))
    return "{}-{:0>2}-{:0>2}".format(*match.groups()) if match else typed


DayFilter = Annotated[Day, BeforeValidator(_as_iso)]
"""A day, also in the form in which pages show it."""
PageDay = Annotated[SearchedDay, BeforeValidator(_as_iso)]
"""A day as a form of a page sends it, in either form."""


class _PagedFilters(Filters):
    """The filters of a list, and the cursor of one page."""

    cursor: Annotated[str | None, Field(max_length=400)] = None

    @property
    def narrowed(self) -> bool:
        """True if a filter is set; the cursor is not a filter."""
        return bool(self._parameters(cursor=None))

    def place(self, name: str) -> Place:
        """Returns the place in the list of this name."""
        parameters = self._parameters(cursor=None, limit=None)
        return Place.of(name, self.cursor, parameters)

    def address(self, path: str, **instead: Any) -> str:
        """Returns the URL of the same query at `path`, with the filters in `instead` replaced."""
        query = urlencode(self._parameters(**instead))
        return f"{path}?{query}" if query else path

    def _parameters(self, **instead: Any) -> dict[str, str]:
        values = self.model_dump(mode="json") | instead
        return {name: "1" if value is True else value for name, value in values.items() if value}


class DisclosureFilters(_PagedFilters):
    q: Search = ""
    status: PublicStatus | None = None
    field: ItemField | None = None
    kind: CommitmentType | None = None
    org: Annotated[CodeFilter | None, Field(description="受理单位代码")] = None
    since: Annotated[DayFilter | None, Field(description="承诺作出日期，从这一天起")] = None
    until: Annotated[DayFilter | None, Field(description="承诺作出日期，到这一天止")] = None
    sanctioned: bool = False

    @property
    def order(self) -> Keyset:
        """The newest promise first; of sanctions the newest sanction."""
        order = disclosures
        return order.LATEST_SANCTION_FIRST if self.sanctioned else order.NEWEST_FIRST

    def rows(self, today: date, among: Collection[UUID] | None = None) -> Select[Any]:
        """Selects the public entries that match; `among` holds the cases that match `q`, if few."""
        return disclosures.public_list(
            today,
            search=self.q,
            among=among,
            status=self.status,
            field=self.field,
            kind=self.kind,
            org=self.org,
            since=self.since,
            until=self.until,
            sanctioned=self.sanctioned,
        )


class CatalogueFilters(_PagedFilters):
    field: ItemField | None = None


class ReviewFilters(BaseModel):
    """The filters of the tolerance trail."""

    ground: GroundKind | None = None
    department: Annotated[CodeFilter | None, Field(description="申请单位代码")] = None
    case: Annotated[RecordId | None, Field(description="关联的案件")] = None
    stage: ReviewStage | None = None
    outcome: Outcome | None = None

    @property
    def rows(self) -> Select[Any]:
        return tolerance.reviews(
            ground=self.ground,
            department=self.department,
            case=self.case,
            stage=self.stage,
            outcome=self.outcome,
        )


class ReviewPageFilters(ReviewFilters, _PagedFilters):
    """The filters of the tolerance trail as a form sends them, and the cursor of one page."""


class PageFilters(_PagedFilters, TrailQuery):
    """A query of the audit trail and the cursor of one page; unknown filters are rejected."""

    @property
    def query(self) -> TrailQuery:
        return TrailQuery.model_validate(self.model_dump(include=set(TrailQuery.model_fields)))

    @property
    def search(self) -> dict[str, str]:
        """The query as the fields of a form."""
        return self.query.model_dump(mode="json", exclude_none=True)


class TrailFilters(PageFilters):
    """A query of the audit trail, its order, its page size and the cursor of one page."""

    newest: Annotated[bool, Field(description="从晚到早")] = False
    limit: Annotated[int | None, Field(ge=1, le=200, description="每页条数")] = None

    @property
    def sequence(self) -> Keyset:
        return NEWEST_FIRST if self.newest else OLDEST_FIRST


class SearchFilters(PageFilters):
    """A search of the trail as its page sends it: the newest first, unless `oldest` is set."""

    since: PageDay = None
    until: PageDay = None
    oldest: Annotated[bool, Field(description="从早到晚")] = False
    limit: Annotated[int | None, Field(ge=1, le=200, description="每页条数")] = None

    @property
    def sequence(self) -> Keyset:
        return OLDEST_FIRST if self.oldest else NEWEST_FIRST


class CaseFilters(_PagedFilters):
    """The filters of the auditors' list of cases, and the cursor of one page."""

    applicant: Annotated[Applicant, Field(description=APPLICANT)] = None
    stage: Stage | None = None
    doubled: Annotated[bool, Field(description="只要同一人以两个岗位办理的")] = False
    after: Annotated[AfterNumber, Field(description="第二个岗位在日志这一号以后")] = None


class ReadFilters(_PagedFilters):
    """The filters of the access log as its page sends them, and the cursor of one page."""

    person: ShortText | None = None
    stream: RecordId | None = None
    what: ReadSubject | None = None
    purpose: ShortText | None = None
    personal: bool = False
    since: PageDay = None
    until: PageDay = None


class ExportFilters(PageFilters):
    """A search to be exported; the exports that are listed; and the cursor of one page of them."""

    asked: PrintedMoment | None = None
    """Only exports since this moment."""
