"""The type of a typed date, and lists without repetitions."""

from datetime import date, datetime
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.values.lists import each_once
from domain.values.workdays import Day

NO_DAY = [
    "2026-01-01T00:00:00",
    "2026-01-01 00:00",
    "20260101",
    "2026-W01-4",
    "2026-1-1",
    "２０２６-01-01",
    "2026-02-30",
    "1798761600",
    1798761600,
    1798761600.0,
    True,
    "",
    " 2026-01-01",
    "0001-01-01",
    "0020-01-01",
    "0997-01-01",
    "1948-12-31",
    "2200-01-01",
    "9999-12-31",
    datetime(2026, 1, 1),  # noqa: DTZ001 - neither is an instant a day
]


@pytest.mark.parametrize("typed", NO_DAY, ids=repr)
def test_what_is_not_plainly_a_day_is_refused_with_a_chinese_reason(typed):
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(Day).validate_python(typed)
    (error,) = refusal.value.errors()
    assert error["type"] == "value_error"
    assert "日期" in error["msg"]
    assert not str(typed) or str(typed) not in error["msg"]


@settings(max_examples=500, deadline=None)
@given(st.dates(date(1949, 1, 1), date(2199, 12, 31)))
def test_every_plausible_day_is_read_as_itself_from_text_and_from_a_date(day):
    assert TypeAdapter(Day).validate_python(day) == day
    assert TypeAdapter(Day).validate_python(day.isoformat()) == day
    assert TypeAdapter(Day).validate_json(f'"{day}"') == day


# lists ------------------------------------------------------------------------------------------

NAMES = TypeAdapter(Annotated[tuple[str, ...], each_once()])


@pytest.mark.parametrize(
    "entries",
    [
        ("H1", "H1"),
        ("王", "李", "王"),
        ("z-01", "Z-01"),
        ("z-01", "ｚ－01"),
        ("阿依·古丽", "阿依•古丽"),
    ],
)
def test_a_list_in_which_an_entry_stands_twice_is_refused(entries):
    with pytest.raises(ValidationError, match="同一项不能列两次"):
        NAMES.validate_python(entries)


@pytest.mark.parametrize("entries", [(), ("H1",), ("H1", "H2"), ("z-01", "z-10", "z-011")])
def test_a_list_of_different_entries_is_taken_as_it_is(entries):
    assert NAMES.validate_python(entries) == entries
