"""How long a case may take where the item itself sets no period; sources stand beside each number.

Working days unless said otherwise; where no rule of law gives a number it is the city's own.
"""

from datetime import date, timedelta

from domain.case.values import Publicity, Severity
from domain.values.workdays import Deadline, add_months

NOTIFY = 5
"""Tell what is missing at once or within five days (行政许可法 32)."""

ANSWER_NOTICE = 5
"""For the applicant to promise or decline; the city's own."""

CREDIT_IS_FRESH = 1
"""A decision needs a credit answer at most one working day old; the city's own."""

REVIEW_MATERIAL = 3
"""For the office to look at a material handed in later; the city's own."""

ORDER_RECTIFICATION = 3
"""From finding a breach to ordering that it be put right; the city's own."""

STATEMENT = 5
"""To state a case or ask for a hearing after the prior notice (行政处罚法 64)."""

PENALTY_DECISION = timedelta(days=90)
"""Natural days from opening the matter to the decision (行政处罚法 60)."""

_PUBLIC_MONTHS = {Severity.GENERAL: (3, 12), Severity.SERIOUS: (12, 36)}


def publicity(severity: Severity, issued_on: date) -> Publicity | None:
    """How long a sanction is public, counted from its legal document; minor ones are not.

    信用修复管理办法 (国家发展改革委令第36号, in force since 2026-04-01).
    """
    if severity not in _PUBLIC_MONTHS:
        return None
    shortest, longest = _PUBLIC_MONTHS[severity]
    return Publicity(
        earliest_end=add_months(issued_on, shortest), latest_end=add_months(issued_on, longest)
    )


def penalty_due(found_on: date) -> Deadline:
    return Deadline(on=found_on + PENALTY_DECISION)
