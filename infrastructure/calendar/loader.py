"""Loads the working-day calendar from the sealed year files in `holidays/`.

Each file contains the SHA-256 of its own content (canonical JSON without the checksum).  A year
edited by accident therefore stops the service at start and cannot move deadlines unnoticed.
"""

import json
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from domain.calendar.festivals import widest
from domain.values.workdays import CalendarYear, WorkCalendar

FOLDER = Path(__file__).parent / "holidays"

_STATUTORY = TypeAdapter(dict[int, frozenset[date]])


@cache
def load_calendar() -> WorkCalendar:
    """Returns the calendar that is shipped with the service."""
    return read_calendar(FOLDER)


def read_calendar(folder: Path) -> WorkCalendar:
    """Reads a calendar from a folder: a file for each year, e.g. `2026.json`, and `statutory.json`.

    Raises ValueError if a file does not match its checksum.
    """
    years = [
        CalendarYear.model_validate(_unsealed(path)) for path in sorted(folder.glob("[0-9]*.json"))
    ]
    statutory = _STATUTORY.validate_python(_unsealed(folder / "statutory.json")["years"])
    return WorkCalendar(years, {year: widest(days) for year, days in statutory.items()})


def seal(content: dict[str, Any]) -> str:
    """The SHA-256 of the content as canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _unsealed(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None  # not JSON: refused below, like any other change
    if not isinstance(content, dict) or content.pop("sha256", None) != seal(content):
        raise ValueError(f"节假日文件 {path.name} 与其校验和不符，可能已被改动")
    return content
