"""Rows of a table become catalogue items and credit records, or every reason why they cannot.

A row arrives as the texts of its cells by column header.  Each column says where its value goes
and how its text reads; the domain then judges the values.  A row is reported column by column,
with all that is wrong in it, so that a person mends a table once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.catalogue.terms import (
    CommitmentType,
    DecisionGate,
    ItemField,
    ListedItem,
    Material,
    Replaces,
    SanctionMeasure,
    Terms,
    Weight,
)
from domain.values.credit import CreditEntry, CreditRecordKind, CreditSubject, PenaltyProcedure
from domain.values.identifiers import material_code, tidy
from domain.values.labels import Labelled
from domain.values.parties import long_text, short_text

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Cells = Mapping[str, str]


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell; the reason never repeats what the cell says."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"第{self.row}行“{self.column}”：{self.reason}"


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """The value of a row, or everything that is wrong with it."""

    value: T | None
    errors: tuple[RowError, ...] = ()


class ItemEntry(NamedTuple):
    """An item of the catalogue; without terms it is listed but cannot be opened yet."""

    item: ListedItem
    terms: Terms | None


# --- how the text of a cell reads ----------------------------------------------------------------


def _text(text: str) -> str:
    return text


def _label(of: type[Labelled]) -> Callable[[str], Labelled]:
    members = {member.label: member for member in of}

    def read(text: str) -> Labelled:
        if text not in members:
            raise ValueError(f"应为：{'、'.join(members)}")
        return members[text]

    return read


def _each(read: Callable[[str], T]) -> Callable[[str], list[T]]:
    def read_all(text: str) -> list[T]:
        values, reasons = [], []
        for place, part in enumerate(filter(str.strip, re.split("[；;]", text)), start=1):
            try:
                values.append(read(part.strip()))
            except ValueError as refusal:
                reasons.append(f"第{place}项{refusal}")
        if reasons:
            raise ValueError("；".join(reasons))
        if len(set(map(repr, values))) != len(values):
            raise ValueError("有重复的项")
        return values

    return read_all


def _measure(text: str) -> SanctionMeasure:
    try:
        return SanctionMeasure(tidy(text))
    except ValueError:
        raise ValueError(f"应为：{'、'.join(SanctionMeasure)}") from None


def _materials(weight: Weight) -> Callable[[str], list[Material]]:
    def read(text: str) -> Material:
        code, *name = re.split("[:：]", text, maxsplit=1)
        if not name:
            raise ValueError("应写作“编号:名称”")
        return Material(code=material_code(code), name=short_text(*name), weight=weight)

    return _each(read)


def _workdays(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", tidy(text)):
        raise ValueError("应为工作日数，只写整数")
    return int(tidy(text))


def _day(text: str) -> date:
    numbers = re.fullmatch(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?", tidy(text))
    try:
        if numbers:
            return date(*map(int, numbers.groups()))
    except ValueError:
        pass  # 2月30日
    raise ValueError("应为日期，如2026-03-05")


def _yes(text: str) -> bool:
    if text not in ("是", "否"):
        raise ValueError("应为“是”或“否”")
    return text == "是"


# --- which column says what ----------------------------------------------------------------------


class _Column(NamedTuple):
    path: str
    """Where in the model the value goes; two columns may fill one list."""
    read: Callable[[str], Any] = _text
    may_be_empty: bool = False


Columns = Mapping[str, _Column]
Between = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


_ITEM = {
    "事项编码": _Column("code"),
    "事项名称": _Column("name"),
    "领域": _Column("field", _label(ItemField)),
    "责任单位": _Column("department.name"),
    "责任单位代码": _Column("department.code"),
    "监管单位": _Column("supervisor.name"),
    "监管单位代码": _Column("supervisor.code"),
}

_TERMS = {
    "承诺类型": _Column("types", _each(_label(CommitmentType))),
    "替代内容": _Column("replaces", _label(Replaces)),
    "决定时点": _Column("gate", _label(DecisionGate)),
    "主要材料": _Column("materials", _materials(Weight.PRIMARY), may_be_empty=True),
    "次要材料": _Column("materials", _materials(Weight.SECONDARY), may_be_empty=True),
    "办理条件": _Column("conditions", _each(long_text)),
    "办理标准": _Column("standards", _each(long_text)),
    "违诺后果": _Column("consequences", _each(long_text)),
    "补交期限": _Column("periods.supplement", _workdays),
    "核查期限": _Column("periods.inspection", _workdays),
    "整改期限": _Column("periods.rectification", _workdays),
    "惩戒措施": _Column("measures", _each(_measure)),
    "管理办法": _Column("measure_document"),
    "设定依据": _Column("legal_basis", _each(short_text)),
}

_CREDIT = {
    "主体类别": _Column("subject_kind", _label(CreditSubject)),
    "主体代码": _Column("subject_code"),
    "记录类型": _Column("kind", _label(CreditRecordKind)),
    "文书号": _Column("document"),
    "认定日期": _Column("decided_on", _day),
    "处罚程序": _Column("procedure", _label(PenaltyProcedure)),
    "义务已履行": _Column("duty_fulfilled", _yes),
    "已修复": _Column("repaired", _yes),
}

ITEM_COLUMNS = (*_ITEM, *_TERMS)
"""The headers a table of the catalogue must have."""

CREDIT_COLUMNS = tuple(_CREDIT)
"""The headers a table of credit records must have."""


# --- from a row to a value -----------------------------------------------------------------------


def parse_item(row: int, cells: Cells) -> Parsed[ItemEntry]:
    """A row of the catalogue; its terms are left out when all their cells are empty."""
    table_row = _Row(row, cells)
    item = table_row.build(ListedItem, _ITEM)
    terms = None
    if any(table_row.text(column) for column in _TERMS):
        terms = table_row.build(Terms, _TERMS, _between_columns)
    if item is None or table_row.errors:
        return Parsed(None, tuple(table_row.errors))
    return Parsed(ItemEntry(item, terms))


def parse_credit(row: int, cells: Cells) -> Parsed[CreditEntry]:
    """A row of the credit platform's table."""
    table_row = _Row(row, cells)
    entry = table_row.build(CreditEntry, _CREDIT)
    return Parsed(entry, tuple(table_row.errors))


