"""The public disclosure list (承诺公示、失信公示) of organisations whose promise led to a decision.

Natural persons never enter the table (个人信息保护法 25).  Refused and diverted cases leave it
before they become public, because only rows with a decision are public (I12).
"""

from collections.abc import Callable
from typing import Any

from domain.case import events as e
from domain.case.values import FulfilmentStatus
from domain.kernel.aggregate import Event
from domain.kernel.instants import RightDate
from domain.values import folding
from domain.values.labels import Labelled
from domain.values.parties import Organisation
from domain.values.workdays import in_chinese, local_date
from projections.disclosures.name_search import NEVER_SHOWN
from projections.read_model.masking import masked_column
from projections.read_model.projection import Projection, Row, Rows, of_stream
from projections.read_model.tables import disclosures

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


def fold(rows: Rows, event: Event, position: int) -> Rows:
    """Returns the entry of one case after this event; only the first event can create an entry."""
    if isinstance(event, e.CaseOpened):
        return (_shown(_opened(event)),) if isinstance(event.applicant, Organisation) else ()
    if isinstance(event, NEVER_SHOWN):
        return ()
    return tuple(row | _changes(row, event, position) for row in rows)


def _changes(row: Row, event: Event, position: int) -> Row:
    """The columns that the event changes; what is not shown yet does not change `updated_at`."""
    if isinstance(event, e.InstantsCorrected):
        changes = _retimed(row, event)
    else:
        changes = _shown(CHANGES[type(event)](event))
    if isinstance(event, e.ApplicationGranted):
        changes["appeared"] = position
    if changes.keys() - AFTER_SANCTION:
        changes |= {"changed": position, "updated_at": event.timestamp}
    return changes


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
        "legal_representative": event.legal_representative,
        "kind": event.kind,
        "item_code": item.code,
        "item_name": item.name,
        "field": item.field,
        "accepting_org": item.department.name,
        "accepting_code": item.department.code,
        "terms_version": event.pinned.version,
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
    decided = {"granted_on": event.day} | _amended(event)
    inspect_by = event.inspect_by
    due = {"inspect_by": inspect_by.on, "inspect_provisional": inspect_by.provisional}
    return decided | due


def _amended(event: e.ApplicationGranted | e.DecisionCorrected) -> Row:
    return {"document_number": event.document.number, "document_title": event.document.title}


def _breached(event: e.BreachFound) -> Row:
    return {"breach_found_on": event.day}


def _ordered(event: e.RectificationOrdered) -> Row:
    return {"ordered_on": event.day, "rectify_by": event.rectify_by.on}


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
    """The days of the row that are the days of corrected events, or were counted from them."""
    days: Row = {}
    for each in event.instants:
        on = dict.fromkeys(DAYS_OF.get(each.topic, ()), local_date(each.at))
        for date in each.dates if each.topic in DAYS_OF else ():
            on |= _counted_anew(date)
        days |= {column: day for column, day in on.items() if row[column] is not None}
    return days


def _counted_anew(date: RightDate) -> Row:
    match date.name:
        case "inspect_by":
            return {"inspect_by": date.due.on, "inspect_provisional": date.due.provisional}
        case "rectify_by":
            return {"rectify_by": date.due.on}
        case _:
            return {}


ENDS = (e.InspectionPassed, e.Rectified, e.PenaltyWaived)
DAYS_OF = {
    e.ApplicationGranted.TOPIC: ("granted_on",),
    e.BreachFound.TOPIC: ("breach_found_on",),
    e.RectificationOrdered.TOPIC: ("ordered_on",),
    **{event.TOPIC: ("concluded_on",) for event in ENDS},
    e.PenaltyImposed.TOPIC: ("concluded_on", "sanctioned_on", "public_from"),
}
"""The columns that show the day of an event, by its topic."""
AFTER_SANCTION = frozenset(("breach_found_on", "ordered_on", "rectify_by"))
"""The columns that nobody sees before the sanction is public: 先整改、后惩戒."""
TEXTS = frozenset(
    (
        "subject_name",
        "subject_code",
        "legal_representative",
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
    e.CommitmentMade:       _promised,
    e.ApplicationGranted:   _granted,
    e.InspectionPassed:     _passed,
    e.BreachFound:          _breached,
    e.RectificationOrdered: _ordered,
    e.Rectified:            _rectified,
    e.PenaltyWaived:        _spared,
    e.PenaltyImposed:       _penalized,
    e.IdentityCorrected:    _corrected,
    e.DecisionCorrected:    _amended,
}
# fmt: on
"""The changes that each event makes to an entry; no other event changes an entry."""

NAME = "disclosure"
_EVENTS: tuple[type[Event], ...] = (e.CaseOpened, *NEVER_SHOWN, *CHANGES, e.InstantsCorrected)
TOPICS = tuple(event.TOPIC for event in _EVENTS)
DISCLOSURE = Projection(NAME, disclosures, t.case_id, of_stream, fold, TOPICS)
