"""A JSON value as a tree of texts for people, with Chinese words for its fields and codes."""

from typing import Any, NamedTuple

from application.aggregates import AggregateType
from domain.values.credit import CreditSubject
from domain.values.staff import SYSTEM_PERSON
from projections.history.entries import topic_labels
from projections.history.words import code_label, field_label

EMPTY = "无"
_SUBJECTS = {subject.value: subject.label for subject in CreditSubject}


class OutlineNode(NamedTuple):
    """A value with its Chinese name: either a text, or the nodes of its parts."""

    name: str
    text: str
    inside: list["OutlineNode"]


def outline(value: Any, kind: AggregateType) -> list[OutlineNode]:
    """Returns a node for each field of an object or each item of a list; otherwise no nodes."""
    match value:
        case dict():
            topics = topic_labels(kind.aggregate)
            return [
                node(field_label(name, topics), each, kind, name) for name, each in value.items()
            ]
        case list():
            return [node(f"第{number}项", each, kind) for number, each in enumerate(value, start=1)]
        case _:
            return []


def node(name: str, value: Any, kind: AggregateType, key: str = "") -> OutlineNode:
    """Returns the node of a value under its Chinese name; `key` is its field name in the domain."""
    if key in ("action", "kind") and (label := {**kind.actions, **_SUBJECTS}.get(value)):
        return OutlineNode(name, label, [])
    if key == "investigators" and isinstance(value, list):
        value = [person for person in value if person != SYSTEM_PERSON]  # it is no person
    text = _text(value)
    return OutlineNode(name, text or "", outline(value, kind) if text is None else [])


def _text(value: Any) -> str | None:
    """Returns the value as one text.  Returns None if it needs a node for each part."""
    match value:
        case None | "" | []:
            return EMPTY
        case dict() if not value:  # the pattern {} would match every object
            return EMPTY
        case bool():
            return "是" if value else "否"
        case {"on": day, "provisional": provisional, **more} if not more:
            return f"{day}（暂定）" if provisional else str(day)
        case {"code": code, "name": name, **more} if not more:
            return f"{name}（{code}）"
        case dict():
            return None
        case list():
            texts = [_text(each) for each in value]
            one_line = all(text is not None and "\n" not in text for text in texts)
            return "；".join(map(str, texts)) if one_line else None
        case _:
            return code_label(value) or str(value)
