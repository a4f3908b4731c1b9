"""The filters of lists, read from the address: a filter that is not chosen narrows nothing."""

import unicodedata
from collections.abc import Collection
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import Select

from domain.catalogue.terms import CommitmentType, ItemField
from domain.tolerance.grounds import GroundKind, Outcome
from domain.tolerance.stages import Stage
from domain.values.identifiers import tidy
from projections.audit_trail.queries import NEWEST_FIRST, OLDEST_FIRST, TrailQuery
from projections.disclosures.projection import PublicStatus, public_list
from projections.read_model.filters import Filters
from projections.read_model.keyset import Keyset
from projections.tolerance import projection as tolerance

_CODE_LENGTHS = (18, 20)  # 统一社会信用代码, 承诺编码


def _searched(text: str) -> str:
    text = text.strip()
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("查询内容含有不可见的控制字符")
    code = tidy("".join(text.split()))  # typed in groups, or full-width
    looks_like_one = len(code) in _CODE_LENGTHS and code.isascii() and code.isalnum()
    return code if looks_like_one else text


Search = Annotated[str, Field(max_length=200), AfterValidator(_searched)]


class _Asked(Filters):
    """Filters of a page, and which page of the list is asked for."""

    cursor: Annotated[str | None, Field(max_length=400)] = None

    @property
    def narrowed(self) -> bool:
        """True if a filter is chosen; the next page alone is none."""
        return bool(self._chosen(cursor=None))

    def address(self, path: str, **instead: Any) -> str:
        """The address of the same question: at another path, or with one filter changed."""
        query = urlencode(self._chosen(**instead))
        return f"{path}?{query}" if query else path

    def _chosen(self, **instead: Any) -> dict[str, str]:
        said = self.model_dump(mode="json") | instead
        return {name: "1" if said[name] is True else said[name] for name in said if said[name]}


class DisclosureFilters(_Asked):
    q: Search = ""
    status: PublicStatus | None = None
    field: ItemField | None = None
    kind: CommitmentType | None = None
    sanctioned: bool = False

    def rows(self, today: date, among: Collection[UUID] | None = None) -> Select[Any]:
        """The public entries asked for, among the cases sought where these are few."""
        return public_list(
            today,
            search=self.q,
            among=among,
            status=self.status,
            field=self.field,
            kind=self.kind,
            sanctioned=self.sanctioned,
        )


class CatalogueFilters(_Asked):
    field: ItemField | None = None


class ReviewFilters(BaseModel):
    """What is asked of the tolerance trail."""

    ground: GroundKind | None = None
    department: Annotated[str | None, Field(max_length=18, description="申请单位代码")] = None
    case: Annotated[UUID | None, Field(description="关联的案件")] = None
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


class ReviewPageFilters(ReviewFilters, _Asked):
    """The same as a form sends it, and which page of it."""


class PageFilters(_Asked, TrailQuery):
    """What is asked of the audit trail, carried along; a filter that is unknown is refused."""

    @property
    def sought(self) -> TrailQuery:
        return TrailQuery.model_validate(self.model_dump(include=set(TrailQuery.model_fields)))

    @property
    def search(self) -> dict[str, str]:
        """The question as a form carries it."""
        return self.sought.model_dump(mode="json", exclude_none=True)


class TrailFilters(PageFilters):
    """A search in the audit trail, and which page of it."""

    newest: Annotated[bool, Field(description="从晚到早")] = False
    limit: Annotated[int | None, Field(ge=1, le=200, description="每页条数")] = None

    @property
    def sequence(self) -> Keyset:
        return NEWEST_FIRST if self.newest else OLDEST_FIRST
