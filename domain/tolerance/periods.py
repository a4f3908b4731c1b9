"""How long one may ask for another look at a decision, and how long the answer may take.

Natural days (公务员法 95, 96); the day it starts on is not counted.
"""

from datetime import date, timedelta

from domain.values.workdays import Deadline, Party, WorkCalendar, in_chinese

TO_RECONSIDER = timedelta(days=30)
"""To ask for reconsideration (复核), or to appeal at once (公务员法 95)."""

TO_APPEAL_AFTERWARDS = timedelta(days=15)
"""To appeal (申诉) against what reconsideration came to (公务员法 95)."""

RECONSIDERED_WITHIN = timedelta(days=30)
"""For the answer to a reconsideration (公务员法 96)."""

APPEAL_ANSWERED_WITHIN = timedelta(days=60)
"""For the answer to an appeal (公务员法 96)."""


def open_until(served_on: date, period: timedelta, calendar: WorkCalendar) -> Deadline:
    """The last day to ask; one that is a day off ends with the next working day (民法典 203)."""
    last = served_on + period
    if calendar.is_workday(last):
        return Deadline(on=last, provisional=last > calendar.covered_until)
    return calendar.add(last, 1, Party.APPLICANT)


def answer_by(asked_on: date, period: timedelta) -> Deadline:
    return Deadline(on=asked_on + period)


def remedies(until: Deadline) -> str:
    """What the person is told can be done against the decision (公务员法 95)."""
    last = in_chinese(until.on)
    return (
        f"对本决定不服的，可以在{last}前（知道本决定之日起三十日内）向原处理机关申请复核；"
        "对复核结果不服的，可以自接到复核决定之日起十五日内提出申诉；"
        f"也可以不经复核，在{last}前（知道本决定之日起三十日内）直接提出申诉。"
        "复核、申诉期间不停止决定的执行，不因申请复核、提出申诉而被加重处理。"
    )
