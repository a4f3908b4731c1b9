"""Materials that the city held already: shown with the case, and opened for a stated purpose."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from api.downloads.files import TheFiles
from api.http.dependencies import Who
from api.http.problems import REFUSALS
from api.openapi.files import file_of
from domain.case.case import Case
from domain.files.values import MediaType
from domain.kernel.record_ids import RecordId
from domain.values.identifiers import MaterialCode
from domain.values.parties import Department
from domain.values.texts import ShortText

router = APIRouter(prefix="/api/v1/cases/{case_id}/reused", tags=["files"], responses=REFUSALS)


@dataclass(slots=True)
class ReusedView:
    """A material that a department held already, so that nobody was asked for it."""

    code: str
    name: str
    holder: Department
    case_id: UUID
    """The case that holds it."""
    href: str
    """Opens it, for a purpose."""


def reused_of(case: Case) -> list[ReusedView]:
    """Returns what was not asked for in this case."""
    names = {m.code: m.name for m in case.terms.materials}
    return [
        ReusedView(
            code=each.material,
            name=names[each.material],
            holder=each.holder,
            case_id=each.case,
            href=f"/api/v1/cases/{case.id}/reused/{each.material}",
        )
        for each in case.in_hand.reused
    ]


@router.get(
    "/{material}",
    summary="本市已经持有、本案没有索要的一份材料；须有用途，记入持有单位的案卷",
    response_class=Response,
    responses={200: file_of(*MediaType)},
)
async def open_reused_material(
    case_id: RecordId,
    material: Annotated[MaterialCode, Path()],
    by: Who,
    files: TheFiles,
    purpose: Annotated[ShortText, Query(description="查阅的用途")],
) -> Response:
    return await files.reused(by, case_id, material, purpose)
