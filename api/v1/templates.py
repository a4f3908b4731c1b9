"""Public endpoint of Excel templates: they hold no data, so nobody needs to sign in."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.downloads.templates import TEMPLATES, template_file
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from application.imports.columns import ImportTable
from infrastructure.spreadsheets.writers import MEDIA, Format

router = APIRouter(prefix=TEMPLATES, tags=["templates"], responses=REFUSALS)
_WORKBOOK = "Excel 工作簿：“填写”表供填写和导入，另有“示例”和“填写说明”"


@router.get(
    "/{table}.xlsx",
    summary="导入模板：文本格式的列、下拉列表、示例和填写说明；不含任何数据，不需要令牌",
    responses={200: file_of(MEDIA[Format.XLSX], description=_WORKBOOK)},
    response_class=Response,
)
def get_template(
    table: Annotated[ImportTable, Path(description="catalogue 信用承诺事项清单，credit 信用记录")],
) -> Response:
    return template_file(table)
