"""What an event is found by, beside who did it and when: its action, its ground, its documents.

A new aggregate adds its lifecycle and its name; an event that names a document, or a ground, a row.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

from domain.case import events as c
from domain.case.lifecycle import HEARING, MAIN_LINE, SUPPLEMENT
from domain.catalogue import events as i
from domain.catalogue.lifecycle import LISTING
from domain.kernel.aggregate import Event
from domain.tolerance import events as r
from domain.tolerance.grounds import GroundKind
from domain.tolerance.lifecycle import REVIEW
from projections.read_model.tables import NAME_LENGTH

LIFECYCLES = (MAIN_LINE, SUPPLEMENT, HEARING, LISTING, REVIEW)
FAMILIES = {"case": "案件", "item": "清单事项", "tolerance": "容错审查"}
"""What actions are about, by the first part of their topics."""


def _family(event: type[Event]) -> str:
    return event.TOPIC.partition("/")[0]


ACTION_OF: dict[type[Event], str] = {
    step.records: f"{_family(step.records)}/{step.action}"
    for lifecycle in LIFECYCLES
    for step in lifecycle.steps
}
"""The action that an event records; the same verb means another thing of another aggregate."""

ACTIONS: dict[str, str] = {
    f"{_family(step.records)}/{step.action}": lifecycle.labels[step.action]
    for lifecycle in LIFECYCLES
    for step in lifecycle.steps
}
"""The Chinese word for every action."""

DOCUMENTS: dict[type[Event], Callable[[Any], tuple[str | None, ...]]] = {
    c.CaseOpened: lambda e: (e.pinned.terms.measure_document,),
    c.CreditExcluded: lambda e: tuple(finding.document for finding in e.answer.findings),
    c.CommitmentMade: lambda e: (e.code,),
    c.ApplicationGranted: lambda e: (e.document.number,),
    c.ApplicationRefused: lambda e: (e.document.number,),
    c.PenaltyImposed: lambda e: (e.basis.number,),
    i.ItemListed: lambda e: (e.terms and e.terms.measure_document,),
    i.ItemRevised: lambda e: (e.terms.measure_document,),
    r.Exempted: lambda e: (e.decision.number,),
    r.Mitigated: lambda e: (e.decision.number,),
    r.NotExempted: lambda e: (e.decision.number,),
    r.ReconsiderationSettled: lambda e: (e.ruling.decision.number,),
    r.AppealSettled: lambda e: (e.ruling.decision.number,),
}
"""The numbers of the documents that an event names."""

GROUNDS: dict[type[Event], Callable[[Any], str]] = {
    r.ToleranceRequested: lambda e: e.ground.ground,
}
"""The ground of tolerance (容错) that an event names."""

GROUND_WORDS: dict[str, str] = {ground: ground.label for ground in GroundKind}
"""The Chinese words for the grounds."""


def documents_of(event: Event) -> list[str]:
    """The documents that an event names, each once."""
    named = DOCUMENTS.get(type(event), lambda _: ())(event)
    return list(dict.fromkeys(number for number in named if number))


def ground_of(event: Event) -> str | None:
    named = GROUNDS.get(type(event))
    return named(event) if named else None


_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")


def comparable(number: str) -> str:
    """A document number as searches compare it: however wide it is and whichever its brackets."""
    plain = unicodedata.normalize("NFKC", "".join(number.split())).casefold()
    return plain.translate(_BRACKETS)[:NAME_LENGTH]
