"""The tolerance trail (容错免责): a row for every review, and its links to cases and items.

The trail is internal (政府信息公开条例 16); only the counts by ground and outcome are public.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from domain.kernel.aggregate import Event
from domain.tolerance import events as e
from domain.tolerance.grounds import GroundKind, Outcome
from domain.tolerance.lifecycle import REVIEW
from domain.tolerance.stages import Stage
from domain.tolerance.state import OUTCOMES
from domain.values.labels import Labelled
from domain.values.workdays import local_date
from projections.read_model.keyset import Keyset
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of
from projections.read_model.tables import tolerance_links, tolerance_reviews

t, k = tolerance_reviews.c, tolerance_links.c


class LinkKind(Labelled):
    CASE = "case", "案件"
    ITEM = "item", "事项"


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the row of one review after this event."""
    if isinstance(event, e.ToleranceRequested):
        return (_requested(event),)
    if isinstance(event, e.ReviewInstantsCorrected):
        return tuple(row | _retimed(row, event) for row in rows)
    stage = REVIEW.step_of[type(event)].dest
    changes = CHANGES[type(event)](event) | {"stage": stage, "updated_at": event.timestamp}
    return tuple(row | changes for row in rows)


def fold_links(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the links of one review to cases and items; only its first event sets them."""
    if not isinstance(event, e.ToleranceRequested):
        return rows
    cases = [(LinkKind.CASE, str(case.id), case.version) for case in event.cases]
    items = [(LinkKind.ITEM, item.code, item.version) for item in event.matters]
    return tuple(
        {"review_id": event.originator_id, "kind": kind, "linked": linked, "version": version}
        for kind, linked, version in cases + items
    )


def _requested(event: e.ToleranceRequested) -> Row:
    return dict.fromkeys(t.keys()) | {
        "review_id": event.originator_id,
        "ground": event.ground.ground,
        "department": event.by.department.name,
        "department_code": event.by.department.code,
        "concerned_kind": event.concerned.kind,
        "concerned_department": event.concerned.department.name,
        "stage": Stage.REQUESTED,
        "requested_at": event.timestamp,
        "updated_at": event.timestamp,
    }


def _retimed(row: Row, event: e.ReviewInstantsCorrected) -> Row:
    changes: Row = {"updated_at": event.timestamp}
    for each in event.instants:
        if each.topic == e.ToleranceRequested.TOPIC:
            changes["requested_at"] = each.at
        if each.topic == e.FactsChecked.TOPIC:
            changes["checked_on"] = local_date(each.at)
        if each.dates and row["answer_by"] is not None:
            changes["answer_by"] = each.dates[-1].due.on
    return changes


def _decided(event: e.Exempted | e.Mitigated | e.NotExempted) -> Row:
    decision = event.decision
    return {
        "outcome": OUTCOMES[type(event)],
        "authority": decision.authority.name,
        "authority_kind": decision.kind,
        "document_number": decision.number,
        "decided_on": decision.issued_on,
    }


def _settled(event: e.ReconsiderationSettled | e.AppealSettled) -> Row:
    changed = event.ruling.changed_to
    return {"answer_by": None} | ({"outcome": changed} if changed else {})


# fmt: off
CHANGES: dict[type[Event], Callable[[Any], Row]] = {
    e.FactsChecked:             lambda x: {"checked_on": x.day},
    e.Exempted:                 _decided,
    e.Mitigated:                _decided,
    e.NotExempted:              _decided,
    e.DecisionNotified:         lambda x: {"served_on": x.served_on},
    e.ReconsiderationRequested: lambda x: {"answer_by": x.settle_by.on},
    e.ReconsiderationSettled:   _settled,
    e.AppealFiled:              lambda x: {"answer_by": x.settle_by.on},
    e.AppealSettled:            _settled,
    e.RequestWithdrawn:         lambda _: {},
}
# fmt: on

NEWEST_FIRST = Keyset((t.requested_at, t.review_id), descending=True)


def reviews(
    *,
    ground: GroundKind | None = None,
    department: str | None = None,
    case: UUID | None = None,
    stage: Stage | None = None,
    outcome: Outcome | None = None,
) -> Select[Any]:
    """Selects the reviews that match every filter given; `department` is a department's code."""
    rows = select(tolerance_reviews)
    if case:
        rows = rows.where(t.review_id.in_(_linked_to(case)))
    filters = (t.ground, ground), (t.department_code, department), (t.stage, stage)
    for column, value in (*filters, (t.outcome, outcome)):
        if value:
            rows = rows.where(column == value)
    return rows


def _linked_to(case: UUID) -> Select[Any]:
    return select(k.review_id).where(k.kind == LinkKind.CASE, k.linked == str(case))


def links_of(reviews: Collection[UUID]) -> Select[Any]:
    """Selects the links of these reviews, cases before items."""
    return select(tolerance_links).where(k.review_id.in_(reviews)).order_by(k.kind, k.linked)


def departments() -> Select[Any]:
    """Selects each requesting department once, by its code, because its name may change."""
    name = func.max(t.department).label("department")
    return select(t.department_code, name).group_by(t.department_code).order_by(t.department_code)


def counts() -> Select[Any]:
    """Selects the number of decided reviews by ground and current outcome.

    The public sees only these numbers.
    """
    decided = select(t.ground, t.outcome, func.count().label("count")).where(t.outcome.is_not(None))
    return decided.group_by(t.ground, t.outcome).order_by(t.ground, t.outcome)


TOLERANCE = Projection("tolerance", tolerance_reviews, t.review_id, of_stream, fold, topics_of(e))
LINKS = Projection(
    "tolerance_links",
    tolerance_links,
    k.review_id,
    of_stream,
    fold_links,
    [e.ToleranceRequested.TOPIC],
)
