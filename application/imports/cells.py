"""Cell types: each parses a text, or rejects it with a reason that never repeats the text."""

import re
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler
from pydantic_core.core_schema import CoreSchema, no_info_before_validator_function

from domain.catalogue.terms import Material, SanctionMeasure, Weight, Workdays
from domain.values.folding import tidy
from domain.values.identifiers import material_code
from domain.values.labels import Labelled
from domain.values.personal.screen import without_personal_data
from domain.values.texts import public_line
from domain.values.workdays import Day

T = TypeVar("T")
L = TypeVar("L", bound=Labelled)


class _ByLabel:
    def __get_pydantic_core_schema__(
        self, of: type[Labelled], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        members = {member.label: member for member in of}

        def read(text: str) -> Labelled:
            if text not in members:
                raise ValueError(f"应为：{'、'.join(members)}")
            return members[text]

        return no_info_before_validator_function(read, handler(of))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split("[；;]", text) if part.strip()]


def _each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        raise ValueError("有重复的项")
    return values


def _measure(text: str) -> SanctionMeasure:
    try:
        return SanctionMeasure(tidy(text))
    except ValueError:
        raise ValueError(f"应为：{'、'.join(SanctionMeasure)}") from None


def _material(text: str, weight: Weight) -> Material:
    code, *name = re.split("[:：]", text, maxsplit=1)
    if not name:
        raise ValueError("应写作“编号:名称”")
    return Material(
        code=without_personal_data(material_code(code)), name=public_line(*name), weight=weight
    )


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
        pass  # a day that does not exist, e.g. 2月30日
    raise ValueError("应为日期，如2026-03-05")


def _yes(text: str) -> bool:
    if text not in ("是", "否"):
        raise ValueError("应为“是”或“否”")
    return text == "是"


Label = Annotated[L, _ByLabel()]
"""A member of an enumeration, given by its label; its code is rejected."""
Listed = Annotated[tuple[T, ...], BeforeValidator(_parts), AfterValidator(_each_once)]
"""Items separated by semicolons."""
Measure = Annotated[SanctionMeasure, BeforeValidator(_measure)]
Primary = Annotated[Material, BeforeValidator(lambda text: _material(text, Weight.PRIMARY))]
Secondary = Annotated[Material, BeforeValidator(lambda text: _material(text, Weight.SECONDARY))]
Days = Annotated[Workdays, BeforeValidator(_workdays)]
Date = Annotated[Day, BeforeValidator(_day)]
YesNo = Annotated[bool, BeforeValidator(_yes)]
