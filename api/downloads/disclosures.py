"""The public list to take away: the result of a query, its length, and one entry."""

from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from fastapi.responses import StreamingResponse
from sqlalchemy import Row, Select

from api.http.dependencies import ReadDatabase
from api.http.parameters.filters import DisclosureFilters
from domain.kernel.errors import NoLongerPublic, NotFound
from domain.values.workdays import in_chinese
from infrastructure.open_data.files import result_file
from infrastructure.spreadsheets.writers import MEDIA, NAME_SUFFIXES, Format
from projections.disclosures import queries as disclosure

PUBLIC = "public, max-age=60"
_CHUNK = 65_536


async def query_file(
    read_db: ReadDatabase, filters: DisclosureFilters, format: Format, today: date
) -> StreamingResponse:
    """Returns all entries that match, in the order of the page.  Raises TooManyRows."""
    rows = filters.rows(today, await read_db.matching_cases(filters.q))
    file = await read_db.threads.read(result_file, read_db.engine, format, rows, filters.order)
    name = f"disclosures-{today:%Y%m%d}{NAME_SUFFIXES.get(format, '')}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": PUBLIC}
    return StreamingResponse(_chunks(file), headers=headers, media_type=MEDIA[format])


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


async def total(read_db: ReadDatabase, rows: Select[Any]) -> int | None:
    """Returns the number of entries of a list.  Returns None if there are too many to count."""
    (counted,) = await read_db.all(disclosure.counted(rows))
    number: int = counted.number
    return number if number <= disclosure.COUNTED else None


async def public_entry(read_db: ReadDatabase, today: date, code: str) -> Row[Any]:
    """Returns the entry with this code.  Raises NoLongerPublic or NotFound."""
    for entry in await read_db.all(disclosure.by_code(today, code)):
        return entry
    for ended in await read_db.all(disclosure.ended(today, code)):
        last = in_chinese(ended.public_until)
        raise NoLongerPublic(f"这条信息的公示期到{last}为止，期满后依法不再公示")
    raise NotFound("没有这条公示信息。自然人的承诺和没有作出决定的事项不公示")
