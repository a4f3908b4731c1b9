"""Imports a table into the catalogue or the credit register: all of its rows, or none."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass
from rich.console import Console
from rich.progress import track

from application.access.permissions import Role
from application.catalogue.loading import Approval
from application.execution.context import CommandContext
from application.imports.changes import Numbered, Report, each_once, report
from application.imports.differences import (
    ahead_of,
    differing_credit,
    differing_items,
    names_in_conflict,
)
from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    OPTIONAL_CREDIT_COLUMNS,
    Cells,
    Parsed,
    RowError,
    parse_credit,
    parse_item,
)
from domain.case.values import Channel
from domain.values.parties import Actor, Department
from domain.values.staff import StaffId
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import SheetError, read_rows

T = TypeVar("T")
OFFICE = Department(code="11411281005807006L", name="义马市政务服务和大数据管理局")
"""The office that maintains the list (工作方案 六·一); every import is made for it."""


class BadRows(Exception):
    """The table has invalid cells; `errors` lists all of them."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class Order:
    """Who imports, and what the person allows beyond new records."""

    by: StaffId = "import"
    """Staff id of the person who imports."""
    dry_run: bool = False
    """True if everything is checked and nothing is written."""
    restore: bool = False
    """True if a withdrawn credit record comes back when the table contains it."""
    sheet: str | None = None
    """The sheet of a workbook; None takes the only one that can be the table."""
    approved_by: StaffId | None = None
    """Staff id of the person who approved the changes of active items; None allows no change."""


BY_THE_OFFICE = Order()
"""An import whose importer is not named, and that changes nothing of active items."""


def load_catalogue(
    container: Container, path: Path, console: Console, order: Order = BY_THE_OFFICE
) -> Report:
    """Imports every item of a table, or none.  Returns the outcome of every row.

    Nothing is written if a row is refused, or on a dry run.  Raises BadRows if a cell is invalid.
    """
    rows, notes = _parsed(path, order, ITEM_COLUMNS, parse_item, console)
    sorted_out = each_once(rows, lambda entry: entry.item.code, differing_items)
    _refuse([*sorted_out.errors, *names_in_conflict(rows)])
    context = CommandContext(_actor(order), container.clock(), Channel.SYSTEM, causation="import")
    approval = Approval(order.approved_by, order.dry_run)
    entries = [each.value for each in sorted_out.records]
    return report(
        sorted_out, container.catalogue.load(context, entries, approval), notes, order.dry_run
    )


def load_credit(
    container: Container, path: Path, console: Console, order: Order = BY_THE_OFFICE
) -> Report:
    """Imports every record of a table into the credit register, or none.

    Returns the outcome of every row.  Nothing is written if a row is refused, or on a dry run.
    Raises BadRows if a cell is invalid.
    """
    rows, notes = _parsed(
        path, order, CREDIT_COLUMNS, parse_credit, console, OPTIONAL_CREDIT_COLUMNS
    )
    sorted_out = each_once(rows, lambda entry: entry.key, differing_credit)
    _refuse([*sorted_out.errors, *ahead_of(local_date(container.clock()), rows)])
    entries = [each.value for each in sorted_out.records]
    taken = container.register.take_in(
        entries, by=order.by, restore=order.restore, dry_run=order.dry_run
    )
    return report(sorted_out, taken, notes, order.dry_run)


def _actor(order: Order) -> Actor:
    return Actor(person=order.by, role=Role.CATALOG_ADMIN, department=OFFICE)


def _refuse(errors: Sequence[RowError]) -> None:
    if errors:
        raise BadRows(errors)


def _parsed(
    path: Path,
    order: Order,
    columns: Collection[str],
    parse: Callable[[int, Cells], Parsed[T]],
    console: Console,
    optional: Collection[str] = (),
) -> tuple[list[Numbered[T]], Sequence[str]]:
    """Returns the values of all rows, and what was not read.

    Raises BadRows with the errors of all rows, SheetError if the table has no row.
    """
    sheet = read_rows(path, columns, order.sheet, optional)
    if not len(sheet):
        raise SheetError("表格里没有一行内容，什么也没有导入")
    rows = [
        (number, parse(number, cells))
        for number, cells in track(sheet, "检查表格", total=len(sheet), console=console)
    ]
    _refuse([error for _, row in rows for error in row.errors])
    return [Numbered(n, row.value) for n, row in rows if row.value is not None], sheet.notes
