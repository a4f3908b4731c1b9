"""The evidence page: how far the log is sealed, its public keys, and the last verification."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.downloads.evidence import StreamEvidence
from api.http.access_log import TheAccessLog
from api.http.dependencies import TheContainer, TheThreads
from api.site.auditor.in_hand import LABELS, InHand, found_events
from api.site.layout.asked import Asked, asked
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, Form, SignedInAuditor, form_key
from application.access.access_log import ReadSubject
from application.execution.ports import AlreadyDone
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.event_store.batch import Key
from infrastructure.event_store.request_keys import claim, command_id
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.tree import root

EVIDENCE = "/audit/evidence"
VERIFYING = sha256(b"verify").hexdigest()
"""The fingerprint of the form; it has no fields."""
MAX_VERIFIED = 200_000
"""Size in events of the longest log that this page verifies, which takes about 20 seconds.

For a longer log the page names the command to run.
"""

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class SealView(NamedTuple):
    """The newest checkpoint; `agrees` is true if the tree and the keys still confirm it."""

    note: str
    size: int
    sealed_at: datetime
    agrees: bool


@router.get(EVIDENCE)
async def show_evidence(
    request: Request,
    by: SignedInAuditor,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    asked: Annotated[Asked[InHand], Depends(asked(InHand))],
) -> Response:
    """The state of the log and, if asked for, the events of a number or a paper in hand."""
    found, sought = None, asked.filters.find
    if sought is not None:
        await access_log.note(by, ReadSubject.SEARCH, find=str(sought))
        found = await threads.work_long(found_events, container, sought)
    state = await threads.read(_state, container)
    shown = state | {"asked": asked, "labels": LABELS, "found": found}
    return office_page(request, by, "evidence.html", shown, asked.status)


@router.post(EVIDENCE)
async def verify_now(
    by: SignedInAuditor, form: Form, container: TheContainer, threads: TheThreads
) -> Response:
    """Verify the whole log, unless it is longer than MAX_VERIFIED, once for each form."""
    is_first = await threads.write(_is_first, container, by, form_key(form))
    if is_first and container.log_size() <= MAX_VERIFIED:
        await threads.work_long(container.verifier.verify)
    return RedirectResponse(f"{EVIDENCE}#verified", SEE_OTHER, PRIVATE)


@router.get("/audit/streams/{stream_id}/bundle")
async def take_bundle(
    stream_id: RecordId, by: SignedInAuditor, evidence: StreamEvidence
) -> Response:
    """The evidence bundle of any stream, as a file."""
    return await evidence.bundle(by, stream_id)


def _is_first(container: Container, by: Actor, key: str | None) -> bool:
    """False if this form has been sent before."""
    if key is None:
        return True
    claimed = Key(command_id(by, key), VERIFYING, container.clock())
    try:
        with writing(container.engine).begin() as db:
            claim(db, claimed, uuid4())
    except AlreadyDone:
        return False
    return True


def _state(container: Container) -> dict[str, Any]:
    size = container.log_size()
    return {
        "size": size,
        "seal": _seal(container),
        "keys": container.log_keys,
        "origin": container.sealer.origin,
        "verdict": container.verifier.last(),
        "too_long": size > MAX_VERIFIED,
        "form_key": uuid4(),
        "witnesses": container.cosigning.states(),
    }


def _seal(container: Container) -> SealView | None:
    if (newest := container.proofs.newest()) is None:
        return None
    try:
        _, *signed = checkpoint_of(newest.note, container.log_keys)
    except Broken:
        signed = []
    tree_agrees = newest.root == root(container.proofs.tile, newest.size)
    agrees = tree_agrees and signed == [newest.size, newest.root]
    return SealView(newest.note, newest.size, newest.sealed_at, agrees)
