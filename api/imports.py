"""Imports a table into the catalogue or the credit register: all of its rows, or none."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass
from rich.console import Console
from rich.progress import track

from application.access.permissions import Role
from application.catalogue.loading import Approval
from application.execution.context import CommandContext
from application.imports.report import Outcome, Report
from application.imports.row_model import Cells
from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    OPTIONAL_CREDIT_COLUMNS,
    OPTIONAL_ITEM_COLUMNS,
    ItemEntry,
    credit_of,
    parse_item,
)
from application.imports.tables import take_in
from domain.values.credit import CreditEntry, CreditSubject, exclusion_of
from domain.values.parties import Actor, Channel, Department
from domain.values.staff import StaffId
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.credit_platform.register import IMPORTER
from infrastructure.spreadsheets.reader import Sheet, SheetError, read_rows

OFFICE = Department(code="11411281005807006L", name="义马市政务服务和大数据管理局")
"""The office that maintains the list (工作方案 六·一); every import is made for it."""


@dataclass(frozen=True, config=ConfigDict(hide_input_in_errors=True))
class Order:
    """Who imports, and what the person allows beyond new records."""

    by: StaffId = IMPORTER
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

    Nothing is written if a row is refused, or on a dry run.  Raises SheetError if there is no row.
    """
    context = CommandContext(_actor(order), container.clock(), Channel.SYSTEM, causation=IMPORTER)

    def load(entries: Sequence[ItemEntry], dry_run: bool) -> Sequence[Outcome]:
        approval = Approval(order.approved_by, dry_run)
        return container.catalogue.load(context, entries, approval)

    sheet = _read(path, order, ITEM_COLUMNS, OPTIONAL_ITEM_COLUMNS)
    rows = _tracked(sheet, console)
    return take_in(rows, parse_item, load, sheet.notes, dry_run=order.dry_run)


def load_credit(
    container: Container, path: Path, console: Console, order: Order = BY_THE_OFFICE
) -> Report:
    """Imports every record of a table into the credit register, or none.

    Returns the outcome of every row.  Nothing is written if a row is refused, or on a dry run.
    Raises SheetError if there is no row.
    """
    by = _actor(order).person

    def load(entries: Sequence[CreditEntry], dry_run: bool) -> Sequence[Outcome]:
        how = {"restore": order.restore, "dry_run": dry_run}
        return container.register.take_in(entries, by=by, **how)

    sheet = _read(path, order, CREDIT_COLUMNS, OPTIONAL_CREDIT_COLUMNS)
    parse = credit_of(local_date(container.clock()))
    return take_in(_tracked(sheet, console), parse, load, sheet.notes, dry_run=order.dry_run)


def excluded_organisations(container: Container, path: Path, order: Order) -> set[str]:
    """Returns the codes of the organisations that the records of a table would exclude.

    Raises SheetError if there is no row.
    """
    parse = credit_of(local_date(container.clock()))
    parsed = (
        parse(*row).row for row in _read(path, order, CREDIT_COLUMNS, OPTIONAL_CREDIT_COLUMNS)
    )
    records = (row.entry() for row in parsed if row is not None)
    return {
        each.subject_code
        for each in records
        if exclusion_of(each) and each.subject_kind is CreditSubject.ORGANISATION
    }


def _actor(order: Order) -> Actor:
    return Actor(person=order.by, role=Role.CATALOG_ADMIN, department=OFFICE)


def _read(path: Path, order: Order, columns: Collection[str], optional: Collection[str]) -> Sheet:
    """Returns the rows, with notes on what was not read.  Raises SheetError if there is no row."""
    sheet = read_rows(path, columns, order.sheet, optional)
    if not len(sheet):
        raise SheetError("表格里没有一行内容，什么也没有导入")
    return sheet


def _tracked(sheet: Sheet, console: Console) -> Iterator[tuple[int, Cells]]:
    yield from track(sheet, "检查表格", total=len(sheet), console=console)
