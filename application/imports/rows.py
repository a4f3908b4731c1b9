"""Parses the rows of a table into catalogue items and credit records, or reports their errors.

A row is a mapping from column header to cell.  Its model has one field for each column, with
the header as alias, and validates by the rules of the domain.  All errors of a row are reported at
once, column by column, so that a person corrects a table once.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import date
from typing import Annotated, NamedTuple, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from application.imports import confirmation
from application.imports.cells import (
    Date,
    Days,
    DocumentNumber,
    Label,
    Listed,
    Measure,
    Primary,
    Secondary,
    YesNo,
)
from application.imports.confirmation import breaks_the_check
from application.imports.row_model import Cells, Parsed, Row, RowError, filled, parsed
from domain.catalogue import terms as t
from domain.values import credit as c
from domain.values.folding import number_key
from domain.values.identifiers import CREDIT_CODE, ItemCode
from domain.values.identity.documents import (
    IdentityDocument,
    IdentityKind,
    birth_fault,
    birth_in,
    document_number,
    identity_of,
)
from domain.values.parties import Department, Value
from domain.values.personal.countries import Country
from domain.values.texts import PublicLine, PublicText, ShortText

T = TypeVar("T")
Materials = tuple[t.Material, ...]


class ItemEntry(NamedTuple):
    """An item of the catalogue; without terms it is listed, but admits no cases yet."""

    item: t.ListedItem
    terms: t.Terms | None
    leaves_the_check: bool = False
    """True if the row does not say whether the item needs a substantive check, as older tables."""


# --- columns ------------------------------------------------------------------------------------


def _unit_code(code: str, row: ValidationInfo) -> str:
    return confirmation.unit_code(code, row.data)


def _last_code(code: str, row: ValidationInfo) -> str:
    """Validates the second code of a row, and that one of the two needs the confirmation."""
    code, first = _unit_code(code, row), row.data.get("department_code")
    if first and row.data.get("code_confirmed") and not any(map(breaks_the_check, (first, code))):
        raise confirmation.needless()
    return code


class ListedItemRow(Row[ItemEntry]):
    """An item whose terms are not enacted yet."""

    code: ItemCode = Field(alias="事项编码")
    name: PublicLine = Field(alias="事项名称")
    field: Label[t.ItemField] = Field(alias="领域")
    department_name: PublicLine = Field(alias="责任单位")
    department_code: Annotated[str, AfterValidator(_unit_code), CREDIT_CODE] = Field(
        alias="责任单位代码"
    )
    supervisor_name: PublicLine = Field(alias="监管单位")
    supervisor_code: Annotated[str, AfterValidator(_last_code), CREDIT_CODE] = Field(
        alias="监管单位代码"
    )

    def entry(self) -> ItemEntry:
        item = t.ListedItem(
            code=self.code,
            name=self.name,
            field=self.field,
            department=self._organ(self.department_code, self.department_name),
            supervisor=self._organ(self.supervisor_code, self.supervisor_name),
        )
        return ItemEntry(item, None)

    def _organ(self, code: str, name: str) -> Department:
        confirmed = self.code_confirmed if breaks_the_check(code) else None
        return Department(code=code, name=name, code_confirmed=confirmed)

    @property
    def key(self) -> Hashable:
        return self.code

    def organs(self) -> Iterator[tuple[str, str, str]]:
        yield "责任单位", self.department_code, self.department_name
        yield "监管单位", self.supervisor_code, self.supervisor_name


class CatalogueRow(ListedItemRow):
    """An item with its terms."""

    types: Annotated[Listed[Label[t.CommitmentType]], t.TYPES] = Field(alias="承诺类型")
    replaces: Label[t.Replaces] = Field(alias="替代内容")
    gate: Label[t.DecisionGate] = Field(alias="决定时点")
    primary: Listed[Primary] = Field((), alias="主要材料")
    secondary: Listed[Secondary] = Field((), alias="次要材料")
    conditions: Annotated[Listed[PublicText], t.STATEMENTS] = Field(alias="办理条件")
    standards: Annotated[Listed[PublicText], t.STATEMENTS] = Field(alias="办理标准")
    consequences: Annotated[Listed[PublicText], t.STATEMENTS] = Field(alias="违诺后果")
    supplement: Days = Field(alias="补交期限")
    inspection: Days = Field(alias="核查期限")
    rectification: Days = Field(alias="整改期限")
    measures: Annotated[Listed[Measure], t.MEASURES] = Field(alias="惩戒措施")
    measure_document: PublicLine = Field(alias="管理办法")
    legal_basis: Annotated[Listed[PublicLine], t.LEGAL_BASES] = Field(alias="设定依据")
    check: YesNo | None = Field(None, alias="是否实质核查")
    """None in a row that leaves it as it is."""
    materials: Materials = Field((), validate_default=True)
    """Primary and secondary materials together; this field has no column of its own."""

    @field_validator("materials", mode="before")
    @classmethod
    def _of_both_columns(cls, _: object, row: ValidationInfo) -> Materials:
        """Checks the valid columns against each other, even if other columns have errors."""
        materials = (*row.data.get("primary", ()), *row.data.get("secondary", ()))
        faults = t.material_faults(row.data.get("types", ()), materials)
        if len(materials) > t.MAX_MATERIALS:
            faults.setdefault(t.Weight.PRIMARY, f"最多{t.MAX_MATERIALS}项")
        if faults:
            reasons = {weight.label: reason for weight, reason in faults.items()}
            raise confirmation.between_columns(reasons)
        return materials

    @field_validator("conditions")
    @classmethod
    def _content_fits(cls, conditions: tuple[str, ...], row: ValidationInfo) -> tuple[str, ...]:
        materials = (*row.data.get("primary", ()), *row.data.get("secondary", ()))
        t.check_content(conditions, row.data.get("types", ()), materials)
        return conditions

    @field_validator("consequences")
    @classmethod
    def _liability_fits(cls, stated: tuple[str, ...], row: ValidationInfo) -> tuple[str, ...]:
        t.check_liability(stated, row.data.get("replaces"))
        return stated

    @property
    def periods(self) -> t.Periods:
        return t.Periods.model_validate(self, from_attributes=True)

    def entry(self) -> ItemEntry:
        terms = t.Terms.model_validate(self, from_attributes=True)
        terms = terms.model_copy(update={"substantive_check": bool(self.check)})
        return super().entry()._replace(terms=terms, leaves_the_check=self.check is None)


def _number(code: str, row: ValidationInfo) -> str:
    """Validates the number of a person by the document in the columns before it."""
    if "country" not in row.data or "document_kind" not in row.data:
        return code  # the row is refused already, for its document
    kind, country = row.data["document_kind"], row.data["country"]
    if (kind is IdentityKind.PASSPORT) is (country is None):
        raise ValueError("护照须填写签发国家，其他证件不填")
    known = row.data.get("subject_kind") and not row.data.get("code_confirmed")
    return document_number(kind, code) if kind and known else c.fits_the_subject(code, row)


def _subject_code(code: str, row: ValidationInfo) -> str:
    if row.data.get("subject_kind") is not c.CreditSubject.ORGANISATION:
        return _number(code, row)
    if row.data.get("document_kind") or row.data.get("country"):
        raise ValueError("证件类型、护照签发国家只由自然人填写")
    code = _unit_code(code, row)
    if row.data.get("code_confirmed") and not breaks_the_check(code):
        raise confirmation.needless()
    return code


class CreditRow(Row[c.CreditEntry]):
    """A record of the credit platform."""

    subject_kind: Label[c.CreditSubject] = Field(alias="主体类别")
    document_kind: Label[IdentityKind] | None = Field(None, alias="证件类型")
    country: Country | None = Field(None, alias="护照签发国家")
    subject_code: Annotated[str, AfterValidator(_subject_code), Field(repr=False)] = Field(
        alias="主体代码"
    )
    kind: Label[c.CreditRecordKind] = Field(alias="记录类型")
    document: DocumentNumber = Field(alias="文书号")
    decided_on: Date = Field(alias="认定日期")
    procedure: Annotated[Label[c.PenaltyProcedure] | None, c.ONLY_OF_A_PENALTY] = Field(
        None, alias="处罚程序"
    )
    duty_fulfilled: YesNo = Field(alias="义务已履行")
    repaired: YesNo = Field(alias="已修复")
    withdrawn_because: ShortText | None = Field(None, alias="撤销原因")

    def entry(self) -> c.CreditEntry:
        return c.CreditEntry.model_validate(self, from_attributes=True)

    @property
    def subject_document(self) -> IdentityDocument | None:
        kind = self.document_kind
        return IdentityDocument(kind=kind, country=self.country) if kind else None

    @property
    def key(self) -> Hashable:
        subject = identity_of(self.subject_document, self.subject_code)
        return self.subject_kind, subject, self.kind, number_key(self.document)

    @property
    def facts(self) -> dict[str, Hashable]:
        return super().facts | {"文书号": number_key(self.document)}

    @property
    def spelling(self) -> tuple[bool, str]:
        """Official documents write the year in 〔〕 (GB/T 9704)."""
        return "〔" in self.document, self.document


OPTIONAL_ITEM_COLUMNS = (*confirmation.COLUMNS, "是否实质核查")
"""Headers that a table of the catalogue may have: a confirmed code, a check by two officers."""

OPTIONAL_CREDIT_COLUMNS = (*confirmation.COLUMNS, "证件类型", "护照签发国家", "撤销原因")
"""Headers that a table of credit records may have: the document of a person, a confirmed code, a
withdrawn record."""

OPTIONAL_COLUMNS = frozenset((*OPTIONAL_ITEM_COLUMNS, *OPTIONAL_CREDIT_COLUMNS))


def _columns(model: type[Value]) -> tuple[str, ...]:
    columns = (field.alias for field in model.model_fields.values())
    return tuple(column for column in columns if column and column not in OPTIONAL_COLUMNS)


ITEM_COLUMNS = _columns(CatalogueRow)
"""Headers that a table of the catalogue must have."""

CREDIT_COLUMNS = _columns(CreditRow)
"""Headers that a table of credit records must have."""

_TERMS_COLUMNS = {
    field.alias
    for name, field in CatalogueRow.model_fields.items()
    if field.alias and name not in ListedItemRow.model_fields
}


# --- parsing ------------------------------------------------------------------------------------


def parse_item(row: int, cells: Cells) -> Parsed[ItemEntry]:
    """Parses a row of the catalogue; an item has no terms if all their cells are empty."""
    columns = (*ITEM_COLUMNS, *OPTIONAL_ITEM_COLUMNS)
    given = filled(cells, columns)
    listed_only = _TERMS_COLUMNS.isdisjoint(given)
    return parsed(row, given, ListedItemRow if listed_only else CatalogueRow, columns)


def parse_credit(row: int, cells: Cells) -> Parsed[c.CreditEntry]:
    """Parses a row of the credit platform's table."""
    columns = (*CREDIT_COLUMNS, *OPTIONAL_CREDIT_COLUMNS)
    return parsed(row, filled(cells, columns), CreditRow, columns)


def credit_of(today: date) -> Callable[[int, Cells], Parsed[c.CreditEntry]]:
    """Returns `parse_credit` for a table that comes on this day: no record is of a later one."""

    def parse(row: int, cells: Cells) -> Parsed[c.CreditEntry]:
        read = parse_credit(row, cells)
        errors = tuple(_ahead_of(today, row, read.value)) if read.value else ()
        return Parsed(None, errors) if errors else read

    return parse


def _ahead_of(today: date, row: int, entry: c.CreditEntry) -> Iterator[RowError]:
    """Yields an error for a record of the future, and for a person nobody alive can be."""
    if entry.decided_on > today:
        yield RowError(row, "认定日期", "认定日期不能晚于今天")
    person = entry.subject_kind is c.CreditSubject.PERSON
    born = birth_in(entry.subject_code) if person else None
    if born and (fault := birth_fault(born, today, "公民身份号码中的")):
        yield RowError(row, "主体代码", fault)
