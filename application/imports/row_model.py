"""The base of the row models: validates the cells of one row, and compares it with other rows."""

import dataclasses
from abc import abstractmethod
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from application.imports import confirmation
from application.imports.cells import as_taken, blank
from application.imports.consistency import Comparable
from application.imports.typed_cell import Cell
from domain.values.parties import CodeConfirmation, Value
from domain.values.staff import StaffId
from domain.values.texts import ShortText

T = TypeVar("T")
Cells = Mapping[str, str | Cell]


@dataclass(frozen=True)
class RowError:
    """The error in one cell; its reason never repeats the text of the cell."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"第{self.row}行“{self.column}”：{self.reason}"


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """The value of a row, or all its errors."""

    value: T | None
    errors: tuple[RowError, ...] = ()
    row: Comparable[T] | None = dataclasses.field(default=None, repr=False)
    """The cells of a valid row, to compare it with other rows."""


class Row(Value, Generic[T]):
    """The columns of one type of row; two of them may hold the confirmation of its codes."""

    confirmed_by: StaffId | None = Field(None, alias=confirmation.BY)
    confirmed_on: ShortText | None = Field(None, alias=confirmation.REASON)
    code_confirmed: CodeConfirmation | None = Field(None, validate_default=True)
    """The confirmation out of both columns; this field has no column of its own."""

    @field_validator("code_confirmed", mode="before")
    @classmethod
    def _of_two_columns(cls, _: object, row: ValidationInfo) -> CodeConfirmation | None:
        return confirmation.of_row(row.data)

    @field_validator("*", mode="before")
    @classmethod
    def _as_its_column_takes(cls, cell: object, info: ValidationInfo) -> object:
        return as_taken(cell, cls.model_fields[str(info.field_name)])

    @abstractmethod
    def entry(self) -> T:
        """Returns the domain value of the row."""

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """What the row is about; two rows with one key are about one record."""

    @property
    def facts(self) -> dict[str, Hashable]:
        """The value of each column, as comparisons see it."""
        fields = type(self).model_fields.items()
        return {field.alias: getattr(self, name) for name, field in fields if field.alias}

    @property
    def spelling(self) -> tuple[bool, str]:
        """How the row spells its key; of equal rows, the one with the highest spelling is kept."""
        return True, ""

    def organs(self) -> Iterator[tuple[str, str, str]]:
        """Yields a column, a code and the name that the row gives to the organ of this code."""
        yield from ()


def filled(cells: Cells, columns: tuple[str, ...]) -> Cells:
    return {column: cells[column] for column in columns if not blank(cells.get(column, ""))}


def parsed(number: int, cells: Cells, model: type[Row[T]], columns: Collection[str]) -> Parsed[T]:
    """Validates the cells of a row; its errors come in the order of the columns."""
    try:
        row = model.model_validate(cells)
    except ValidationError as refusal:
        reasons = _reasons(refusal)
        at_fault = (column for column in columns if column in reasons)
        return Parsed(None, tuple(RowError(number, at, reasons[at]) for at in at_fault))
    return Parsed(row.entry(), row=row)


_REASONS = {
    "missing": "不能为空",
    "too_short": "不能为空",
    "too_long": "最多{max_length}项",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
}


def _reasons(refusal: ValidationError) -> dict[str, str]:
    """Returns the reason by column; an error of the cell itself hides one between columns."""
    alone: dict[str, list[str]] = {}
    between: dict[str, str] = {}
    for error in refusal.errors(include_url=False, include_input=False):
        context = error.get("ctx", {})
        if error["type"] == "between_columns":
            between |= context
            continue
        column, *index = error["loc"]
        item = f"第{int(index[0]) + 1}项" if index else ""
        reason = context.get("error") or _REASONS[error["type"]].format(**context)
        alone.setdefault(str(column), []).append(f"{item}{reason}")
    return between | {column: "；".join(reasons) for column, reasons in alone.items()}
