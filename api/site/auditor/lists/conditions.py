"""The conditions of a search in words, each with the address of the same search without it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from application.access.permissions import Role
from application.as_of import Moment
from domain.values.labels import Labelled
from domain.values.workdays import in_chinese, minute_in_chinese
from projections.audit_trail.descriptors import ACTIONS, FAMILIES, GROUND_WORDS
from projections.audit_trail.queries import TrailQuery

TRAIL_LABELS = {
    "applicant": "申请人",
    "person": "经办人员",
    "role": "岗位",
    "organisation": "单位",
    "action": "操作",
    "ground": "容错情形",
    "document": "承诺编码、文书号或者案件编号",
    "stream": "案件或者事项",
    "since": "起",
    "until": "止",
    "topic": "事件类型",
    "after": "日志",
    "late": "事后记录",
}
"""Chinese names of the filters of the trail, in the order of the form."""

DETAIL_LABELS = {
    **TRAIL_LABELS,
    "department": "申请单位",
    "doubled": "同一人以两个岗位办理的",
    "purpose": "用途",
    "personal": "只看个人信息",
    "version": "步",
    "at": "时刻",
    "oldest": "从早到晚",
}
"""Chinese names of what the access log keeps of a reading beside its subject and stream."""


class Condition(NamedTuple):
    """One condition of a search: its name, its value, and the search without it."""

    label: str
    value: str
    without: str


class Addressed(Protocol):
    """Filters that know the address of the same query with other values."""

    def address(self, path: str, **instead: Any) -> str: ...


def conditions(
    filters: Addressed,
    path: str,
    labels: Mapping[str, str],
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Condition]:
    """Returns each condition that is set; `names` has the words for values that are codes."""
    return [
        Condition(label, value, filters.address(path, cursor=None, **{name: None}))
        for name, label, value in _set(filters, labels, names or {})
    ]


def in_words(sought: TrailQuery) -> list[tuple[str, str]]:
    """Returns the name and the value of each chosen filter, e.g. 岗位 and 审计."""
    return [(label, value) for _, label, value in _set(sought, TRAIL_LABELS, {})]


def details_in_words(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields what a reading asked for, as the access log keeps it: names and values as JSON."""
    given = {**details, **(details.get("search") or {})}
    for name, label in DETAIL_LABELS.items():
        if (value := given.get(name)) and isinstance(value, str | int):
            yield label, _in_words(name, value)


def told_apart(words: list[tuple[str, str]]) -> str:
    """Returns the conditions as the beginning of a title that tells tabs apart."""
    return "，".join(f"{label} {value}".strip() for label, value in words)


def _set(
    filters: Any, labels: Mapping[str, str], names: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str, str]]:
    for name, label in labels.items():
        value = getattr(filters, name)
        if value is not None and value is not False:
            yield name, label, names.get(name, {}).get(str(value)) or _in_words(name, value)


def _in_words(name: str, value: Any) -> str:
    """Returns the Chinese words for a value; a box that is ticked needs none."""
    match value:
        case True:
            return ""
        case Moment(begins=at):
            return f"{minute_in_chinese(at)} 起"
        case date():
            return in_chinese(value)
        case Labelled():
            return value.label
        case _:
            return _CODES.get(name, str)(value)


_CODES: dict[str, Callable[[Any], str]] = {
    "action": lambda code: f"{FAMILIES[code.partition('/')[0]]}：{ACTIONS[code]}",
    "ground": lambda code: GROUND_WORDS.get(code, code),
    "role": Role.label_of,
    "version": lambda number: f"第 {number} 步",
    "after": lambda number: f"第 {number} 号以后",
}
"""By filter: the words for a value that says nothing by itself."""
