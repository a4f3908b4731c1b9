"""The periods of a case that are not set by its catalogue item, each with its legal source.

The unit is working days unless stated otherwise.  Where no law sets a period, the city does.
"""

from datetime import date, timedelta

from domain.case.values import Severity
from domain.values.parties import Value
from domain.values.workdays import Deadline, add_months

ACCEPT = 5
"""For the office to accept an application, or to ask for its correction (行政许可法 32)."""

CORRECT = 10
"""For the applicant to put an application right; set by the city, and nothing lapses by itself."""

NOTIFY = 5
"""For the office to notify the applicant, at once or within five days (行政许可法 32)."""

ANSWER_NOTICE = 5
"""For the applicant to promise or decline; set by the city."""

CREDIT_IS_FRESH = 1
"""A decision needs a credit answer at most one working day old; set by the city."""

DELIVER = 10
"""For the office to deliver its decision (行政许可法 44)."""

REVIEW_MATERIAL = 3
"""For the office to review a supplied material; set by the city."""

ORDER_RECTIFICATION = 3
"""For the office to order rectification after it found a breach; set by the city."""

FOREWARN = 5
"""For the office to give notice of the sanction it intends, after a rectification came to nothing.

Set by the city: the law bounds only the whole (行政处罚法 60), and asks for the notice before.
"""

STATEMENT = 5
"""For the party to make a statement or ask for a hearing after the prior notice (行政处罚法 64)."""

PENALTY_DECISION = timedelta(days=90)
"""Maximum calendar days from filing (立案) to the decision (行政处罚法 60)."""

PROSECUTION_MONTHS = 24
"""Months after the end of a breach in which it must be found to be sanctioned (行政处罚法 36).

The five years for harm to life, health or financial safety are not counted: no event records it.
"""

_PUBLIC_MONTHS = {Severity.GENERAL: (3, 12), Severity.SERIOUS: (12, 36)}


class Publicity(Value):
    """The earliest and the latest day on which the publicity of a sanction ends."""

    earliest_end: date
    latest_end: date


def publicity(severity: Severity, issued_on: date) -> Publicity | None:
    """The publicity period of a sanction, counted from its document.  Returns None if it is minor.

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
