"""The table of dates: which deadlines an event sets, and how each is counted.

The dates are computed once, when a verb records the event, and are stored in the event.  Only the
notice sets the dates of deferred materials itself, because the letter cites them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.case import events as e
from domain.case import periods
from domain.case.supervision.verbs import SupervisionVerbs
from domain.catalogue.terms import DecisionGate, Periods
from domain.kernel.aggregate import Event
from domain.values.workdays import Deadline, Party, WorkCalendar, local_date


@dataclass(frozen=True)
class Occasion:
    """The input of a date: the day, the facts of the event, the case and the calendar."""

    today: date
    facts: Mapping[str, Any]
    so_far: SupervisionVerbs | None = None
    """The case before the event; None while the case is being opened."""
    calendar: WorkCalendar | None = None
    told_on: date | None = None
    """The day on which the applicant is told of dates that are counted anew."""

    @property
    def case(self) -> SupervisionVerbs:
        assert self.so_far is not None, "a first event knows no case"
        return self.so_far

    def workdays(self, days: int, owed_by: Party, since: date | None = None) -> Deadline:
        """The deadline `days` working days after `since`, by default after today."""
        assert self.calendar is not None, "the verb passes no calendar"
        start = since or self.today
        if self.told_on and owed_by is Party.APPLICANT:
            start = max(start, self.told_on)
        return self.calendar.add(start, days, owed_by)


Count = Callable[[Occasion], Deadline]
Days = int | Callable[[Periods], int]
"""Working days: a number, or the item's own period."""


def _office(days: Days) -> Count:
    return lambda on: on.workdays(_number(days, on), Party.GOVERNMENT)


def _applicant(days: Days) -> Count:
    return lambda on: on.workdays(_number(days, on), Party.APPLICANT)


def _number(days: Days, on: Occasion) -> int:
    return days if isinstance(days, int) else days(on.case.terms.periods)


def _same_day(on: Occasion) -> Deadline:
    """Due on the same day (即时办理)."""
    return Deadline(on=on.today)


def _after_acceptance(on: Occasion) -> Deadline:
    accepted = on.case.last(e.ApplicationAccepted)
    since = accepted.day if accepted else local_date(on.case.created_on)
    return on.workdays(periods.NOTIFY, Party.GOVERNMENT, since)


def _after_receipt(on: Occasion) -> Deadline:
    """Counted from the day on which the materials came (行政许可法 32)."""
    return on.workdays(periods.ACCEPT, Party.GOVERNMENT, on.facts["received_on"])


def _decision(on: Occasion) -> Deadline:
    """Due on the same day, or on the working day after the last material that it waits for."""
    deferred = on.facts["deferred"]
    if not deferred or on.case.terms.gate is DecisionGate.BEFORE_SUPPLEMENT:
        return _same_day(on)
    return on.workdays(1, Party.GOVERNMENT, max(material.due.on for material in deferred))


def _as_it_was(on: Occasion) -> Deadline:
    """The due date of the running rectification order, or else of the material itself."""
    return on.case.rectify_by or on.case.supplement(on.facts["material"]).due


def _penalty(on: Occasion) -> Deadline:
    """Counted from the day on which the breach was found (行政处罚法 60)."""
    breach = on.case.last(e.BreachFound)
    return periods.penalty_due(breach.day if breach else local_date(on.case.modified_on))


# fmt: off
DUE: dict[type[Event], dict[str, Count]] = {
    # this event             sets               counted
    e.CaseOpened:           {"query_by":        _same_day,
                             "accept_by":       _office(periods.ACCEPT)},
    e.CorrectionAsked:      {"correct_by":      _applicant(periods.CORRECT)},
    e.CorrectionReceived:   {"accept_by":       _after_receipt},
    e.ApplicationAccepted:  {"query_by":        _same_day},
    e.CreditCleared:        {"fresh_until":     _office(periods.CREDIT_IS_FRESH),
                             "notify_by":       _after_acceptance},
    e.CreditReconfirmed:    {"fresh_until":     _office(periods.CREDIT_IS_FRESH)},
    e.NoticeServed:         {"commit_by":       _applicant(periods.ANSWER_NOTICE)},
    e.NoticeReplaced:       {"commit_by":       _applicant(periods.ANSWER_NOTICE)},
    e.CommitmentMade:       {"decide_by":       _decision},
    e.ApplicationGranted:   {"inspect_by":      _office(lambda item: item.inspection),
                             "deliver_by":      _office(periods.DELIVER)},
    e.ApplicationRefused:   {"deliver_by":      _office(periods.DELIVER)},
    e.DecisionCorrected:    {"deliver_by":      _office(periods.DELIVER)},
    e.MaterialSupplied:     {"review_by":       _office(periods.REVIEW_MATERIAL)},
    e.MaterialReturned:     {"due":             _as_it_was},
    e.BreachFound:          {"order_by":        _office(periods.ORDER_RECTIFICATION)},
    e.RectificationOrdered: {"rectify_by":      _applicant(lambda item: item.rectification)},
    e.RectificationFailed:  {"forewarn_by":     _office(periods.FOREWARN),
                             "penalize_by":     _penalty},
    e.RectificationRefused: {"forewarn_by":     _office(periods.FOREWARN),
                             "penalize_by":     _penalty},
    e.SanctionForewarned:   {"statement_until": _applicant(periods.STATEMENT)},
}
# fmt: on


def counted_anew(event: type[Event], on: Occasion) -> dict[str, Deadline]:
    """The dates that this event sets, counted again; one that it did not set stays unset."""
    unset = {name for name, fact in on.facts.items() if fact is None}
    return {name: count(on) for name, count in DUE.get(event, {}).items() if name not in unset}


def dates(event: type[Event], on: Occasion) -> dict[str, Deadline]:
    """The dates that this event sets, except those that its facts already contain."""
    return {name: count(on) for name, count in DUE.get(event, {}).items() if name not in on.facts}
