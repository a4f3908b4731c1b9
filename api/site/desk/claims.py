"""Claiming a line of the workbench (认领) and giving it back: a claim bars nobody."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field, TypeAdapter

from api.http.dependencies import Now, TheContainer, TheThreads
from api.site.layout.office import PRIVATE
from api.site.session.dependencies import SEE_OTHER, Form, SignedIn, local_address
from application.access.permissions import permit
from domain.case.lifecycle import ACTIONS
from domain.kernel.errors import NotFound
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from infrastructure.container import Container
from infrastructure.worklist.claims import GONE, OneDuty

router = APIRouter(include_in_schema=False)


class ClaimForm(BaseModel):
    """What a button of a line sends."""

    case: RecordId
    action: Annotated[str, Field(max_length=20)]
    about: Annotated[str, Field(max_length=20)] = ""
    step: Literal["take", "give_back"]
    back: str = ""

    @property
    def duty(self) -> OneDuty:
        return OneDuty(self.case, self.action, self.about)


_read: Any = TypeAdapter(ClaimForm).validate_python


@router.post("/desk/claims")
async def change_claim(
    by: SignedIn, form: Form, container: TheContainer, threads: TheThreads, now: Now
) -> Response:
    """Raises NotPermitted, or NotFound if it is done: then there is nothing to claim."""
    sent: ClaimForm = _read(form)
    await threads.read(_require_open, container, by, sent.duty)
    if sent.step == "take":
        await threads.write(container.claims.take, sent.duty, by.person, now)
    else:
        await threads.write(container.claims.give_back, sent.duty, by.person)
    return RedirectResponse(local_address(sent.back) or "/desk", SEE_OTHER, PRIVATE)


def _require_open(container: Container, by: Actor, duty: OneDuty) -> None:
    """Raises NotPermitted if this person may not do it, NotFound if nobody can do it now."""
    case = container.casework.show(by, duty.case_id)
    if duty.action in ACTIONS:
        permit(by, duty.action, case.pinned.item)
    if duty.action not in container.casework.actions(case, by, container.clock()):
        raise NotFound(GONE)
