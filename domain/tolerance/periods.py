"""Periods for reconsideration and appeal, and for the answers to them.

Periods are natural days (公务员法 95, 96) and exclude the start day.
"""

from datetime import date, timedelta

from domain.values.workdays import Deadline, Party, WorkCalendar, in_chinese

TO_RECONSIDER = timedelta(days=30)
"""To request reconsideration (复核), or to appeal without it (公务员法 95)."""

TO_APPEAL_AFTERWARDS = timedelta(days=15)
"""To appeal (申诉) after a reconsideration (公务员法 95)."""

RECONSIDERED_WITHIN = timedelta(days=30)
"""To answer a request for reconsideration (公务员法 96)."""

APPEAL_ANSWERED_WITHIN = timedelta(days=60)
"""To answer an appeal (公务员法 96)."""


def open_until(served_on: date, period: timedelta, calendar: WorkCalendar) -> Deadline:
    """The last day of a period; a day off is replaced by the next working day (民法典 203)."""
    last = served_on + period
    if calendar.is_workday(last):
        return Deadline(on=last, provisional=last > calendar.covered_until)
    return calendar.add(last, 1, Party.APPLICANT)


def answer_by(filed_on: date, period: timedelta) -> Deadline:
    return Deadline(on=filed_on + period)


def remedies(until: Deadline) -> str:
    """The text that tells the person the remedies against the decision (公务员法 95)."""
    last = in_chinese(until.on)
    return (
        f"对本决定不服的，可以在{last}前（知道本决定之日起三十日内）向原处理机关申请复核；"
        "对复核结果不服的，可以自接到复核决定之日起十五日内提出申诉；"
        f"也可以不经复核，在{last}前（知道本决定之日起三十日内）直接提出申诉。"
        "复核、申诉期间不停止决定的执行，不因申请复核、提出申诉而被加重处理。"
    )
