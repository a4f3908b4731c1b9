"""The page of the credit office: what the platform has not been told, what the public sees."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Row

from api.http.dependencies import Now, ReadDatabase, ReadDb, TheContainer, TheThreads, Today
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedIn
from application.access.permissions import permit_role
from infrastructure.outbox.outbox import OLDEST_FIRST, STUCK, Entry, MessageState, entries
from projections.disclosures import queries as disclosure
from projections.read_model.keyset import Place
from projections.worklist import projection as worklist

CREDIT = "/desk/credit"
PAGE_SIZE = 50
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get(CREDIT)
async def show_outbox(
    request: Request,
    by: SignedIn,
    read_db: ReadDb,
    now: Now,
    today: Today,
    container: TheContainer,
    threads: TheThreads,
    state: Annotated[MessageState | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:
    permit_role(by, "credit")
    place = Place.of("credit", cursor, {"state": state})
    rows, after = await read_db.page(entries(state), OLDEST_FIRST, PAGE_SIZE, place)
    cases = await read_db.all(worklist.summaries({row.case_id for row in rows}))
    context = {
        "messages": [Entry.of(row) for row in rows],
        "cases": {row.case_id: row for row in cases},
        "standing": await threads.read(container.outbox.standing, now),
        "newest": await _newest(read_db, today),
    } | {"stuck": STUCK, "chosen": state, "after": after}
    return office_page(request, by, "offices/credit.html", context)


async def _newest(read_db: ReadDatabase, today: date) -> list[Row[Any]]:
    """The entries that the public sees first."""
    public, first = disclosure.public_list(today), Place.of("shown", None, {})
    rows, _ = await read_db.page(public, disclosure.NEWEST_FIRST, PAGE_SIZE, first)
    return rows


@router.post(f"{CREDIT}/retry")
async def retry(
    by: SignedIn, form: Form, now: Now, container: TheContainer, threads: TheThreads
) -> Response:
    """Tells the platform again what it has returned, or what was given up: one or all."""
    permit_role(by, "credit")
    sent = form.get("position", "")
    position = int(sent) if sent.isascii() and sent.isdecimal() else None
    await threads.write(container.outbox.renew, now, position)
    return RedirectResponse(CREDIT, SEE_OTHER, PRIVATE)
