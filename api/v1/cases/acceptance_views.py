"""Views of the acceptance of an application, and of what was asked before it."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.case import events as e
from domain.case.case import Case
from domain.case.stages import Acceptance
from domain.values.workdays import Deadline


@dataclass(slots=True)
class ToPutRightView:
    """One thing to put right; without a material it is the application form."""

    material: str | None
    name: str
    what: str


@dataclass(slots=True)
class CorrectionView:
    """Everything that the applicant was asked to put right, and what came."""

    asked_on: date
    correct_by: Deadline
    asked: list[ToPutRightView]
    received_on: date | None
    """None as long as nothing came."""
    submitted: list[str]
    """Codes of the materials that came."""
    form: str | None
    """The SHA-256 of the application form, if it was put right."""


@dataclass(slots=True)
class AcceptanceView:
    state: Acceptance
    state_label: str
    accepted_at: datetime | None
    correction: CorrectionView | None


def acceptance_view(case: Case) -> AcceptanceView:
    return AcceptanceView(
        state=case.acceptance,
        state_label=case.acceptance.label,
        accepted_at=case.accepted_at,
        correction=_correction(case),
    )


def _correction(case: Case) -> CorrectionView | None:
    asked, came = case.last(e.CorrectionAsked), case.last(e.CorrectionReceived)
    if asked is None:
        return None
    names = {each.code: each.name for each in case.terms.materials}
    rows = [
        ToPutRightView(
            each.material, names[each.material] if each.material else "申请书", each.what
        )
        for each in asked.asked
    ]
    return CorrectionView(
        asked_on=asked.day,
        correct_by=asked.correct_by,
        asked=rows,
        received_on=came.received_on if came else None,
        submitted=[*came.submitted] if came else [],
        form=came.form if came else None,
    )
