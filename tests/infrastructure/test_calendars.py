"""The shipped calendar files are whole, and a changed one is refused by name."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from domain.values.workdays import WorkCalendar
from infrastructure.calendar.loader import FOLDER, load_calendar, read_calendar, seal

YEARS = range(2020, 2027)
NAMES = [*(f"{year}.json" for year in YEARS), "statutory.json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "holidays"))


def content(name: str) -> dict:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_exactly_the_named_years_are_shipped():
    assert sorted(path.name for path in FOLDER.glob("*.json")) == NAMES


def test_the_calendar_is_read_once():
    assert isinstance(load_calendar(), WorkCalendar)
    assert load_calendar() is load_calendar()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_one_changed_digit_is_refused_by_name(folder, name):
    path = folder / name
    written = path.read_bytes()
    path.write_bytes(written.replace(b"-10-01", b"-10-09", 1))
    assert path.read_bytes() != written
    with pytest.raises(ValueError, match=f"{name} 与其校验和不符"):
        read_calendar(folder)


def test_no_single_damaged_byte_changes_a_year_unnoticed(folder):
    path, whole = folder / "2026.json", content("2026.json")
    written = path.read_bytes()
    for place, byte in enumerate(written):
        path.write_bytes(written[:place] + bytes([byte ^ 1]) + written[place + 1 :])
        try:
            read_calendar(folder)
        except ValueError as refusal:
            assert "2026.json" in str(refusal)
        else:  # white space between the values has no meaning
            assert json.loads(path.read_bytes()) == whole


@pytest.mark.parametrize("damaged", ["", "[]", "null", "{", "{}", '{"year": 2026}'])
def test_a_file_that_is_no_sealed_record_is_refused_by_name(folder, damaged):
    (folder / "2026.json").write_text(damaged, encoding="utf-8")
    with pytest.raises(ValueError, match=r"2026\.json"):
        read_calendar(folder)


def test_a_year_added_with_its_seal_extends_the_coverage(folder):
    year = {"year": 2027, "holidays": ["2027-01-01"], "workdays": [], "source": "测试"}
    sealed = json.dumps(year | {"sha256": seal(year)})
    (folder / "2027.json").write_text(sealed, encoding="utf-8")
    assert read_calendar(folder).covered_until.isoformat() == "2027-12-31"


@pytest.mark.parametrize("year", YEARS)
def test_a_year_names_the_notice_that_arranged_it(year):
    named = content(f"{year}.json")
    assert named["year"] == year
    assert f"国务院办公厅关于{year}年部分节假日安排的通知" in named["source"]


def test_each_year_ahead_has_the_thirteen_statutory_days_less_those_that_coincide():
    ahead = content("statutory.json")["years"]
    # 2028: 中秋 falls on 10-03, which is 国庆 already
    assert {year: len(set(days)) for year, days in ahead.items()} == {
        "2027": 13,
        "2028": 12,
        "2029": 13,
        "2030": 13,
    }
    fixed = Counter(day[5:] for days in ahead.values() for day in days)
    assert {day for day, seen in fixed.items() if seen == len(ahead)} == {
        *("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
    }
