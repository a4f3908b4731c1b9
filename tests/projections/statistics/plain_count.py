"""The statistics counted a second time, from the cases themselves: slow, plain, sharing nothing.

Each case is replayed up to each of its steps, so that the case says what it owed before and after.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.case.case import Case
from domain.kernel.aggregate import Event

HAPPENED = {
    "ApplicationGranted": "granted",
    "ApplicationRefused": "refused",
    "CreditExcluded": "diverted",
    "CommitmentDeclined": "diverted",
    "CaseWithdrawn": "diverted",
    "InspectionPassed": "passed",
    "BreachFound": "breached",
    "RectificationOrdered": "ordered",
    "Rectified": "rectified",
    "RectificationFailed": "unrectified",
    "RectificationRefused": "unrectified",
    "PenaltyImposed": "penalized",
    "PenaltyWaived": "spared",
}
DOES = {
    "CorrectionAsked": "accept",
    "ApplicationAccepted": "accept",
    "CorrectionReceived": "complete",
    "CreditCleared": "query",
    "CreditExcluded": "query",
    "NoticeServed": "notify",
    "CommitmentMade": "commit",
    "CommitmentDeclined": "commit",
    "SubstanceChecked": "check",
    "ApplicationGranted": "decide",
    "ApplicationRefused": "decide",
    "ResultDelivered": "deliver",
    "MaterialSupplied": "supply",
    "MaterialAccepted": "review",
    "MaterialReturned": "review",
    "InspectionPassed": "inspect",
    "BreachFound": "inspect",
    "RectificationOrdered": "rectify",
    "Rectified": "rectify",
    "RectificationFailed": "rectify",
    "RectificationRefused": "rectify",
    "SanctionForewarned": "forewarn",
    "StatementHeard": "hear",
    "StatementWaived": "hear",
    "PenaltyImposed": "penalize",
    "PenaltyWaived": "penalize",
}
"""Which duty each event does, written down again."""
Where = tuple[str, str, str, str, bool]
"""Item, type, accepting bureau, supervising bureau, whether of a natural person."""


def day(event: Event) -> date:
    return (event.timestamp + timedelta(hours=8) - event.timestamp.utcoffset()).date()


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def where(case: Case) -> Where:
    item = case.pinned.item
    person = case.applicant.kind == "person"
    return (item.code, str(case.kind), item.department.code, item.supervisor.code, person)


def plainly(histories: Iterable[Sequence[Event]]) -> Counter[tuple[str, Where, str]]:
    """Returns how often each thing is counted, by month, place and name."""
    counts: Counter[tuple[str, Where, str]] = Counter()
    for events in histories:
        case = Case.replay(events)
        place = where(case)
        for when, name, number in _of_case(case.past):
            counts[month(when), place, name] += number
        for owed in case.duties:
            counts[month(owed.due.on), place, f"{owed.action}_owed"] += 1
    return Counter({key: count for key, count in counts.items() if count})


def _of_case(past: Sequence[Event]):
    for number, event in enumerate(past):
        ended = _ended(past, number)
        yield from _happened(past, event, ended)
        for duty in ended:
            mine = DOES.get(type(event).__name__) == duty.action and event.by.role != "system"
            if _day_of(event) > duty.due.on:
                yield duty.due.on, f"{duty.action}_late", 1
            elif mine:
                yield duty.due.on, f"{duty.action}_in_time", 1


def _day_of(event: Event) -> date:
    """A delivery, and what came, counts by its day, not by that of its entry."""
    named = {"ResultDelivered": "delivered_on", "CorrectionReceived": "received_on"}
    name = named.get(type(event).__name__)
    return getattr(event, name) if name else day(event)


def _happened(past: Sequence[Event], event: Event, ended):
    name, on = type(event).__name__, day(event)
    if name in HAPPENED:
        yield on, HAPPENED[name], 1
    if name == ("ApplicationAccepted" if past[0].accept_by else "CaseOpened"):
        yield on, "accepted", 1
        yield on, "not_asked", len(past[0].reused)
    if name == "CommitmentMade":
        yield on, "deferred", len(event.deferred)
    if name in ("ApplicationGranted", "ApplicationRefused"):
        (promise,) = (each for each in past if type(each).__name__ == "CommitmentMade")
        yield on, "same_day", day(promise) == on
    if name == "Rectified":
        order = max(duty.due.on for duty in ended if duty.action == "rectify")
        yield on, "rectified_in_time", event.done_on <= order


def _ended(past: Sequence[Event], number: int):
    """The duties that this event ended: gone afterwards, or done and then owed anew."""
    name = type(past[number]).__name__
    if number == 0 or name == "InstantsCorrected":
        return []
    before = Case.folded(past[:number]).duties
    after = [*Case.folded(past[: number + 1]).duties]
    ended = []
    for duty in before:
        anew = DOES.get(name) == duty.action == "rectify"
        if duty in after and not anew:
            after.remove(duty)
        else:
            ended.append(duty)
    return ended


def minutes(histories: Iterable[Sequence[Event]]) -> Counter[tuple[str, str, bool, int]]:
    """Returns how many decisions took how many whole minutes, by month, bureau and person."""
    counts: Counter[tuple[str, str, bool, int]] = Counter()
    for events in histories:
        case = Case.replay(events)
        _, _, bureau, _, person = where(case)
        at = {type(event).__name__: event for event in case.past}
        for name in ("ApplicationGranted", "ApplicationRefused"):
            if name in at:
                taken = at[name].timestamp - at["CommitmentMade"].timestamp
                whole = int(taken.total_seconds() // 60)
                shown = int(str(whole)[:2].ljust(len(str(whole)), "0"))
                counts[month(day(at[name])), bureau, person, shown] += 1
    return counts
