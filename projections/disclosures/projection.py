"""The public disclosure list (承诺公示、失信公示) of organisations whose promise led to a decision.

Natural persons never enter the table (个人信息保护法 25).  Refused and diverted cases leave it
before they become public, because only rows with a decision are public (I12).
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, false, or_, select, union_all

from domain.case import events as e
from domain.case.values import FulfilmentStatus
from domain.kernel.aggregate import Event
from domain.values import folding
from domain.values.labels import Labelled
from domain.values.parties import Organisation
from domain.values.workdays import in_chinese, local_date
from projections.disclosures.name_search import (
    MANY,
    NEVER_SHOWN,
    cases_by_name_part,
    is_longer_than_a_tail,
)
from projections.read_model.keyset import Keyset
from projections.read_model.masking import masked_column
from projections.read_model.projection import Projection, Row, Rows, of_stream
from projections.read_model.tables import disclosures
from projections.read_model.updating import updating

t = disclosures.c


class PublicStatus(Labelled):
    """承诺履行状态 as the public sees it: a breach is not shown before its sanction is decided."""

    SUPERVISED = "supervised", "监管中"
    FULFILLED = "fulfilled", "全部履行"
    PARTLY = "partly", "部分履行"
    UNFULFILLED = "unfulfilled", "全部未履行"
    CONCLUDED = "concluded", "监管完成"


_STATUS = {
    FulfilmentStatus.FULLY_FULFILLED: PublicStatus.FULFILLED,
    FulfilmentStatus.PARTLY_FULFILLED: PublicStatus.PARTLY,
    FulfilmentStatus.UNFULFILLED: PublicStatus.UNFULFILLED,
}


def fold(rows: Rows, event: Event, _: int) -> Rows:
    """Returns the entry of one case after this event; only the first event can create an entry."""
    if isinstance(event, e.CaseOpened):
        return (_shown(_opened(event)),) if isinstance(event.applicant, Organisation) else ()
    if isinstance(event, NEVER_SHOWN):
        return ()
    if isinstance(event, e.InstantsCorrected):
        return tuple(row | _retimed(row, event) for row in rows)
    changes = _shown(CHANGES[type(event)](event)) | {"updated_at": event.timestamp}
    return tuple(row | changes for row in rows)


def _shown(changes: Row) -> Row:
    """Masks personal data in every text; events of earlier releases were not screened for it."""
    masks = {name: masked_column(t[name], changes[name]) for name in TEXTS & changes.keys()}
    if name := masks.get("subject_name"):
        masks["name_folded"] = folding.fold(name)
    return changes | masks


def _opened(event: e.CaseOpened) -> Row:
    assert isinstance(event.applicant, Organisation)
    item = event.pinned.item
    return _EMPTY | {
        "case_id": event.originator_id,
        **_named(event.applicant.name),
        "subject_code": event.applicant.code,
        "subject_category": event.applicant.category,
        "kind": event.kind,
        "item_code": item.code,
        "item_name": item.name,
        "field": item.field,
        "accepting_org": item.department.name,
        "accepting_code": item.department.code,
        "status": PublicStatus.SUPERVISED,
        "sanctioned": False,
        "updated_at": event.timestamp,
    }


def _named(name: str) -> Row:
    return {"subject_name": name, "name_folded": folding.fold(name)}


def _corrected(event: e.IdentityCorrected) -> Row:
    return _named(event.name) if event.name else {}


def _promised(event: e.CommitmentMade) -> Row:
    return {
        "code": event.code,
        "record_type": event.record_type,
        "reason": event.reason,
        "content": event.content,
        "liability": event.liability,
        "committed_on": event.letter.signature.signed_on,
    }


def _granted(event: e.ApplicationGranted) -> Row:
    number, title = event.document.number, event.document.title
    return {"granted_on": event.day, "document_number": number, "document_title": title}


def _ended(event: Event, status: PublicStatus, conclusion: str) -> Row:
    return {"status": status, "conclusion": conclusion, "concluded_on": event.day}


def _passed(event: e.InspectionPassed) -> Row:
    return _ended(event, PublicStatus.FULFILLED, event.public_note or event.conclusion.label)


def _rectified(event: e.Rectified) -> Row:
    note = f"经整改：{event.public_note}" if event.public_note else event.conclusion.label
    return _ended(event, PublicStatus.FULFILLED, note)


def _spared(event: e.PenaltyWaived) -> Row:
    return _ended(event, PublicStatus.CONCLUDED, f"不予惩戒：{event.reason.label}")


def _penalized(event: e.PenaltyImposed) -> Row:
    if event.publicity is None:
        return _ended(event, PublicStatus.CONCLUDED, "已依法处理")
    basis = event.basis
    conclusion = "整改不到位或者拒绝整改，已实施信用惩戒"
    return _ended(event, _STATUS[event.verdict.status], conclusion) | {
        "unfulfilled_content": event.verdict.unfulfilled_content,
        "breach_consequence": event.verdict.breach_consequence,
        "sanction_measures": [measure.label for measure in event.measures],
        "sanction_severity": event.severity,
        "sanction_basis": f"{basis.kind.label}（{basis.number}，{in_chinese(basis.issued_on)}）",
        "sanctioned": True,
        "sanctioned_on": event.day,
        "public_from": event.day,
        "public_earliest_end": event.publicity.earliest_end,
        "public_until": event.publicity.latest_end,
    }


def _retimed(row: Row, event: e.InstantsCorrected) -> Row:
    """The days of the row that are the days of corrected events."""
    days: Row = {"updated_at": event.timestamp}
    for each in event.instants:
        for column in DAYS_OF.get(each.topic, ()):
            if row[column] is not None:
                days[column] = local_date(each.at)
    return days


ENDS = (e.InspectionPassed, e.Rectified, e.PenaltyWaived)
DAYS_OF = {
    e.ApplicationGranted.TOPIC: ("granted_on",),
    **{event.TOPIC: ("concluded_on",) for event in ENDS},
    e.PenaltyImposed.TOPIC: ("concluded_on", "sanctioned_on", "public_from"),
}
"""The columns that show the day of an event, by its topic."""
TEXTS = frozenset(
    (
        "subject_name",
        "subject_code",
        "item_name",
        "accepting_org",
        "reason",
        "content",
        "liability",
        "document_number",
        "document_title",
        "conclusion",
        "unfulfilled_content",
        "breach_consequence",
        "sanction_basis",
    )
)
"""The columns with words that somebody typed; the others hold codes, labels and dates."""
_EMPTY: Row = dict.fromkeys(t.keys())

# fmt: off
CHANGES: dict[type[Event], Callable[[Any], Row]] = {
    e.CommitmentMade:     _promised,
    e.ApplicationGranted: _granted,
    e.InspectionPassed:   _passed,
    e.Rectified:          _rectified,
    e.PenaltyWaived:      _spared,
    e.PenaltyImposed:     _penalized,
    e.IdentityCorrected:  _corrected,
}
# fmt: on
"""The changes that each event makes to an entry; no other event changes an entry."""

NAME = "disclosure"
UPDATING = updating(NAME, t.case_id)
NEWEST_FIRST = Keyset((t.committed_on, t.code), descending=True)


def is_public(today: date) -> ColumnElement[bool]:
    """Returns the only condition under which a row may be shown to the public."""
    return and_(t.granted_on.is_not(None), or_(t.public_until.is_(None), t.public_until >= today))


def public_list(
    today: date,
    *,
    search: str = "",
    among: Collection[UUID] | None = None,
    status: PublicStatus | None = None,
    field: str | None = None,
    kind: str | None = None,
    sanctioned: bool = False,
) -> Select[Any]:
    """Selects the public entries that match every filter given.

    `search` is a whole code, a name or a part of a name.  `among` holds the ids of the cases that
    match it, if they are few.  If `among` is None, the database walks the list from its newest
    entry and compares each entry with `search`.
    """
    rows = select(disclosures, UPDATING).where(is_public(today))
    if search and among is not None:
        rows = rows.where(t.case_id.in_(among))
    if search and (among is None or is_longer_than_a_tail(search)):
        rows = rows.where(_matches(search))
    for column, value in ((t.status, status), (t.field, field), (t.kind, kind)):
        if value:
            rows = rows.where(column == value)
    return rows.where(t.sanctioned) if sanctioned else rows


def _matches(search: str) -> ColumnElement[bool]:
    part, code = folding.fold(search), folding.code_key(search)
    in_the_name = t.name_folded.contains(part, autoescape=True) if part else false()
    return or_(t.code == code, t.subject_code == code, in_the_name)


def matching_cases(search: str) -> CompoundSelect[Any]:
    """Selects the ids of the cases that match `search`, public or not.

    If more than MANY cases match, the selection may omit some, but it has more than MANY rows.
    """
    code = folding.code_key(search)
    by_number = select(t.case_id).where(t.code == code)
    by_subject = select(t.case_id).where(t.subject_code == code).limit(MANY + 1)
    parts = [part.subquery() for part in (by_number, by_subject, cases_by_name_part(search))]
    return union_all(*[select(part.c.case_id) for part in parts])


def by_code(today: date, code: str) -> Select[Any]:
    """Selects the public entry with this commitment code (承诺编码)."""
    return select(disclosures, UPDATING).where(is_public(today), t.code == code)


_EVENTS: tuple[type[Event], ...] = (e.CaseOpened, *NEVER_SHOWN, *CHANGES, e.InstantsCorrected)
TOPICS = tuple(event.TOPIC for event in _EVENTS)
DISCLOSURE = Projection(NAME, disclosures, t.case_id, of_stream, fold, TOPICS)
