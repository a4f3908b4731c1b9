"""The command `xinnuo import template`: writes the Excel template of a table."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import AS_IT_IS, say
from application.imports.columns import ImportTable
from infrastructure.spreadsheets.templates import file_name, template


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
