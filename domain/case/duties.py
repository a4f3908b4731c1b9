"""Who owes what by when: each event settles duties and creates others.

One reading of it serves the case (`Case.duties`, the next due date of every reply) and the
worklist.  All dates come from the events; nothing is worked out here.
"""

from collections.abc import Iterable
from typing import NamedTuple

from domain.case import events as e
from domain.kernel import Event
from domain.workdays import Deadline


class Duty(NamedTuple):
    """An action that somebody owes by a date; `about` names the material where there is one."""

    action: str
    due: Deadline
    about: str = ""


class Settled(NamedTuple):
    """The duties an event brings to an end: these actions, about one material or about any."""

    actions: tuple[str, ...]
    about: str | None = None

    def covers(self, duty: Duty) -> bool:
        return duty.action in self.actions and self.about in (None, duty.about)


HEARING = ("hear",)
MAIN_LINE = ("query", "notify", "commit", "decide", "inspect", "rectify", "penalize", *HEARING)
SUPPLEMENT = ("supply", "review")
"""Owed beside the main line, for each missing material."""

_CLOSING = (
    e.CreditExcluded,
    e.CommitmentDeclined,
    e.CaseWithdrawn,
    e.ApplicationRefused,
    e.InspectionPassed,
    e.Rectified,
    e.PenaltyImposed,
    e.PenaltyWaived,
)
_OVERTAKING = (e.BreachFound, e.RectificationFailed, e.RectificationRefused)
"""From a breach on, what is still missing is asked for by the order, no longer by its own date."""


def settled_by(event: Event) -> Settled:
    match event:
        case e.CreditReconfirmed():
            return Settled(())
        case e.MaterialSupplied() | e.MaterialAccepted() | e.MaterialReturned():
            return Settled(SUPPLEMENT, event.material)
        case e.SanctionForewarned() | e.StatementHeard() | e.StatementWaived():
            return Settled(HEARING)
        case _ if isinstance(event, (*_CLOSING, *_OVERTAKING)):
            return Settled((*MAIN_LINE, *SUPPLEMENT))
        case _:
            return Settled(MAIN_LINE)


def created_by(event: Event) -> tuple[Duty, ...]:
    match event:
        case e.CaseOpened(query_by=due):
            return (Duty("query", due),)
        case e.CreditCleared(notify_by=due):
            return (Duty("notify", due),)
        case e.NoticeServed(commit_by=due):
            return (Duty("commit", due),)
        case e.CommitmentMade(decide_by=due, deferred=deferred):
            return Duty("decide", due), *(Duty("supply", m.due, m.code) for m in deferred)
        case e.MaterialSupplied(material=code, review_by=due):
            return (Duty("review", due, code),)
        case e.MaterialReturned(material=code, due=due):
            return (Duty("supply", due, code),)
        case _:
            return _created_after_the_decision(event)


def _created_after_the_decision(event: Event) -> tuple[Duty, ...]:
    match event:
        case e.ApplicationGranted(inspect_by=due):
            return (Duty("inspect", due),)
        case e.BreachFound(order_by=due) | e.RectificationOrdered(rectify_by=due):
            return (Duty("rectify", due),)
        case e.RectificationFailed(penalize_by=due) | e.RectificationRefused(penalize_by=due):
            return (Duty("penalize", due),)
        case e.SanctionForewarned(statement_until=due):
            return (Duty("hear", due),)
        case _:
            return ()


def after(duties: Iterable[Duty], event: Event) -> tuple[Duty, ...]:
    """The duties that stand once `event` has happened, the most urgent first."""
    settled = settled_by(event)
    standing = [duty for duty in duties if not settled.covers(duty)]
    owed = (*standing, *created_by(event))
    return tuple(sorted(owed, key=lambda duty: (duty.due.on, duty.action, duty.about)))
