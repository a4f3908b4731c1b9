"""One page of a list as the pages of auditors show it, with the number of all its rows."""

from typing import Any

from api.http.dependencies import COUNTED, ReadDatabase
from projections.read_model.keyset import Keyset, Place, Rows

PAGE_SIZE = 50
NOTHING: dict[str, Any] = {"rows": [], "after": None, "total": 0, "counted": COUNTED}
"""What is shown of a list whose filters were refused."""


async def listed(
    read_db: ReadDatabase, rows: Rows, order: Keyset, place: Place, size: int | None = None
) -> dict[str, Any]:
    """Returns one page, the cursor of the next, and how many rows there are (`counted` at most)."""
    page, after = await read_db.page(rows, order, size or PAGE_SIZE, place)
    return {"rows": page, "after": after, "total": await read_db.count(rows), "counted": COUNTED}
