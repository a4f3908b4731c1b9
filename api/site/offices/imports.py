"""The page that imports a table: first a report of every row, then, with the same file, the import.

Nothing of the file stays on the server between the two: the form names its SHA-256, and the file
is chosen again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from rich.console import Console
from sqlalchemy import Row
from starlette.datastructures import UploadFile

from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.problems import in_words
from api.imports import Order, excluded_organisations, load_catalogue, load_credit
from api.site.layout.office import office_page
from api.site.session.dependencies import SignedIn
from application.access.permissions import permit_role
from application.imports.columns import ImportTable
from application.imports.report import Change, Report
from domain.kernel.errors import DomainError, NotFound
from infrastructure.container import Container
from infrastructure.spreadsheets.reader import SheetError
from projections.worklist import projection as worklist

IMPORTS = "/desk/imports"
SHOWN = 200
"""Rows of the report on the page."""
SILENT = Console(quiet=True)
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Importing(NamedTuple):
    """One kind of table: the right to import it, and what does it."""

    right: str
    load: Callable[[Container, Path, Console, Order], Report]


TABLES = {
    ImportTable.CATALOGUE: Importing("list", load_catalogue),
    ImportTable.CREDIT: Importing("credit", load_credit),
}


@dataclass(frozen=True)
class Upload:
    """What was sent: the file, and whether this very file was checked before."""

    name: str
    content: bytes
    checked: str
    approved_by: str

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def is_confirmed(self) -> bool:
        return bool(self.checked) and self.checked == self.digest

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The file in a folder of its own, which is removed afterwards."""
        with TemporaryDirectory(prefix="import-") as folder:
            path = Path(folder) / f"table{Path(self.name).suffix.lower()}"
            path.write_bytes(self.content)
            yield path


@router.get(f"{IMPORTS}/{{table}}")
async def show_import(request: Request, table: str, by: SignedIn) -> Response:
    which = _table(table)
    permit_role(by, TABLES[which].right)
    return office_page(request, by, "offices/import.html", _page(which))


@router.post(f"{IMPORTS}/{{table}}")
async def take_table(
    request: Request,
    table: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    read_db: ReadDb,
) -> Response:
    which = _table(table)
    permit_role(by, TABLES[which].right)
    upload = await _upload(request)
    context = _page(which) | {"upload": upload}
    if not upload.content:
        return _refused(request, by, context, "请选择一个文件")
    try:
        order = Order(by.person, not upload.is_confirmed, approved_by=upload.approved_by or None)
        report = await threads.write(_load, container, which, upload, order)
        diverted = await _diverted(read_db, container, which, upload, order)
    except (SheetError, DomainError, ValidationError) as error:
        return _refused(request, by, context, _sentence(error))
    context |= {"report": report, "rows": _rows(report), "diverted": diverted}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if report.refused else HTTPStatus.OK
    return office_page(request, by, "offices/import.html", context, status)


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return in_words(first["type"], first["msg"])
    return str(error)


def _load(container: Container, which: ImportTable, upload: Upload, order: Order) -> Report:
    with upload.on_disk() as path:
        return TABLES[which].load(container, path, SILENT, order)


async def _diverted(
    read_db: ReadDatabase, container: Container, which: ImportTable, upload: Upload, order: Order
) -> list[Row[Any]]:
    """The undecided cases of the organisations that the table would exclude."""
    if which is not ImportTable.CREDIT or upload.is_confirmed:
        return []

    def codes() -> set[str]:
        with upload.on_disk() as path:
            return excluded_organisations(container, path, order)

    excluded = await read_db.threads.read(codes)
    return list(await read_db.all(worklist.undecided(excluded))) if excluded else []


async def _upload(request: Request) -> Upload:
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            content = await file.read() if isinstance(file, UploadFile) else b""
            name = file.filename or "" if isinstance(file, UploadFile) else ""
            checked, approved = str(form.get("checked", "")), str(form.get("approved_by", ""))
    except (FormParserError, UnicodeDecodeError) as error:
        raise HTTPException(400) from error
    return Upload(name, content, checked, approved)


def _rows(report: Report) -> list[Any]:
    """The rows that a person must look at: the refused ones first, then those that change."""
    told = [row for row in report.rows if row.change not in (Change.NEW, Change.SAME)]
    return sorted(told, key=lambda row: row.change is not Change.REFUSED)[:SHOWN]


def _table(name: str) -> ImportTable:
    if name not in set(ImportTable):
        raise NotFound("没有这种表格")
    return ImportTable(name)


def _page(which: ImportTable) -> dict[str, Any]:
    told: dict[str, Any] = {"report": None, "rows": [], "diverted": [], "wrong": "", "upload": None}
    return {"table": which, "address": f"{IMPORTS}/{which.value}"} | told


def _refused(request: Request, by: Any, context: dict[str, Any], message: str) -> Response:
    wrong = context | {"wrong": message}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return office_page(request, by, "offices/import.html", wrong, status)
