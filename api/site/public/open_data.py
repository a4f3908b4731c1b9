"""Open data: the daily files, the result of a query as a file, the change feed (Atom)."""

from datetime import datetime
from http import HTTPStatus
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from api.downloads.changes import Change, Place, changes_after, last_changes
from api.downloads.disclosures import PUBLIC, query_file
from api.http.dependencies import Now, ReadDb, TheContainer, Today
from api.site.layout.rendering import page
from api.site.public.pages import PublicList
from domain.kernel.errors import NotFound
from domain.values.workdays import SHANGHAI
from infrastructure.open_data.columns import COLUMNS
from infrastructure.spreadsheets.writers import MEDIA, Format
from projections.disclosures.projection import PublicStatus

_ATOM = "http://www.w3.org/2005/Atom"  # a name, not a place
_FEED_SIZE = 50
_NO_SUCH_FORMAT = "没有这种格式，可以下载 csv、xlsx 和 ndjson"
_NOT_THERE = "没有这个文件。文件每天重新制作，只保留当天的"

router = APIRouter(include_in_schema=False)


@router.get("/data", response_class=HTMLResponse)
async def open_data(request: Request, container: TheContainer) -> Response:
    manifest = container.daily_files.today()
    context = {"manifest": manifest, "columns": COLUMNS, "address": container.settings.address}
    return page(request, "data.html", context)


@router.get("/data/{name}")
async def daily_file(container: TheContainer, name: str) -> Response:
    if (path := container.daily_files.path(name)) is None:
        raise NotFound(_NOT_THERE)
    media = MEDIA[Format(path.suffix.removeprefix("."))]
    return FileResponse(path, media_type=media, filename=name, headers={"Cache-Control": PUBLIC})


@router.get("/download.{format}")
async def download(
    request: Request, read_db: ReadDb, today: Today, format: str, asked: PublicList
) -> Response:
    """What the list shows with the same filters, all pages in one file.

    A wrong filter leads back to the list, which says what is wrong.
    """
    if format not in [*Format]:
        raise NotFound(_NO_SUCH_FORMAT)
    if asked.wrong:
        there = f"{request.state.root}/?{request.url.query}"
        return RedirectResponse(there, HTTPStatus.SEE_OTHER)
    return await query_file(read_db, asked.filters, Format(format), today)


@router.get("/feed.atom")
async def feed(
    read_db: ReadDb,
    today: Today,
    now: Now,
    container: TheContainer,
    after: str | None = None,
) -> Response:
    """The last changes; with `after`, those after this place, in order."""
    if after:
        changes, place = await changes_after(read_db, Place.parsed(after, today), today, _FEED_SIZE)
    else:
        changes, place = await last_changes(read_db, today, _FEED_SIZE)
    text = _atom(changes, place, container.settings.address, now)
    return Response(text, headers={"Cache-Control": PUBLIC}, media_type="application/atom+xml")


def _atom(changes: list[Change], place: Place, address: str, now: datetime) -> bytes:
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN"})
    _add(root, "id", f"{address}/feed.atom")
    _add(root, "title", "义马市政务信用承诺公示：变化")
    _add(root, "updated", _instant(max((each.at for each in changes), default=now)))
    _add(root, "link", rel="self", href=f"{address}/feed.atom")
    _add(root, "link", rel="alternate", href=f"{address}/", type="text/html")
    _add(root, "link", rel="next", href=f"{address}/feed.atom?after={place}")
    author = ET.SubElement(root, "author")
    _add(author, "name", "信诺")
    for change in changes:
        root.append(_entry(change, address))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _entry(change: Change, address: str) -> ET.Element:
    """The entry of one change; that of an end says no more than its code."""
    entry = ET.Element("entry")
    where = f"{address}/disclosures/{change.code}"
    _add(entry, "id", f"{where}#{change.position}-{change.kind}")
    subject = change.code if change.entry is None else change.entry.subject_name
    _add(entry, "title", f"{change.kind.label}：{subject}")
    _add(entry, "updated", _instant(change.at))
    _add(entry, "category", term=change.kind.value, label=change.kind.label)
    _add(entry, "link", rel="alternate", href=where, type="text/html")
    _add(entry, "summary", _summary(change))
    return entry


def _summary(change: Change) -> str:
    if change.entry is None:
        return "公示期满，不再公示；转载的也应当删除。"
    status = PublicStatus(change.entry.status).label
    return f"{change.entry.reason}（{change.entry.accepting_org}），{status}"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
