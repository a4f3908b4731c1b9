"""What one case adds to the sums: its steps by their month, its duties by the month they fall due.

Months are those of Asia/Shanghai.  Nothing here depends on the day of looking.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.case import events as e
from domain.values.workdays import local_date
from projections.read_model.projection import Row

COUNTED = {
    e.ApplicationGranted.TOPIC: "granted",
    e.ApplicationRefused.TOPIC: "refused",
    **dict.fromkeys(
        (e.CreditExcluded.TOPIC, e.CommitmentDeclined.TOPIC, e.CaseWithdrawn.TOPIC), "diverted"
    ),
    e.InspectionPassed.TOPIC: "passed",
    e.BreachFound.TOPIC: "breached",
    e.RectificationOrdered.TOPIC: "ordered",
    e.Rectified.TOPIC: "rectified",
    e.RectificationFailed.TOPIC: "unrectified",
    e.RectificationRefused.TOPIC: "unrectified",
    e.PenaltyImposed.TOPIC: "penalized",
    e.PenaltyWaived.TOPIC: "spared",
}
"""What each event counts as; an acceptance is counted apart, because an opening may be none."""
DECISIONS = (e.ApplicationGranted.TOPIC, e.ApplicationRefused.TOPIC)
CELL = (
    *("item_code", "item_name", "kind", "person"),
    *("accepting_code", "accepting", "supervising_code", "supervising"),
)
"""What is counted apart, beside the month."""


def month_of(day: date) -> date:
    return day.replace(day=1)


def monthly_counts(row: Row) -> Iterator[Row]:
    """Yields the rows that this case adds to `monthly_totals`, one a month."""
    months: dict[date, Counter[str]] = defaultdict(Counter)
    days = _days(row)
    _count_steps(row, days, months)
    stated = _stated(row)
    for action, _, due, _ in row["owed"]:
        months[month_of(date.fromisoformat(due))][f"{action}_owed"] += 1
    for action, due, _, version, done in row["settled"]:
        until = date.fromisoformat(due)
        if result := _result(until, stated.get(version, days[version]), done):
            months[month_of(until)][f"{action}_{result}"] += 1
    cell = {name: row[name] for name in CELL}
    for month, counts in months.items():
        yield cell | {"month": month} | counts


def _count_steps(row: Row, days: dict[int, date], months: dict[date, Counter[str]]) -> None:
    promised: date | None = None
    accepting, not_asked = _acceptance(row)
    for version, topic, _, detail in row["steps"]:
        counts = months[month_of(days[version])]
        if topic in COUNTED:
            counts[COUNTED[topic]] += 1
        if topic == accepting:
            counts["accepted"] += 1
            counts["not_asked"] += not_asked
        if topic == e.CommitmentMade.TOPIC:
            promised = days[version]
            counts["deferred"] += detail
        if topic in DECISIONS and promised == days[version]:
            counts["same_day"] += 1
        if topic == e.Rectified.TOPIC and detail <= _order_due(row, version):
            counts["rectified_in_time"] += 1


def _acceptance(row: Row) -> tuple[str, int]:
    """By which event this case is accepted, and how many materials were then not asked for.

    An acceptance that somebody owes, or owed, is not that of the opening.
    """
    later = any(duty[0] == "accept" for duty in (*row["owed"], *row["settled"]))
    _, _, _, not_asked = row["steps"][0]
    return (e.ApplicationAccepted if later else e.CaseOpened).TOPIC, not_asked or 0


def _order_due(row: Row, version: int) -> str:
    """The day by which the breach had to be put right that this step settled."""
    orders = (
        due for action, due, _, by, _ in row["settled"] if (action, by) == ("rectify", version)
    )
    return max(orders, default="")


def _result(due: date, on: date, done: bool) -> str | None:
    """How a duty that fell due then ended that day.  Returns None if it lapsed in time."""
    if on > due:
        return "late"
    return "in_time" if done else None


def _stated(row: Row) -> dict[int, date]:
    """The day on which each delivery was made and each correction came, by version.

    It counts, not the day of its entry.
    """
    return {
        version: date.fromisoformat(on)
        for version, topic, _, on in row["steps"]
        if topic in (e.ResultDelivered.TOPIC, e.CorrectionReceived.TOPIC)
    }


def _days(row: Row) -> dict[int, date]:
    return {version: local_date(datetime.fromisoformat(at)) for version, _, at, _ in row["steps"]}


def minutes_to_decision(row: Row) -> Iterator[Row]:
    """Yields the row that the decision of this case adds to `decision_minutes`, if there is one."""
    at = {topic: datetime.fromisoformat(at) for _, topic, at, _ in row["steps"]}
    decided = next((at[topic] for topic in DECISIONS if topic in at), None)
    if decided is not None:
        yield {
            "month": month_of(local_date(decided)),
            "accepting_code": row["accepting_code"],
            "person": row["person"],
            "minutes": two_digits((decided - at[e.CommitmentMade.TOPIC]) // timedelta(minutes=1)),
            "decisions": 1,
        }


def two_digits(minutes: int) -> int:
    """Rounds down to two significant digits, so that there are few different numbers."""
    unit = int("1".ljust(len(str(minutes)) - 1, "0"))
    return minutes // unit * unit
