"""Views of the decision of a case, of the check before it and of its delivery."""

from dataclasses import dataclass
from datetime import date

from domain.case import events as e
from domain.case.case import Case
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import ResultKind
from domain.case.stages import Delivery


@dataclass(slots=True)
class CheckView:
    """The substantive check that counts: the two officers, the day, what they found."""

    officers: list[str]
    checked_on: date
    finding: str
    found_true: bool
    record: str


@dataclass(slots=True)
class DecisionView:
    """The document of the decision in force; `issued_on` is the day on which it was decided."""

    number: str
    kind: ResultKind
    title: str
    issued_on: date
    valid_from: date | None
    valid_until: date | None
    result: str | None
    corrected_on: date | None
    """The day of the last correction."""


@dataclass(slots=True)
class DeliveryView:
    """Whether the decision in force was delivered, and how."""

    state: Delivery
    state_label: str
    how: DeliveryManner | None
    how_label: str | None
    delivered_on: date | None
    receipt: str | None


def check_view(case: Case) -> CheckView | None:
    if (check := case.checked) is None:
        return None
    return CheckView(
        officers=list(check.officers),
        checked_on=check.checked_on,
        finding=check.finding,
        found_true=check.found_true,
        record=check.record,
    )


def decision_view(case: Case) -> DecisionView | None:
    decided, document = case.decided, case.decision_document
    if decided is None or document is None:
        return None
    corrected = case.last(e.DecisionCorrected)
    return DecisionView(
        **dict(document),
        issued_on=decided.day,
        corrected_on=corrected.day if corrected else None,
    )


def delivery_view(case: Case) -> DeliveryView | None:
    if case.decided is None:
        return None
    delivered = case.delivered
    return DeliveryView(
        state=case.delivery,
        state_label=case.delivery.label,
        how=delivered.how if delivered else None,
        how_label=delivered.how.label if delivered else None,
        delivered_on=delivered.delivered_on if delivered else None,
        receipt=delivered.receipt if delivered else None,
    )
