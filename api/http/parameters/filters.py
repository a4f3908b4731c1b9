"""Filters of lists, parsed from the query string: an empty filter is not applied."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import Select

from domain.case.lifecycle import ACTIONS
from domain.catalogue.terms import CommitmentType, ItemField
from domain.kernel.record_ids import RecordId
from domain.tolerance.grounds import GroundKind, Outcome
from domain.tolerance.stages import Stage
from domain.values.characters import CODE
from domain.values.folding import code_key
from domain.values.labels import among
from domain.values.personal.screen import without_personal_data
from projections.audit_trail.queries import NEWEST_FIRST, OLDEST_FIRST, TrailQuery
from projections.disclosures.projection import PublicStatus, public_list
from projections.read_model.filters import Filters
from projections.read_model.keyset import Keyset, Place
from projections.tolerance import projection as tolerance
from projections.worklist.lists import Group, Narrowed

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


def _known_action(action: str) -> str:
    if action not in ACTIONS:
        raise ValueError("没有这个操作")
    return action


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
    sanctioned: bool = False

    def rows(self, today: date, among: Collection[UUID] | None = None) -> Select[Any]:
        """Selects the public entries that match; `among` holds the cases that match `q`, if few."""
        return public_list(
            today,
            search=self.q,
            among=among,
            status=self.status,
            field=self.field,
            kind=self.kind,
            sanctioned=self.sanctioned,
        )


class CatalogueFilters(_PagedFilters):
    field: ItemField | None = None


class ReviewFilters(BaseModel):
    """The filters of the tolerance trail."""

    ground: GroundKind | None = None
    department: Annotated[CodeFilter | None, Field(description="申请单位代码")] = None
    case: Annotated[RecordId | None, Field(description="关联的案件")] = None
    stage: Stage | None = None
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


class WorklistFilters(_PagedFilters):
    """What is asked of the worklist, and the cursor of one page."""

    group: Annotated[Group | None, Field(description="哪一组，等待别人的也在内")] = None
    item: Annotated[CodeFilter | None, Field(description="事项编码")] = None
    action: Annotated[
        Annotated[str, AfterValidator(_known_action), among(ACTIONS)] | None,
        Field(description="要办理的操作"),
    ] = None
    mine: Annotated[bool, Field(description="只看我认领的")] = False
    q: Annotated[
        Search,
        AfterValidator(without_personal_data),
        Field(description="承诺编码、统一社会信用代码或者单位名称的一部分"),
    ] = ""

    @property
    def asked(self) -> Narrowed:
        return Narrowed(self.group, self.item, self.action, self.mine, self.q)


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
