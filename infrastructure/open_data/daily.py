"""The daily files: both public lists whole, in every format, made anew on each day.

What has ended must be in no file of the next day, so only the files of today are given.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine, Select

from domain.values.workdays import local_date
from infrastructure.open_data.files import write_entries
from infrastructure.spreadsheets.writers import NAME_SUFFIXES, Format
from projections.disclosures.queries import LATEST_SANCTION_FIRST, NEWEST_FIRST, public_list
from projections.read_model.keyset import Keyset

DRAFT = ".draft"
MANIFEST = "manifest.json"


class DailyList(NamedTuple):
    name: str
    title: str
    sanctioned: bool
    order: Keyset

    def rows(self, today: date) -> Select[Any]:
        return public_list(today, sanctioned=self.sanctioned)


LISTS = (
    DailyList("commitments", "承诺公示名单", False, NEWEST_FIRST),
    DailyList("sanctions", "失信公示名单", True, LATEST_SANCTION_FIRST),
)


class DailyFile(BaseModel):
    """One file as the page of open data lists it."""

    name: str
    title: str
    format: Format
    rows: int
    size: int
    """In bytes."""
    sha256: str


class Manifest(BaseModel):
    """The files of one day."""

    day: date
    made_at: datetime
    files: list[DailyFile]


@dataclass(frozen=True)
class DailyFiles:
    engine: Engine
    clock: Callable[[], datetime]
    is_current: Callable[[], bool]
    """True if the public list shows the whole log; files of a list that lags are not made."""
    folder: Path

    def today(self) -> Manifest | None:
        """Returns the files of today; None if they are not made yet, or not on this machine."""
        manifest = self._manifest()
        is_today = manifest and manifest.day == local_date(self.clock())
        return manifest if is_today else None

    def path(self, name: str) -> Path | None:
        """Returns the path of a file of today, by its name."""
        names = {file.name for file in manifest.files} if (manifest := self.today()) else set()
        return self.folder / name if name in names else None

    def make(self, stopped: Callable[[], bool]) -> None:
        """Makes the files of today, unless they are there; removes those of other days."""
        if self.today() or not self.is_current():
            return
        now = self.clock()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = []
        for each in self._written(local_date(now)):
            if stopped():
                return
            files.append(each)
        manifest = Manifest(day=local_date(now), made_at=now, files=files)
        draft = self.folder / f"{MANIFEST}{DRAFT}"
        draft.write_text(manifest.model_dump_json(), "utf-8")
        draft.replace(self.folder / MANIFEST)
        for path in self.folder.iterdir():
            if path.name not in {MANIFEST, *(file.name for file in files)}:
                path.unlink()

    def _written(self, today: date) -> Iterator[DailyFile]:
        for each in LISTS:
            for format in Format:
                suffix = NAME_SUFFIXES.get(format, "")
                name = f"{each.name}-{today:%Y%m%d}{suffix}.{format}"
                draft = self.folder / f"{name}{DRAFT}"
                rows = each.rows(today)
                count = write_entries(self.engine, draft, format, rows, each.order, None)
                with draft.open("rb") as file:
                    digest = file_digest(file, "sha256").hexdigest()
                size = draft.stat().st_size
                draft.replace(self.folder / name)
                facts = {"name": name, "title": each.title, "format": format}
                yield DailyFile(**facts, rows=count, size=size, sha256=digest)

    def _manifest(self) -> Manifest | None:
        try:
            return Manifest.model_validate_json((self.folder / MANIFEST).read_text("utf-8"))
        except (FileNotFoundError, ValidationError, json.JSONDecodeError):
            return None
