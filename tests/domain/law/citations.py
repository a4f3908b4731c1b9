"""Finds what a text cites, and says which of it is not in force on the day of the text."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from domain.law.acts import ACTS, Act
from domain.law.lawbook import NAMED, PRINTED, Lawbook

FIRST, LAST = date(2020, 12, 28), date(2027, 12, 31)
ARTICLE = r"第[一二三四五六七八九十百零〇\d]+条"
LONGEST_FIRST = sorted(ACTS, key=lambda act: -len(act.called))
"""The name of one act may be the end of another's."""
_PART = r"[一二三四五六](?:·[一二三四五六七八九])?"


def days_to_read(law: Lawbook = PRINTED) -> list[date]:
    """Each day on which anything changes, the days around it, and the ends."""
    boundaries = law.boundaries(FIRST, LAST)
    around = {day + timedelta(days=n) for day in boundaries for n in (-1, 0, 1)}
    return sorted(day for day in around if FIRST <= day <= LAST)


def faults(text: str, day: date, law: Lawbook = PRINTED) -> set[str]:
    """What the text cites that is not in force on this day, or that names no act."""
    found = set(NAMED.findall(text))
    for act in LONGEST_FIRST:
        found |= set(_faults_of(act, text, day, law))
        text = _cited(act).sub("", text)
    return found | set(re.findall(ARTICLE, text))


def _faults_of(act: Act, text: str, day: date, law: Lawbook) -> Iterator[str]:
    version = act.on(day)
    known = {
        number
        for each, versions in law.acts()
        for wording, articles in versions
        for number in (article.number for article in articles)
        if each is act and wording is version
    }
    parts = {part for number in known for part in number.split("、")}
    for match in _cited(act).finditer(text):
        if version is None:
            yield act.called
        for number in (match[1] or "").split("、"):
            if number and number not in parts:
                yield f"{act.called}{number}"


def _cited(act: Act) -> re.Pattern[str]:
    """The act by its name, with or without 《》, and the articles that follow it."""
    name = re.escape(act.called.strip("《》"))
    number = _PART if act.id == "工作方案" else ARTICLE
    return re.compile(rf"{name}》?\s*((?:{number})(?:、(?:{number}))*)?")
