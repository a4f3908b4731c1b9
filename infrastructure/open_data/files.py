"""Files of public entries: the result of a query, or a whole list, read page by page."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, Row, Select

from domain.kernel.errors import DomainError
from infrastructure.open_data.columns import TITLES, facts, texts
from infrastructure.spreadsheets.writers import Format, writer
from projections.disclosures.queries import COUNTED
from projections.read_model.keyset import Keyset

PAGE_SIZE = 1000
"""Number of rows that are read and written at a time."""


class TooManyRows(DomainError):
    """The result of a query is longer than a file of it may be."""

    code = "too-many-rows"
    title = "结果太多，不能做成一个文件"


def write_entries(
    engine: Engine, path: Path, format: Format, rows: Select[Any], order: Keyset, most: int | None
) -> int:
    """Writes the entries to a file and returns their number.

    Raises TooManyRows if there are more than `most`.
    """
    count = 0
    with writer(path, format, TITLES, texts) as write:
        for page in _pages(engine, rows, order):
            count += len(page)
            if most is not None and count > most:
                raise TooManyRows(f"超过{most}条，请缩小查询范围，或者下载每日文件")
            for row in page:
                write(facts(row._asdict()))
    return count


def result_file(engine: Engine, format: Format, rows: Select[Any], order: Keyset) -> BinaryIO:
    """Returns the result of a query as an open file without a name.  Raises TooManyRows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result"
        write_entries(engine, path, format, rows, order, COUNTED)
        descriptor = os.open(path, os.O_RDONLY)
    return os.fdopen(descriptor, "rb")


def _pages(engine: Engine, rows: Select[Any], order: Keyset) -> Iterator[list[Row[Any]]]:
    key: str | None = None
    while True:
        with engine.connect() as db:
            selected = list(db.execute(order.page(rows, PAGE_SIZE, key)))
        page, key = order.split(selected, PAGE_SIZE)
        yield page
        if key is None:
            return
