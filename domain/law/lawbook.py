"""The lawbook: which article says what on which day, and texts that cite it.

A text names a basis as 〔依据·容缺受理〕; `told` puts the act and the article of a day there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from domain.law.acts import ACTS, Act, Version
from domain.law.articles import ARTICLES, Article
from domain.values.workdays import in_chinese

NAMED = re.compile(r"〔依据·([^〔〕]+)〕")
"""A basis in a text of the house."""


@dataclass(frozen=True)
class Lawbook:
    """The printed table, with the articles that two people have entered since."""

    entered: tuple[Article, ...] = ()

    def article(self, basis: str, day: date) -> Article:
        """The row for this basis that came into force last; of two, that which was entered last.

        Raises LookupError without any.
        """
        rows = [
            each
            for each in (*ARTICLES, *self.entered)
            if each.basis == basis and each.in_force_from <= day
        ]
        if not rows:
            raise LookupError(f"no act says “{basis}” on {day}")
        first = max(each.in_force_from for each in rows)
        return [each for each in rows if each.in_force_from == first][-1]

    def known(self, basis: str, day: date) -> bool:
        """False if the act was revised since, and nobody has entered where it says this now."""
        article = self.article(basis, day)
        version = article.act.on(day)
        return version is not None and version.in_force_from <= article.in_force_from

    def revised_on(self, basis: str) -> date:
        """The first day of the version that the act of this basis has now."""
        act = next(each.act for each in reversed(ARTICLES) if each.basis == basis)
        return act.versions[-1].in_force_from

    def cited(self, basis: str, day: date) -> str:
        """The act and the article that say this on this day; a revised act without an article."""
        article = self.article(basis, day)
        if self.known(basis, day):
            return _joined(article.act.called, article.number)
        version = article.act.on(day)
        assert version is not None, f"{article.act.id} was not in force on {day}"
        return f"自{in_chinese(version.in_force_from)}起施行的{article.act.called}"

    def named(self, basis: str, day: date) -> str:
        """The full name of the act that says this on this day."""
        return self.article(basis, day).act.name

    def rests(self, basis: str, day: date) -> str:
        """The wording on which a decision of this day rests, with its own days in force.

        That is the wording known last, for as long as nobody has entered the one of a revision.
        """
        article = self.article(basis, day)
        wording, now = article.act.on(article.in_force_from), article.act.on(day)
        cited = _joined(article.act.called, article.number)
        since = in_chinese(article.in_force_from)
        if self.known(basis, day) or not (wording and wording.in_force_to and now):
            return f"{cited}（{since}起施行的文本）"
        until, revised = in_chinese(wording.in_force_to), in_chinese(now.in_force_from)
        return (
            f"{cited}（{since}至{until}施行的文本；"
            f"{revised}起施行修订后的文本，新的条文还没有经两人录入）"
        )

    def told(self, text: str, day: date) -> str:
        """The text, with the citation of this day for every basis that it names."""
        return NAMED.sub(lambda match: self.cited(match[1], day), text)

    def acts(self) -> Iterator[tuple[Act, Sequence[tuple[Version, Sequence[Article]]]]]:
        """Every act with its versions, the newest first, each with the articles known of it."""
        for act in ACTS:
            yield act, [(each, self._articles(act, each)) for each in reversed(act.versions)]

    def _articles(self, act: Act, version: Version) -> list[Article]:
        """The articles known of one version; of a whole act there are none."""
        return [
            each
            for each in (*ARTICLES, *self.entered)
            if each.act is act and each.number and version.holds_on(each.in_force_from)
        ]

    def on(self, day: date) -> "LawOfDay":
        return LawOfDay(self, day)

    def boundaries(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last` on which anything here may change; the ends as well.

        Between two of them every text reads the same.
        """
        days = {first, last}
        for version in (each for act in ACTS for each in act.versions):
            days.add(version.in_force_from)
            if version.in_force_to:
                days.add(version.in_force_to + timedelta(days=1))
        days |= {each.in_force_from for each in (*ARTICLES, *self.entered)}
        return sorted(day for day in days if first <= day <= last)


class LawOfDay(NamedTuple):
    """A lawbook opened at one day, for a page that is shown on it."""

    book: Lawbook
    day: date

    def cited(self, basis: str) -> str:
        return self.book.cited(basis, self.day)

    def named(self, basis: str) -> str:
        return self.book.named(basis, self.day)


def _joined(act: str, number: str) -> str:
    return f"{act}{'' if not number or act.endswith('》') else ' '}{number}"


PRINTED = Lawbook()
"""The table as this release brings it."""
