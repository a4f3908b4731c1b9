"""Imports a table into the catalogue or the credit register: all of its rows, or none."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from application.access.permissions import Role
from application.execution.context import CommandContext
from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    Cells,
    Parsed,
    RowError,
    parse_credit,
    parse_item,
)
from domain.case.values import Channel
from domain.values.parties import Actor, Department
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import read_rows

T = TypeVar("T")
IMPORTER = Actor(
    person="import",
    role=Role.CATALOG_ADMIN,
    department=Department(code="11411281005807006L", name="义马市政务服务和大数据管理局"),
)
"""The actor of every import: the office that maintains the list (工作方案 六·一)."""


class BadRows(Exception):
    """The table has invalid cells; `errors` lists all of them."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def load_catalogue(container: Container, path: Path, console: Console) -> tuple[int, int]:
    """Import every item of a table.  Returns the number of rows and the number of changed items.

    Raises BadRows, before anything is written, if a cell is invalid.
    """
    entries = _parsed(path, ITEM_COLUMNS, parse_item, console)
    changed = 0
    for entry in track(entries, "写入清单", console=console):
        context = CommandContext(IMPORTER, container.clock(), Channel.SYSTEM, causation="import")
        changed += container.catalogue.load(context, entry.item, entry.terms)
    return len(entries), changed


def load_credit(container: Container, path: Path, console: Console) -> int:
    """Import every record of a table into the credit register.  Returns the number of rows.

    Raises BadRows, before anything is written, if a cell is invalid.
    """
    entries = _parsed(path, CREDIT_COLUMNS, parse_credit, console)
    return container.register.take_in(track(entries, "写入信用登记册", console=console))


def _parsed(
    path: Path,
    columns: Collection[str],
    parse: Callable[[int, Cells], Parsed[T]],
    console: Console,
) -> list[T]:
    """The values of all rows.  Raises BadRows with the errors of all rows."""
    sheet = read_rows(path, columns)
    rows = [parse(*row) for row in track(sheet, "检查表格", total=len(sheet), console=console)]
    if errors := [error for row in rows for error in row.errors]:
        raise BadRows(errors)
    return [row.value for row in rows if row.value is not None]
