"""Events of the acceptance track: what must be put right was asked and came, it was accepted."""

from typing import Annotated

from domain.case.acceptance.values import Asked
from domain.case.promise.materials import HandedIn
from domain.documents.served import SERVED, Serving
from domain.kernel.aggregate import Event
from domain.values.identifiers import Sha256
from domain.values.parties import ONLY_IF_SET
from domain.values.workdays import Day, Deadline


class CorrectionAsked(
    Event,
    Serving,
    topic="case/correction-asked",
    shows=SERVED,
    made_here=(*SERVED,),
    words={"asked": "需要补正的内容", "what": "怎样补正", "correct_by": "补正期限"},
):
    """The applicant was told once of everything that must be put right (行政许可法 32)."""

    asked: Asked
    correct_by: Deadline


class CorrectionReceived(
    Event,
    HandedIn,
    topic="case/correction-received",
    shows={"scans.digest": "补正的材料", "form": "补正的申请书"},
    words={"received_on": "收到补正材料的日期", "form": "补正的申请书"},
):
    """The applicant handed in what was asked; it counts from the day on which it came."""

    received_on: Day
    form: Annotated[Sha256 | None, ONLY_IF_SET] = None
    """The application form itself, if it was put right."""
    accept_by: Deadline


class ApplicationAccepted(
    Event, Serving, topic="case/application-accepted", shows=SERVED, made_here=(*SERVED,)
):
    """The application was accepted (受理) after it had been received."""

    query_by: Deadline
