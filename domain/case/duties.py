"""The table of duties: each event settles some and creates others.

An event without a row changes no duties.  Both the case (`Case.duties`, the next due date of every
reply) and the worklist apply this table.  The due dates come from the events (due.py).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from domain.case import events as e
from domain.case.values import Duty
from domain.kernel.aggregate import Event

LINE = frozenset(("query", "notify", "commit", "decide", "inspect", "rectify", "penalize", "hear"))
SUPPLEMENT = frozenset(("supply", "review"))
"""Actions owed beside the main line, for each missing material."""
ABOUT_ONE_MATERIAL = (e.MaterialSupplied, e.MaterialAccepted, e.MaterialReturned)
ALL, HEARING, NONE = LINE | SUPPLEMENT, frozenset(("hear",)), frozenset[str]()
Creates = Callable[[Any], list[Duty]]


def _nothing(_: Event) -> list[Duty]:
    return []


def _promised(event: e.CommitmentMade) -> list[Duty]:
    supplies = [Duty("supply", m.due, m.code) for m in event.deferred]
    return [Duty("decide", event.decide_by), *supplies]


# fmt: off
CHANGES: dict[type[Event], tuple[frozenset[str], Creates]] = {
    # after                  these are settled   and these are owed
    e.CaseOpened:           (NONE,       lambda x: [Duty("query", x.query_by)]),
    e.CreditCleared:        (LINE,       lambda x: [Duty("notify", x.notify_by)]),
    e.CreditExcluded:       (ALL,        _nothing),
    e.NoticeServed:         (LINE,       lambda x: [Duty("commit", x.commit_by)]),
    e.CommitmentMade:       (LINE,       _promised),
    e.CommitmentDeclined:   (ALL,        _nothing),
    e.ApplicationGranted:   (LINE,       lambda x: [Duty("inspect", x.inspect_by)]),
    e.ApplicationRefused:   (ALL,        _nothing),
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
    e.RectificationFailed:  (ALL,        lambda x: [Duty("penalize", x.penalize_by)]),
    e.RectificationRefused: (ALL,        lambda x: [Duty("penalize", x.penalize_by)]),
    e.SanctionForewarned:   (HEARING,    lambda x: [Duty("hear", x.statement_until)]),
    e.StatementHeard:       (HEARING,    _nothing),
    e.StatementWaived:      (HEARING,    _nothing),
    e.PenaltyImposed:       (ALL,        _nothing),
    e.PenaltyWaived:        (ALL,        _nothing),
    # by a wrong clock all dates were wrong
    e.InstantsCorrected:    (ALL,        lambda x: [*x.owed]),
}
# fmt: on


def owed_after(duties: Iterable[Duty], event: Event) -> tuple[Duty, ...]:
    """The duties after `event`: those not settled, then those created."""
    settled, creates = _change(event)
    about = event.material if isinstance(event, ABOUT_ONE_MATERIAL) else None
    standing = [d for d in duties if d.action not in settled or about not in (None, d.about)]
    return (*standing, *creates(event))


def set_by(duty: Duty, events: Sequence[Event]) -> Event:
    """The latest event that created this duty with this due date."""
    return next(event for event in reversed(events) if duty in _change(event)[1](event))


def _change(event: Event) -> tuple[frozenset[str], Creates]:
    return CHANGES.get(type(event), (NONE, _nothing))


def most_urgent_first(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    return tuple(sorted(duties, key=lambda duty: (duty.due.on, duty.action, duty.about)))
