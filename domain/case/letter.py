"""The texts of the notice and of the commitment letter."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.case.values import DeferredMaterial, RecordType
from domain.catalogue.terms import CommitmentType, PinnedItem, Replaces, Terms
from domain.values.workdays import in_chinese

LICENCE_FINE = (
    "以虚假承诺或者违反承诺取得行政许可的，由作出许可的机关依法撤销，"
    "可处一百万元以上二百万元以下罚款（《河南省社会信用条例》第六十八条）。"
)
"""The notice must state this if the promise replaces an approval (河南省社会信用条例 68)."""

RECORDED = "违反承诺且整改不到位或者拒绝整改的，依法记入失信记录、实施信用惩戒并向社会公示。"


def consequences(pinned: PinnedItem) -> tuple[str, ...]:
    """违诺后果 as the notice states them: those of the item, then those that the law adds."""
    fine = (LICENCE_FINE,) if pinned.terms.replaces is Replaces.APPROVAL else ()
    return (*pinned.terms.consequences, *fine, RECORDED)


def notice_digest(
    case_id: UUID, pinned: PinnedItem, deferred: Iterable[DeferredMaterial], day: date
) -> str:
    """The SHA-256 of the notice; the letter must cite it, so the signature covers this text."""
    text = notice_text(case_id, pinned, consequences(pinned), deferred, day)
    return hashlib.sha256(text.encode()).hexdigest()


def notice_text(
    case_id: UUID,
    pinned: PinnedItem,
    stated: Iterable[str],
    deferred: Iterable[DeferredMaterial],
    day: date,
) -> str:
    """The text of the notice as it was served; `stated` are the consequences stated in it."""
    contact = pinned.terms.contact
    told = {"contact": contact.model_dump(exclude_none=True)} if contact else {}
    content = told | {
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
    return f"申请办理“{pinned.item.name}”"


def content(pinned: PinnedItem, deferred: Iterable[DeferredMaterial]) -> str:
    """承诺内容: notice known, conditions met, materials due, liability accepted, intent genuine."""
    lines = ["已知晓告知书的全部内容。", "符合下列条件："]
    lines += [f"（{n}）{text}" for n, text in enumerate(pinned.terms.conditions, 1)]
    lines += [f"在{in_chinese(m.due.on)}前补交《{m.name}》。" for m in deferred]
    lines += ["愿意承担违反承诺的责任。", "以上承诺是真实意思表示。"]
    return "\n".join(lines)


def liability(pinned: PinnedItem) -> str:
    """违诺责任 of the collection record."""
    return "\n".join(consequences(pinned))
