"""The table of duties: each event settles some and creates others.

An event without a row changes no duties.  Both the case (`Case.duties`) and the worklist apply this
table.  The due dates come from the events (due.py).  Of the duties that stand, `ready` says which
can be done on a day: these are the lines of a worklist and the next due date of every reply.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from domain.case import events as e
from domain.case.stages import Stage
from domain.case.values import Duty
from domain.kernel.aggregate import Event

FOREWARNING, HEARING = frozenset(("forewarn",)), frozenset(("hear",))
SANCTION = FOREWARNING | HEARING | {"penalize"}
"""The steps to a sanction, done in this order."""
CHECK = frozenset(("check",))
"""Owed before the decision where the item needs it; a refusal may come without it."""
LINE = SANCTION | CHECK | {"query", "notify", "commit", "decide", "inspect", "rectify"}
SUPPLEMENT = frozenset(("supply", "review"))
"""Actions owed beside the main line, for each missing material."""
ACCEPTANCE = frozenset(("accept", "complete"))
"""Owed before the line begins, unless an application is accepted on the spot."""
DELIVERY = frozenset(("deliver",))
"""Owed beside the main line too, from the decision on; a step of the line settles none of it."""
ABOUT_ONE_MATERIAL = (e.MaterialSupplied, e.MaterialAccepted, e.MaterialReturned)
ALL, NONE = LINE | SUPPLEMENT | ACCEPTANCE, frozenset[str]()
ALL_BUT_FOREWARNING = (ALL | DELIVERY) - FOREWARNING
AWAITING_THE_APPLICANT: tuple[tuple[str, Stage | None], ...] = (
    ("complete", None),
    ("commit", None),
    ("supply", None),
    ("rectify", Stage.RECTIFYING),
    ("hear", None),
)
"""What the office can only take down once the applicant has acted: action and stage, None for any.

The applicant completes the application, answers the notice, hands in, puts right, makes a
statement.
"""
Creates = Callable[[Any], list[Duty]]


def _nothing(_: Event) -> list[Duty]:
    return []


def _unrectified(event: e.RectificationFailed | e.RectificationRefused) -> list[Duty]:
    return [Duty("forewarn", event.forewarn_by), Duty("penalize", event.penalize_by)]


def _received(event: e.CaseOpened) -> list[Duty]:
    """The acceptance, or else the query: an application is accepted on the spot or later."""
    owed = (("accept", event.accept_by), ("query", event.query_by))
    return [Duty(action, due) for action, due in owed if due]


def _promised(event: e.CommitmentMade) -> list[Duty]:
    supplies = [Duty("supply", m.due, m.code) for m in event.deferred]
    first = [Duty("check", event.decide_by)] if event.substantive_check else []
    return [*first, Duty("decide", event.decide_by), *supplies]


def _delivery(event: e.ApplicationGranted | e.ApplicationRefused) -> list[Duty]:
    """Nothing for a decision of an earlier release, which set no date for it."""
    return [Duty("deliver", event.deliver_by)] if event.deliver_by else []


# fmt: off
CHANGES: dict[type[Event], tuple[frozenset[str], Creates]] = {
    # after                  these are settled   and these are owed
    e.CaseOpened:           (NONE,       _received),
    e.CorrectionAsked:      (ACCEPTANCE, lambda x: [Duty("complete", x.correct_by)]),
    e.CorrectionReceived:   (ACCEPTANCE, lambda x: [Duty("accept", x.accept_by)]),
    e.ApplicationAccepted:  (ACCEPTANCE, lambda x: [Duty("query", x.query_by)]),
    e.CreditCleared:        (LINE,       lambda x: [Duty("notify", x.notify_by)]),
    e.CreditExcluded:       (ALL,        _nothing),
    e.NoticeServed:         (LINE,       lambda x: [Duty("commit", x.commit_by)]),
    e.NoticeReplaced:       (LINE,       lambda x: [Duty("commit", x.commit_by)]),
    e.CommitmentMade:       (LINE,       _promised),
    e.CommitmentDeclined:   (ALL,        _nothing),
    e.SubstanceChecked:     (CHECK,      _nothing),
    e.ApplicationGranted:   (LINE,       lambda x: [Duty("inspect", x.inspect_by), *_delivery(x)]),
    e.ApplicationRefused:   (ALL,        _delivery),
    e.ResultDelivered:      (DELIVERY,   _nothing),
    e.DecisionCorrected:    (DELIVERY,   lambda x: [Duty("deliver", x.deliver_by)]),
    e.CaseWithdrawn:        (ALL,        _nothing),
    # about one material
    e.MaterialSupplied:     (SUPPLEMENT, lambda x: [Duty("review", x.review_by, x.material)]),
    e.MaterialAccepted:     (SUPPLEMENT, _nothing),
    e.MaterialReturned:     (SUPPLEMENT, lambda x: [Duty("supply", x.due, x.material)]),
    # after a breach, missing materials are due by the order, no longer by their own dates
    e.InspectionPassed:     (ALL,        _nothing),
    e.BreachFound:          (ALL,        lambda x: [Duty("rectify", x.order_by)]),
    e.RectificationOrdered: (LINE,       lambda x: [Duty("rectify", x.rectify_by)]),
    e.Rectified:            (ALL,        _nothing),
    e.RectificationFailed:  (ALL,        _unrectified),
    e.RectificationRefused: (ALL,        _unrectified),
    e.SanctionForewarned:   (FOREWARNING, lambda x: [Duty("hear", x.statement_until)]),
    e.StatementHeard:       (HEARING,    _nothing),
    e.StatementWaived:      (HEARING,    _nothing),
    e.PenaltyImposed:       (ALL,        _nothing),
    e.PenaltyWaived:        (ALL,        _nothing),
    # by a wrong clock all dates were wrong; earlier releases knew no forewarning that is owed
    e.InstantsCorrected:    (ALL_BUT_FOREWARNING, lambda x: [*x.owed]),
}
# fmt: on


def owed_after(duties: Iterable[Duty], event: Event) -> tuple[Duty, ...]:
    """The duties after `event`: those neither settled nor created anew, then those created."""
    settled, creates = _change(event)
    about = event.material if isinstance(event, ABOUT_ONE_MATERIAL) else None
    created = creates(event)
    anew = {(d.action, d.about) for d in created}
    standing = [d for d in duties if d.action not in settled or about not in (None, d.about)]
    return (*(d for d in standing if (d.action, d.about) not in anew), *created)


def ready(duties: Iterable[Duty], today: date) -> tuple[Duty, ...]:
    """The duties that can be done on this day; of a sanction only its next step.

    A party that lets the period for its statement pass has said nothing (I9): from then on nobody
    owes a hearing, and the sanction is due.
    """
    left = [d for d in duties if d.action not in HEARING or not d.due.passed(today)]
    before = {d.action for d in left} & (FOREWARNING | HEARING)
    return tuple(d for d in left if not (before and d.action == "penalize"))


def set_by(duty: Duty, events: Sequence[Event]) -> Event:
    """The latest event that created this duty with this due date."""
    return next(event for event in reversed(events) if duty in _change(event)[1](event))


def _change(event: Event) -> tuple[frozenset[str], Creates]:
    return CHANGES.get(type(event), (NONE, _nothing))


def most_urgent_first(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return tuple(sorted(duties, key=lambda duty: (duty.due.on, duty.action, duty.about)))
