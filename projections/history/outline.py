"""A JSON value as a person reads it: names in Chinese, codes by their words, parts below wholes."""

from typing import Any, NamedTuple

from application.aggregates import Kind
from domain.values.credit import CreditSubject
from projections.history.entries import topics_of_kind
from projections.history.words import called, shown

NOTHING = "无"
_SUBJECTS = {subject.value: subject.label for subject in CreditSubject}


class Line(NamedTuple):
    """One thing with its name: a text, or the lines inside it."""

    name: str
    text: str
    inside: list["Line"]


def outline(value: Any, kind: Kind) -> list[Line]:
    """The parts of an object by name, or of a list by number; of anything else there are none."""
    match value:
        case dict():
            topics = topics_of_kind(kind.aggregate)
            return [line(called(name, topics), each, kind, name) for name, each in value.items()]
        case list():
            return [line(f"第{number}项", each, kind) for number, each in enumerate(value, start=1)]
        case _:
            return []


def line(name: str, value: Any, kind: Kind, key: str = "") -> Line:
    """The value under its Chinese name; `key` is what the domain calls it."""
    if key in ("action", "kind") and (words := {**kind.actions, **_SUBJECTS}.get(value)):
        return Line(name, words, [])
    text = _text(value)
    return Line(name, text or "", outline(value, kind) if text is None else [])


def _text(value: Any) -> str | None:
    """The value in one line; None when it takes more."""
    match value:
        case None | "" | []:
            return NOTHING
        case dict() if not value:  # the pattern {} would fit every object
            return NOTHING
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
            short = all(text is not None and "\n" not in text for text in texts)
            return "；".join(map(str, texts)) if short else None
        case _:
            return shown(value) or str(value)
