"""The process that reads one file: it limits itself, reads standard input, and writes lines.

Each row is a line of JSON, `[number, [cell, …]]`; the last line is an object: the header, the name
of the sheet and the notes, or the reason of the refusal.  `python -m` runs it (see `reader.py`).
"""

import json
import resource
import sys
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from infrastructure.spreadsheets.reading import bounds, csv_records
from infrastructure.spreadsheets.reading.archive import opened
from infrastructure.spreadsheets.reading.bounds import TOO_LARGE, SheetError
from infrastructure.spreadsheets.reading.sheet_choice import SheetTable
from infrastructure.spreadsheets.reading.table import Table
from infrastructure.spreadsheets.reading.workbook import Workbook

Answer = Iterator[Any]


def answer(
    file: BinaryIO,
    suffix: str,
    required: Collection[str] = (),
    sheet: str | None = None,
    optional: Collection[str] = (),
) -> Iterator[bytes]:
    """Yields the lines that `reader.Sheet` is made of; their sum is bounded."""
    left = bounds.MAX_RESULT
    try:
        for line in _READERS[suffix](file, required, sheet, optional):
            written = _written(line)
            left -= len(written)
            if left < 0:
                raise SheetError(TOO_LARGE)
            yield written
    except SheetError as reason:
        yield _written({"refused": str(reason)})
    except MemoryError:
        yield _written({"refused": TOO_LARGE})


def _written(line: Any) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _csv(
    file: BinaryIO, required: Collection[str], sheet: str | None, optional: Collection[str]
) -> Answer:
    encoding = csv_records.encoding_of(file)
    table = Table(csv_records.rows(file, encoding), required, optional)
    yield from table.lines()
    yield {"header": table.header, "sheet": "", "notes": list(table.notes())}


def _xlsx(
    file: BinaryIO, required: Collection[str], sheet: str | None, optional: Collection[str]
) -> Answer:
    with opened(file) as archive:
        chosen = SheetTable(Workbook(archive), required, sheet, optional)
        yield from chosen.lines()
        yield {"header": chosen.table.header, "sheet": chosen.name, "notes": list(chosen.notes())}


_READERS = {".csv": _csv, ".xlsx": _xlsx}


def _limit_itself() -> None:
    """Bounds memory and time of this process, and forbids it to write files."""
    for limit, value in (
        (resource.RLIMIT_DATA, bounds.MAX_DATA),
        (resource.RLIMIT_CPU, bounds.SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    _limit_itself()
    suffix, sheet, count, *names = sys.argv[1:]
    required, optional = names[: int(count)], names[int(count) :]
    lines = answer(sys.stdin.buffer, suffix, required, sheet or None, optional)
    sys.stdout.buffer.writelines(lines)


if __name__ == "__main__":
    main()