class _Row:
    def __init__(self, number: int, cells: Cells) -> None:
        self.number = number
        self.errors: list[RowError] = []
        self._cells = cells

    def text(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def build(self, model: type[M], columns: Columns, between: Between = lambda _: ()) -> M | None:
        """The value these columns make up; or none, and an error for each column at fault."""
        content, refused = self._read(columns)
        for column, why in between(content):
            refused.setdefault(column, why)
        try:
            value = model.model_validate(content)
        except ValidationError as refusal:
            for error in refusal.errors(include_url=False, include_input=False):
                if error["loc"] or not refused:  # of the whole: `between` knows its column better
                    refused.setdefault(_column_at(error["loc"], columns), _reason(error))
        self.errors += [RowError(self.number, at, refused[at]) for at in columns if at in refused]
        return None if refused else value

    def _read(self, columns: Columns) -> tuple[dict[str, Any], dict[str, str]]:
        content: dict[str, Any] = {}
        refused: dict[str, str] = {}
        for column, (path, read, may_be_empty) in columns.items():
            *outer, name = path.split(".")
            inside = content.setdefault(outer[0], {}) if outer else content
            if not (text := self.text(column)) and not may_be_empty:
                continue  # the model knows whether it can do without
            try:
                value = read(text)
            except ValueError as refusal:
                refused[column] = str(refusal)
                continue
            inside[name] = [*inside.get(name, ()), *value] if isinstance(value, list) else value
        return content, refused


def _between_columns(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no column shows alone; said here so that it is said beside the other errors."""
    materials: list[Material] = content.get("materials", [])
    known: set[str] = set()
    for material in materials:
        if material.code in known:
            yield material.weight.label, "材料编号有重复"
        known.add(material.code)
    secondary = any(material.weight is Weight.SECONDARY for material in materials)
    if CommitmentType.DEFERRED_MATERIALS in content.get("types", ()) and not secondary:
        yield Weight.SECONDARY.label, "容缺受理型须至少有一份次要材料"


_REASONS = {
    "missing": "不能为空",
    "too_short": "不能为空",
    "too_long": "最多{max_length}项",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
}


def _reason(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    return str(context.get("error") or _REASONS[error["type"]].format(**context))


def _column_at(place: tuple[int | str, ...], columns: Columns) -> str:
    """The column that fills this place; the first one, should no column fill it alone."""
    path = ".".join(map(str, place))
    at_fault = (column for column, (known, *_) in columns.items() if known == path)
    return next(at_fault, next(iter(columns)))
