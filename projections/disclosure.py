"""The public disclosure list (承诺公示、失信公示): organisations whose promise led to a decision.

Natural persons never enter the table (个人信息保护法 25); refused and diverted cases leave it
before anyone could see them, because only rows with a decision are public (I12).
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from domain.case import events as e
from domain.case.facts import FulfilmentStatus
from domain.kernel import Event
from domain.labels import Labelled
from domain.values import Organisation
from domain.workdays import in_chinese
from projections.paging import Keyset
from projections.projection import Projection, Row, Rows, of_stream, topics_of
from projections.tables import disclosures

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
    """The entry of one case after one more event; a case without an entry stays without."""
    match event:
        case e.CaseOpened(applicant=Organisation()):
            return (_opened(event),)
        case (
            e.CreditExcluded() | e.CommitmentDeclined() | e.ApplicationRefused() | e.CaseWithdrawn()
        ):
            return ()
        case _:
            return tuple(row | _changes(event) for row in rows)


def _changes(event: Event) -> Row:
    match event:
        case e.CommitmentMade():
            return _promised(event)
        case e.ApplicationGranted(document=document, day=day):
            number, title = document.number, document.title
            granted = {"granted_on": day, "document_number": number, "document_title": title}
            return granted | {"updated_at": event.timestamp}
        case _ if ended := _ended(event):
            return ended | {"concluded_on": event.day, "updated_at": event.timestamp}
        case _:
            return {}


def _opened(event: e.CaseOpened) -> Row:
    assert isinstance(event.applicant, Organisation)
    item = event.pinned.item
    return _EMPTY | {
        "case_id": event.originator_id,
        "subject_name": event.applicant.name,
        "subject_code": event.applicant.code,
        "subject_category": event.applicant.category,
        "kind": event.kind,
        "item_code": item.code,
        "item_name": item.name,
        "field": item.field,
        "accepting_org": item.department.name,
        "accepting_code": item.department.code,
        "status": PublicStatus.SUPERVISED,
        "updated_at": event.timestamp,
    }


def _promised(event: e.CommitmentMade) -> Row:
    return {
        "code": event.code,
        "record_type": event.record_type,
        "reason": event.reason,
        "content": event.content,
        "liability": event.liability,
        "committed_on": event.letter.signature.signed_on,
        "updated_at": event.timestamp,
    }


def _ended(event: Event) -> Row:
    match event:
        case e.InspectionPassed(note=note):
            return {"status": PublicStatus.FULFILLED, "conclusion": note}
        case e.Rectified(evidence=evidence):
            return {"status": PublicStatus.FULFILLED, "conclusion": f"经整改：{evidence}"}
        case e.PenaltyWaived(reason=reason):
            return {"status": PublicStatus.CONCLUDED, "conclusion": f"不予惩戒：{reason.label}"}
        case e.PenaltyImposed(publicity=None):
            return {"status": PublicStatus.CONCLUDED, "conclusion": "已依法处理"}
        case e.PenaltyImposed():
            return _penalized(event)
        case _:
            return {}


def _penalized(event: e.PenaltyImposed) -> Row:
    assert event.publicity is not None
    basis = event.basis
    return {
        "status": _STATUS[event.verdict.status],
        "conclusion": "整改不到位或者拒绝整改，已实施信用惩戒",
        "unfulfilled_content": event.verdict.unfulfilled_content,
        "breach_consequence": event.verdict.breach_consequence,
        "sanction_measures": [measure.label for measure in event.measures],
        "sanction_severity": event.severity,
        "sanction_basis": f"{basis.kind.label}（{basis.number}，{in_chinese(basis.issued_on)}）",
        "sanctioned_on": event.day,
        "public_from": event.day,
        "public_earliest_end": event.publicity.earliest_end,
        "public_until": event.publicity.latest_end,
    }


_EMPTY: Row = dict.fromkeys(t.keys())

NEWEST_FIRST = Keyset((t.committed_on, t.code), descending=True)


def is_public(today: date) -> ColumnElement[bool]:
    """The one condition under which a row may be shown to anybody outside."""
    return and_(t.granted_on.is_not(None), or_(t.public_until.is_(None), t.public_until >= today))


def public_list(
    today: date,
    *,
    search: str = "",
    status: PublicStatus | None = None,
    field: str | None = None,
    kind: str | None = None,
    sanctioned: bool = False,
) -> Select[Any]:
    """The list as the site and the API show it; `search` is a name, a code, or part of a name."""
    found = select(disclosures).where(is_public(today))
    if search:
        exact = or_(t.code == search, t.subject_code == search.upper())
        found = found.where(or_(exact, t.subject_name.contains(search, autoescape=True)))
    for column, wanted in ((t.status, status), (t.field, field), (t.kind, kind)):
        if wanted:
            found = found.where(column == wanted)
    return found.where(t.sanctioned_on.is_not(None)) if sanctioned else found


def by_code(today: date, code: str) -> Select[Any]:
    """One public entry by its 承诺编码."""
    return select(disclosures).where(is_public(today), t.code == code)


DISCLOSURE = Projection("disclosure", disclosures, t.case_id, of_stream, fold, topics_of(e))
