"""The commands for tables: import the catalogue or credit records, write their templates."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.console import AS_IT_IS, complain, interruptible, opened, say
from api.imports import Order, load_catalogue, load_credit
from application.imports.columns import ImportTable
from application.imports.report import Change, Report, RowOutcome
from domain.values.credit import CreditRecordKind, CreditSubject, Withdrawal
from infrastructure.container import Container
from infrastructure.credit_platform.register import IMPORTER
from infrastructure.spreadsheets.templates import file_name, template
from infrastructure.spreadsheets.writers import Format, writer

SHOWN = 100
"""Rows of the report on the screen; the file of `--report` has all of them."""
QUIET = (Change.NEW, Change.SAME, Change.REFUSED)
"""Changes that are not shown row by row; the reasons of a refusal are."""
tables = typer.Typer(help="从 CSV 或 XLSX 表格导入", no_args_is_help=True)
app = typer.Typer()
TableFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV 或 XLSX")]
By = Annotated[str, typer.Option(help="导入人的人员编号，记录在案")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")]
Sheet = Annotated[str | None, typer.Option(help="读取工作簿里的哪一张表")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="把每一行的结果写到这个 CSV 文件")
]
Load = Callable[[Container, Path, Console, Order], Report]


@tables.command("catalogue")
def import_catalogue(
    path: TableFile,
    by: By = IMPORTER,
    approved_by: Annotated[
        str | None, typer.Option(help="批准修订已启用事项的人员编号，不能是导入人")
    ] = None,
    dry_run: DryRun = False,
    sheet: Sheet = None,
    report: ReportFile = None,
) -> None:
    """导入信用承诺事项清单：全部导入，或者什么也不导入"""
    _import(load_catalogue, path, Order(by, dry_run, sheet=sheet, approved_by=approved_by), report)


@tables.command("template")
def write_template(
    table: Annotated[ImportTable, typer.Argument(help="catalogue 事项清单，credit 信用记录")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", dir_okay=False, help="写到这个文件")
    ] = None,
) -> None:
    """写出导入用的 Excel 模板：文本格式的列、下拉列表、示例和填写说明"""
    path = out or Path(file_name(table))
    try:
        path.write_bytes(template(table))
    except OSError:
        raise typer.BadParameter("文件写不下去") from None
    say.print(f"已写出模板 {path}，请在“填写”表里填写", **AS_IT_IS)


@tables.command("credit")
def import_credit(
    path: TableFile,
    by: By = IMPORTER,
    restore: Annotated[bool, typer.Option("--restore", help="恢复表格中已经撤销的记录")] = False,
    dry_run: DryRun = False,
    sheet: Sheet = None,
    report: ReportFile = None,
) -> None:
    """导入信用记录：全部导入，或者什么也不导入"""
    _import(load_credit, path, Order(by, dry_run, restore, sheet), report)


@app.command()
def withdraw_credit(
    subject_kind: Annotated[CreditSubject, typer.Option(help="主体类别")],
    kind: Annotated[CreditRecordKind, typer.Option(help="记录类型")],
    document: Annotated[str, typer.Option(help="文书号")],
    because: Annotated[str, typer.Option(help="撤销原因")],
    by: Annotated[str, typer.Option(help="撤销人的人员编号，记录在案")],
    subject_code: Annotated[
        str, typer.Option(prompt="主体代码", hide_input=True, help="主体代码；不填则另行询问")
    ],
) -> None:
    """撤销一条信用记录：记录和原因保留，不再据以排除"""
    record = {"subject_kind": subject_kind, "subject_code": subject_code, "kind": kind}
    withdrawal = Withdrawal.model_validate(
        record | {"document": document, "because": because, "by": by}
    )
    with opened() as container:
        container.register.withdraw(withdrawal)
    say.print("已撤销1条信用记录")


def _import(load: Load, path: Path, order: Order, file: Path | None) -> None:
    with opened() as container:
        with interruptible("什么也没有导入"):
            report = load(container, path, say, order)
        if report.written:
            with interruptible("表格已经全部导入，列表由运行中的服务跟上"):
                container.projector.catch_up_all()
    if file:
        _write(report, file)
    _show(report)
    if report.refused:
        count = sum(len(row.reasons) for row in report.refused)
        complain.print(f"[red]共{count}处有误，什么也没有导入[/red]")
        raise typer.Exit(1)
    say.print(f"检查完毕，没有写入：{report}" if order.dry_run else f"已导入：{report}")


def _show(report: Report) -> None:
    """Prints what was not read, the reasons of refused rows, and the rows that stand out."""
    for note in report.notes:
        say.print(note, **AS_IT_IS)
    for line in [line for row in report.refused for line in row.lines()][:SHOWN]:
        complain.print(line, **AS_IT_IS)
    told = [row for row in report.rows if row.change not in QUIET]
    if told:
        say.print(_table(told[:SHOWN]))
    if len(told) > SHOWN:
        say.print(f"另有{len(told) - SHOWN}行没有显示，--report 文件里有每一行")


def _table(rows: Sequence[RowOutcome]) -> Table:
    table = Table("行", "结果", "说明")
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    return table


def _write(report: Report, file: Path) -> None:
    with writer(file, Format.CSV, ("行", "结果", "说明"), lambda row: row["cells"]) as write:
        for row in report.rows:
            write({"cells": _cells(row)})


def _cells(row: RowOutcome) -> tuple[str, str, str]:
    return str(row.row), row.change.label, "；".join(row.reasons)
