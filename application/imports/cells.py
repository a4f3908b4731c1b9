"""Cell types: each parses a text, or rejects it with a reason that never repeats the text."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core.core_schema import CoreSchema, no_info_before_validator_function

from application.imports.dates import parse_date
from application.imports.typed_cell import TEXTS_ONLY, Cell, CellKind, Takes, damaged
from domain.catalogue.terms import Disposition, Material, SanctionMeasure, Weight, Workdays
from domain.values.characters import prints
from domain.values.folding import fold, tidy
from domain.values.identifiers import material_code
from domain.values.labels import Labelled
from domain.values.personal.screen import without_personal_data
from domain.values.texts import PublicLine, public_line
from domain.values.workdays import Day

T = TypeVar("T")
L = TypeVar("L", bound=Labelled)


class _ByLabel:
    def __get_pydantic_core_schema__(
        self, of: type[Labelled], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        members = {fold(member.label): member for member in of}

        def read(text: str) -> Labelled:
            if member := members.get(fold(text)):
                return member
            raise ValueError(f"应为：{'、'.join(member.label for member in of)}")

        return no_info_before_validator_function(read, handler(of))


def blank(cell: str | Cell) -> bool:
    """True if a person sees nothing in the cell."""
    return isinstance(cell, str) and not prints(cell)


def as_taken(cell: object, column: FieldInfo) -> object:
    """Returns the text of a cell.  Raises ValueError if its column does not take such a cell."""
    takes = next((each for each in column.metadata if isinstance(each, Takes)), TEXTS_ONLY)
    if isinstance(cell, str) and (kind := damaged(cell)):
        cell = Cell(kind, cell)
    return takes.text(cell) if isinstance(cell, Cell) else cell


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split("[；;]", text) if prints(part)]


def _each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        raise ValueError("有重复的项")
    return values


def _measure(text: str) -> SanctionMeasure:
    try:
        return SanctionMeasure(tidy(text))
    except ValueError:
        raise ValueError(f"应为：{'、'.join(SanctionMeasure)}") from None


_MARKS: dict[str, dict[str, object]] = {
    "承诺替代": {"replaced_by_promise": True},
    "全市共用": {"shareable": True},
    Disposition.STANDARDISED.label: {"disposition": Disposition.STANDARDISED},
    Disposition.CANCELLED.label: {"disposition": Disposition.CANCELLED},
    Disposition.SHARED_INTERNALLY.label: {"disposition": Disposition.SHARED_INTERNALLY},
}
"""What may stand behind the name of a material, each after a bar."""


def _material(text: str, weight: Weight) -> Material:
    code, *name = re.split("[:：]", text, maxsplit=1)
    if not name:
        raise ValueError("应写作“编号:名称”")
    called, *marks = re.split("[|｜]", name[0])
    facts: dict[str, Any] = {
        "code": without_personal_data(material_code(code)),
        "name": public_line(called),
    }
    for mark in map(tidy, marks):
        if mark not in _MARKS or _MARKS[mark].keys() & facts.keys():
            raise ValueError(f"名称后面的标注应为：{'、'.join(_MARKS)}，不能重复或者矛盾")
        facts |= _MARKS[mark]
    return Material(weight=weight, **facts)


def _workdays(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", tidy(text)):
        raise ValueError("应为工作日数，只写整数")
    return int(tidy(text))


def _document(text: str) -> str:
    if _MADE_BY_A_SPREADSHEET.fullmatch(tidy(text)):
        raise ValueError(CellKind.DATE.label)
    return text


_MADE_BY_A_SPREADSHEET = re.compile(
    r"(\d{4}年)?\d{1,2}月(\d{1,2}日)?|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}-[A-Z]{3}|[A-Z]{3}-\d{2}"
)
"""Dates as a spreadsheet shows them in place of document numbers such as 1-2."""


def _yes(text: str) -> bool:
    if (answer := fold(text)) not in ("是", "否"):
        raise ValueError("应为“是”或“否”")
    return answer == "是"


Label = Annotated[L, _ByLabel()]
"""A member of an enumeration, given by its label; its code is rejected."""
Listed = Annotated[tuple[T, ...], BeforeValidator(_parts), AfterValidator(_each_once)]
"""Items separated by semicolons."""
Measure = Annotated[SanctionMeasure, BeforeValidator(_measure)]
Primary = Annotated[Material, BeforeValidator(lambda text: _material(text, Weight.PRIMARY))]
Secondary = Annotated[Material, BeforeValidator(lambda text: _material(text, Weight.SECONDARY))]
Days = Annotated[Workdays, Takes(frozenset((CellKind.INTEGER,))), BeforeValidator(_workdays)]
Date = Annotated[
    Day,
    Takes(
        frozenset((CellKind.DATE, CellKind.INTEGER)),
        {
            CellKind.MOMENT: "单元格的日期带有零点以外的时间，请只填日期",
            CellKind.TIME: "单元格是时间，应为日期，如2026-03-05",
        },
    ),
    BeforeValidator(parse_date),
]
"""A date; a whole number is read too, if its digits are a date (20260305)."""
DocumentNumber = Annotated[
    PublicLine, Takes(frozenset((CellKind.INTEGER,))), BeforeValidator(_document)
]
"""A document number; comparisons ignore leading zeros, so that a small number loses nothing."""
YesNo = Annotated[bool, BeforeValidator(_yes)]
