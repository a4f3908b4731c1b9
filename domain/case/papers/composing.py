"""Composes the documents that are served with an event of a case."""

from collections.abc import Iterator, Mapping, Sequence

from domain.case import events as e
from domain.case.papers.facts import facts_of
from domain.case.state import CaseState
from domain.documents.content import Content, Letterhead
from domain.documents.kinds import SIGNED_BY_THE_APPLICANT, DocumentKind
from domain.documents.selection import first_template, pinned_template, template_in_force
from domain.documents.served import ServedDocument
from domain.documents.templates import Template
from domain.kernel.aggregate import Event

K = DocumentKind
SERVED_WITH: Mapping[type[Event], Sequence[DocumentKind]] = {
    e.CaseOpened: (K.ACCEPTANCE,),
    e.CorrectionAsked: (K.CORRECTION,),
    e.ApplicationAccepted: (K.ACCEPTANCE,),
    e.CreditExcluded: (K.DIVERSION,),
    e.NoticeServed: (K.NOTICE, K.LETTER, K.DEFERRAL),
    e.NoticeReplaced: (K.NOTICE, K.LETTER, K.DEFERRAL),
    e.CommitmentDeclined: (K.DIVERSION,),
    e.CaseWithdrawn: (K.DIVERSION,),
    e.ApplicationGranted: (K.GRANT, K.DELIVERY),
    e.ApplicationRefused: (K.REFUSAL, K.DELIVERY),
    e.MaterialReturned: (K.CORRECTION,),
}
"""The documents that an event serves; 容缺受理通知书 only if materials are missing, and 受理通知书
with the opening only if it accepts the application on the spot.

A correction serves the decision anew, of the kind that it corrects, with a new 送达回证.
"""
DECISIONS = e.ApplicationGranted | e.ApplicationRefused | e.DecisionCorrected


def served_with(
    case: CaseState, event: Event, letterhead: Letterhead
) -> tuple[ServedDocument, ...]:
    """What this event pins of its documents, by the templates in force."""
    department, accepted = case.pinned.item.department.code, _is_of_the_accepted(event)
    templates = (template_in_force(kind, department, accepted=accepted) for kind in kinds_of(event))
    return tuple(composed(case, event, letterhead, each).served for each in templates)


def as_served(case: CaseState, event: Event, kind: DocumentKind, letterhead: Letterhead) -> Content:
    """The document as this event served it; one served before that was pinned, by the first
    template."""
    pin = pin_of(event, kind)
    template = first_template(kind, accepted=_is_of_the_accepted(event))
    if pin:
        template = pinned_template(pin.template, pin.template_version)
    return composed(case, event, letterhead, template)


def kinds_of(event: Event) -> Iterator[DocumentKind]:
    """The kinds of documents that this event serves."""
    if isinstance(event, e.DecisionCorrected):
        yield from (event.corrects, K.DELIVERY)
    for kind in SERVED_WITH.get(type(event), ()):
        missing = isinstance(event, e.NoticeServed) and event.deferred
        received = isinstance(event, e.CaseOpened) and event.accept_by
        if (kind is not K.DEFERRAL or missing) and not received:
            yield kind


def _is_of_the_accepted(event: Event) -> bool:
    """False if the event tells what must be put right before the acceptance."""
    return not isinstance(event, e.CorrectionAsked)


def pin_of(event: Event, kind: DocumentKind) -> ServedDocument | None:
    """What the event pinned of its document of this kind.  Returns None if it pinned nothing."""
    pinned: Sequence[ServedDocument] = getattr(event, "documents", ())
    return next((each for each in pinned if each.kind is kind), None)


def composed(case: CaseState, event: Event, letterhead: Letterhead, template: Template) -> Content:
    """The content by this template; the case is as it was before the event."""
    decided = isinstance(event, DECISIONS) and event.document
    organ = case.pinned.item.department.name
    return Content(
        kind=template.kind,
        template=template,
        organ="" if template.kind in SIGNED_BY_THE_APPLICANT else organ,
        number=decided.number if decided else "",
        addressee=letterhead.name,
        day=event.day,
        case=event.originator_id,
        version=event.originator_version,
        blocks=template.filled(facts_of(case, event, letterhead.name), event.day),
        letterhead=letterhead,
    )
