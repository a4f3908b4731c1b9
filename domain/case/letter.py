"""The texts of the notice and of the commitment letter."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.case.values import DeferredMaterial, RecordType
from domain.catalogue import composed_texts
from domain.catalogue.terms import CommitmentType, Material, PinnedItem, Replaces, Terms


def notice_digest(
    case_id: UUID,
    pinned: PinnedItem,
    deferred: Iterable[DeferredMaterial],
    replaced: Iterable[Material],
    day: date,
    replaces: str = "",
) -> str:
    """The SHA-256 of the notice; the letter must cite it, so the signature covers this text."""
    told = pinned.terms.consequences_told(day)
    text = notice_text(case_id, pinned, told, deferred, replaced, day, replaces)
    return hashlib.sha256(text.encode()).hexdigest()


def notice_text(
    case_id: UUID,
    pinned: PinnedItem,
    stated: Iterable[str],
    deferred: Iterable[DeferredMaterial],
    replaced: Iterable[Material],
    day: date,
    replaces: str = "",
) -> str:
    """The text of the notice as it was served; it states these consequences (`stated`)."""
    contact = pinned.terms.contact
    stands_in = [material.code for material in replaced]
    told: dict[str, object] = {"replaced": stands_in, "replaces": replaces}
    told["contact"] = contact and contact.model_dump(exclude_none=True)
    content = {name: what for name, what in told.items() if what not in (None, [], "")} | {
        "case": str(case_id),
        "item": [pinned.item.code, pinned.version],
        "conditions": pinned.terms.conditions,
        "standards": pinned.terms.standards,
        "consequences": [*stated],
        "deferred": [[m.code, m.due.on.isoformat()] for m in deferred],
        "served_on": day.isoformat(),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record_type(kind: CommitmentType, terms: Terms) -> RecordType:
    """承诺类型 of the collection record, derived from the plan's type and the item's terms."""
    if kind is CommitmentType.DEFERRED_MATERIALS:
        return RecordType.DEFERRED_MATERIALS
    if terms.replaces is Replaces.CERTIFICATE:
        return RecordType.CERTIFICATION_SUBSTITUTE
    return RecordType.APPROVAL_SUBSTITUTE


def reason(pinned: PinnedItem) -> str:
    """承诺事由 of the collection record."""
    return composed_texts.reason(pinned.item.name)


def content(
    pinned: PinnedItem, deferred: Iterable[DeferredMaterial], replaced: Iterable[Material]
) -> str:
    """承诺内容 of the collection record."""
    promised = ((material.name, material.due.on) for material in deferred)
    names = (material.name for material in replaced)
    return composed_texts.content(pinned.terms.conditions, promised, names)


def liability(pinned: PinnedItem, told_on: date) -> str:
    """违诺责任 of the collection record, as the notice of that day stated it."""
    return composed_texts.liability(pinned.terms.consequences_told(told_on))
