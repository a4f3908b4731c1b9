"""The texts that the service composes from the terms of an item, and the limits that they keep.

A composed text is recorded without a limit of its own, so that no case stops at it.  Terms that
would make it longer than its field of the collection record are refused when they are written.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from domain.law.lawbook import PRINTED
from domain.values.workdays import in_chinese

LICENCE_FINE = (
    "以虚假承诺或者违反承诺取得行政许可的，由作出许可的机关依法撤销，"
    "可处一百万元以上二百万元以下罚款（〔依据·违诺取得许可的罚款〕）。"
)
"""The notice must state this if the promise replaces an approval (河南省社会信用条例 68)."""

RECORDED = "违反承诺且整改不到位或者拒绝整改的，依法记入失信记录、实施信用惩戒并向社会公示。"
LONGEST_DAY = date(2026, 12, 31)  # no day is written with more characters
_FINDING = 4000


class RecordField(NamedTuple):
    """A field of the collection record that holds a composed text, with its limit in characters."""

    name: str
    limit: int
    made_of: str

    def hold(self, text: str) -> None:
        """Raises ValueError if the field cannot hold the text."""
        if len(text) > self.limit:
            raise ValueError(
                f"{self.name}由{self.made_of}写成，将有{len(text)}字，超过{self.limit}字，请精简"
            )


REASON = RecordField("承诺事由", 512, "事项名称")
CONTENT = RecordField("承诺内容", 4000, "办理条件和容缺、承诺替代的材料的名称")
LIABILITY = RecordField("违诺责任", 4000, "违诺后果和法定后果")


def reason(item_name: str) -> str:
    """承诺事由 of the collection record; a name of 200 characters fits."""
    return f"申请办理“{item_name}”"


def content(
    conditions: Iterable[str], promised: Iterable[tuple[str, date]], replaced: Iterable[str] = ()
) -> str:
    """承诺内容: notice known, conditions met, materials due, liability accepted, intent genuine.

    `promised` are the names of the deferred materials with their days, `replaced` those of the
    materials for which the promise stands in.
    """
    lines = ["已知晓告知书的全部内容。", "符合下列条件："]
    lines += [f"（{n}）{text}" for n, text in enumerate(conditions, 1)]
    lines += [f"在{in_chinese(day)}前补交《{name}》。" for name, day in promised]
    lines += map(stood_in_for, replaced)
    lines += ["愿意承担违反承诺的责任。", "以上承诺是真实意思表示。"]
    return "\n".join(lines)


def stood_in_for(name: str) -> str:
    """That the promise stands in for the material of this name."""
    return f"以本承诺替代《{name}》，所证明的情况属实。"


def consequences(stated: Sequence[str], day: date, *, of_an_approval: bool) -> tuple[str, ...]:
    """违诺后果: those that the item states, then those that the law adds on this day."""
    fine = (PRINTED.told(LICENCE_FINE, day),) if of_an_approval else ()
    return (*stated, *fine, RECORDED)


def liability(stated: Iterable[str]) -> str:
    """违诺责任 of the collection record, of all consequences."""
    return "\n".join(stated)


def overdue(names: Sequence[str]) -> str:
    """The finding that these materials are overdue; it names as many of them as it can hold."""
    named = [f"《{name}》" for name in names]
    while len(text := _overdue(named, len(names))) > _FINDING:
        named.pop()
    return text


def _overdue(named: Sequence[str], count: int) -> str:
    more = f"等{count}份材料" if len(named) < count else ""
    return f"补交期限已过，{'、'.join(named)}{more}仍未补齐"


def longest_contents(
    conditions: Sequence[str], deferrable: Iterable[str], replaceable: Iterable[str]
) -> tuple[str, str]:
    """承诺内容 if every material that may be deferred is, and if every one is replaced."""
    deferred = content(conditions, ((name, LONGEST_DAY) for name in deferrable))
    return deferred, content(conditions, (), replaceable)
