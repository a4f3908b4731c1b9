"""Downloads of Excel templates, from which tables are filled in and imported."""

from urllib.parse import quote

from fastapi import Response

from application.imports.columns import ImportTable
from infrastructure.spreadsheets.templates import file_name, template
from infrastructure.spreadsheets.writers import MEDIA, Format

TEMPLATES = "/api/v1/templates"


def template_file(table: ImportTable) -> Response:
    """Returns the template as a file with a Chinese name; it holds no data of anybody."""
    name = f"attachment; filename=\"{table}.xlsx\"; filename*=UTF-8''{quote(file_name(table))}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-cache"}
    return Response(template(table), 200, headers, MEDIA[Format.XLSX])
