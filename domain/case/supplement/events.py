"""Events of the supplement track: a deferred material is supplied, accepted or returned."""

from domain.documents.served import SERVED, Serving
from domain.kernel.aggregate import Event
from domain.values.identifiers import MaterialCode, Sha256
from domain.values.texts import LongText
from domain.values.workdays import Deadline


class MaterialSupplied(
    Event,
    topic="case/material-supplied",
    shows={"digest": "补交材料{event.material}"},
    words={"review_by": "审核期限"},
):
    material: MaterialCode
    digest: Sha256
    review_by: Deadline


class MaterialAccepted(Event, topic="case/material-accepted"):
    material: MaterialCode


class MaterialReturned(
    Event, Serving, topic="case/material-returned", shows=SERVED, made_here=(*SERVED,)
):
    material: MaterialCode
    reason: LongText
    due: Deadline
