"""Views of a case: what the API returns."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.v1.cases.acceptance_views import AcceptanceView, acceptance_view
from api.v1.cases.decision_views import (
    CheckView,
    DecisionView,
    DeliveryView,
    check_view,
    decision_view,
    delivery_view,
)
from api.v1.cases.reused import ReusedView, reused_of
from application.case.service import Casework, Identified
from application.execution.ports import NameOrigin, PersonDetails
from domain.case import events as e
from domain.case import values as f
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.case.promise.guardians import Guardian, GuardiansPart, Relation
from domain.case.stages import Hearing, Identity, Messages, Stage, Supply
from domain.case.values import Duty
from domain.catalogue.terms import CommitmentType, ListedItem, SanctionMeasure
from domain.values.identity.documents import IdentityKind
from domain.values.parties import Actor, Organisation, Person
from domain.values.workdays import Deadline, local_date


@dataclass(slots=True, kw_only=True)
class ActionView:
    """Something this person may do now."""

    name: str
    label: str
    method: str = "POST"
    href: str


@dataclass(slots=True)
class DutyView:
    """What is owed, and by when."""

    action: str
    label: str
    about: str | None
    due_on: date
    provisional: bool


@dataclass(slots=True)
class PersonView:
    """A natural person by name and document."""

    name: str
    document: IdentityKind
    document_label: str
    country: str | None
    """The country that issued a passport."""
    id_number: str
    born: date


@dataclass(slots=True)
class GuardianView(PersonView):
    """The guardian of the applicant, and how they take part."""

    relation: Relation
    relation_label: str
    part: GuardiansPart
    part_label: str


@dataclass(slots=True)
class ApplicantView(PersonView):
    """A natural person as registered at one time; `origin` says how the name got there."""

    version: int
    since: datetime
    origin: NameOrigin
    origin_label: str
    guardian: GuardianView | None


@dataclass(slots=True)
class ContactView:
    """Whom to tell by message."""

    name: str
    phone: str


@dataclass(slots=True)
class SupplementView:
    code: str
    name: str
    due: Deadline
    state: Supply
    state_label: str


@dataclass(slots=True)
class NoticeView:
    """The one-time notice; the letter cites its digest."""

    served_on: date
    conditions: tuple[str, ...]
    standards: tuple[str, ...]
    consequences: tuple[str, ...]
    deferred: tuple[f.DeferredMaterial, ...]
    commit_by: Deadline
    digest: str


@dataclass(slots=True)
class CommitmentView:
    code: str
    record_type: f.RecordType
    reason: str
    content: str
    liability: str
    letter: f.Letter


@dataclass(slots=True)
class BreachView:
    kind: f.BreachKind
    kind_label: str
    finding: str
    found_on: date
    rectify_by: Deadline | None


@dataclass(slots=True)
class SanctionView:
    hearing: Hearing
    hearing_label: str
    forewarned: tuple[SanctionMeasure, ...]
    statement_until: Deadline | None
    imposed: tuple[SanctionMeasure, ...]
    severity: f.Severity | None
    basis: f.BasisDocument | None
    verdict: f.Verdict | None


@dataclass(slots=True)
class CaseView:
    """A case at one version, with what may be done next."""

    id: UUID
    version: int
    stage: Stage
    stage_label: str
    kind: CommitmentType
    kind_label: str
    item: ListedItem
    item_version: int
    applicant: Organisation | Person
    identity: Identity
    identity_label: str
    messages: Messages
    messages_label: str
    opened_at: datetime
    updated_at: datetime
    acceptance: AcceptanceView
    credit_fresh_until: Deadline | None
    notice: NoticeView | None
    commitment: CommitmentView | None
    check: CheckView | None
    decision: DecisionView | None
    delivery: DeliveryView | None
    supplements: list[SupplementView]
    reused: list[ReusedView]
    breach: BreachView | None
    sanction: SanctionView | None
    next_due: DutyView | None
    duties: list[DutyView]
    actions: list[ActionView]


def case_view(case: Case, casework: Casework, by: Actor, at: datetime) -> CaseView:
    """Returns the view of the case for this actor at this moment."""
    duties = [_duty(duty) for duty in case.ready(local_date(at))]
    return CaseView(
        **_heading(case),
        acceptance=acceptance_view(case),
        credit_fresh_until=case.credit_fresh_until,
        notice=_notice(case),
        commitment=_commitment(case),
        check=check_view(case),
        decision=decision_view(case),
        delivery=delivery_view(case),
        supplements=_supplements(case),
        reused=reused_of(case),
        breach=_breach(case),
        sanction=_sanction(case),
        next_due=duties[0] if duties else None,
        duties=duties,
        actions=[_action(case.id, name) for name in casework.actions(case, by, at)],
    )


def applicant_view(identified: Identified) -> ApplicantView:
    person, guardian = identified.applicant, identified.guardian
    known = identified.guardian_known
    return ApplicantView(
        **_person(person.details),
        version=person.version,
        since=person.since,
        origin=person.origin,
        origin_label=person.origin.label,
        guardian=_guardian(guardian, known.details) if guardian and known else None,
    )


def _guardian(guardian: Guardian, details: PersonDetails) -> GuardianView:
    return GuardianView(
        **_person(details),
        relation=guardian.relation,
        relation_label=guardian.relation.label,
        part=guardian.part,
        part_label=guardian.part.label,
    )


def _person(details: PersonDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "document": details.kind_of_document,
        "document_label": details.kind_of_document.label,
        "country": details.document.country if details.document else None,
        "id_number": details.id_number,
        "born": details.date_of_birth,
    }


def _heading(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "version": case.version,
        "stage": case.stage,
        "stage_label": case.stage.label,
        "kind": case.kind,
        "kind_label": case.kind.label,
        "item": case.pinned.item,
        "item_version": case.pinned.version,
        "applicant": case.applicant,
        "identity": case.identity,
        "identity_label": case.identity.label,
        "messages": case.messages,
        "messages_label": case.messages.label,
        "opened_at": case.created_on,
        "updated_at": case.modified_on,
    }


def _action(case_id: UUID, name: str) -> ActionView:
    return ActionView(name=name, label=ACTIONS[name], href=f"/api/v1/cases/{case_id}/{name}")


def _duty(duty: Duty) -> DutyView:
    return DutyView(
        action=duty.action,
        label=ACTIONS[duty.action],
        about=duty.about or None,
        due_on=duty.due.on,
        provisional=duty.due.provisional,
    )


def _supplements(case: Case) -> list[SupplementView]:
    return [
        SupplementView(
            code=m.code, name=m.name, due=m.due, state=m.supply, state_label=m.supply.label
        )
        for m in case.supplements.values()
    ]


def _notice(case: Case) -> NoticeView | None:
    if (notice := case.notice) is None:
        return None
    return NoticeView(
        served_on=notice.day,
        conditions=notice.conditions,
        standards=notice.standards,
        consequences=notice.consequences,
        deferred=notice.deferred,
        commit_by=notice.commit_by,
        digest=notice.digest,
    )


def _commitment(case: Case) -> CommitmentView | None:
    if (commitment := case.last(e.CommitmentMade)) is None:
        return None
    return CommitmentView(
        code=commitment.code,
        record_type=commitment.record_type,
        reason=commitment.reason,
        content=commitment.content,
        liability=commitment.liability,
        letter=commitment.letter,
    )


def _breach(case: Case) -> BreachView | None:
    breach, order = case.last(e.BreachFound), case.last(e.RectificationOrdered)
    if breach is None:
        return None
    ordered = order is not None and order.originator_version > breach.originator_version
    rectify_by = order.rectify_by if order and ordered else None
    return BreachView(
        kind=breach.kind,
        kind_label=breach.kind.label,
        finding=breach.finding,
        found_on=breach.day,
        rectify_by=rectify_by,
    )


def _sanction(case: Case) -> SanctionView | None:
    imposed, spared = case.last(e.PenaltyImposed), case.last(e.PenaltyWaived)
    if case.hearing is Hearing.NONE and not spared:
        return None
    conclusion = imposed or spared
    return SanctionView(
        hearing=case.hearing,
        hearing_label=case.hearing.label,
        forewarned=case.forewarned_measures,
        statement_until=case.statement_until,
        imposed=imposed.measures if imposed else (),
        severity=imposed.severity if imposed else None,
        basis=imposed.basis if imposed else None,
        verdict=conclusion.verdict if conclusion else None,
    )
