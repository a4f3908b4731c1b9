"""The law on file: the printed table, with the articles that two people have entered since."""

from typing import Any

from sqlalchemy import Engine, Row

from domain.law.articles import ARTICLES, Article
from domain.law.lawbook import PRINTED, Lawbook
from domain.wording.values import Revised
from projections.law import projection as law


class LawOnFile:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.book = PRINTED
        """As it was read last in this process."""

    def read(self) -> Lawbook:
        """Reads the articles anew."""
        with self._engine.connect() as db:
            rows = db.execute(law.approved()).all()
        self.book = Lawbook(tuple(_article(row) for row in rows))
        return self.book


def _article(row: Row[Any]) -> Article:
    basis = Revised(row.cites).label
    act = next(each.act for each in reversed(ARTICLES) if each.basis == basis)
    return Article(basis, act, row.in_force_from, row.article, row.provision)
