"""Every database finds the same, whatever its collation: SQLite, PostgreSQL with C and with ICU."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from domain.values.folding import fold
from infrastructure.database.engine import open_database, writing
from infrastructure.exports.search import find_trail_rows
from infrastructure.migrations import upgrade
from projections.audit_trail.queries import OLDEST_FIRST, TrailQuery
from projections.disclosures import queries as disclosure
from projections.disclosures.name_search import tails
from projections.read_model.tables import audit_trail, disclosures, name_tails
from tests.projections.audit_trail.test_trail import dice, made_up
from tests.projections.test_indexes import TODAY, entry, plan
from tests.support.repetitions import count
from tests.typed.grammar import spelt

ICU = ("zh-u-co-pinyin", "zh-u-co-stroke", "und-u-kn-true", "de-u-ks-level1")
"""Locales that sort ideographs by sound or strokes, digits as numbers, and that ignore accents."""


class Searched:
    """A database with cases of many names, and every way of looking them up."""

    def __init__(self, url, names):
        self.names, self.engine = names, open_database(url)
        upgrade(self.engine)
        rows = [
            entry(number) | {"subject_name": name, "name_folded": fold(name), "granted_on": TODAY}
            for number, name in enumerate(names)
        ]
        found_by = [
            {"tail": tail, "case_id": row["case_id"]}
            for row in rows
            for tail in tails(row["subject_name"])
        ]
        chance = dice(3)
        with writing(self.engine).begin() as db:
            db.execute(insert(disclosures), rows)
            db.execute(insert(name_tails), found_by)
            db.execute(insert(audit_trail), [made_up(n, chance) for n in range(1, 100)])

    def found(self, part):
        """Returns the names that the index finds, after checking that a walk finds the same."""
        with self.engine.connect() as db:
            cases = {row.case_id.int for row in db.execute(disclosure.matching_cases(part))}
            walk = disclosure.public_list(TODAY, search=part)
            assert {row.case_id.int for row in db.execute(walk)} == cases
        return {self.names[number] for number in cases}

    def trail(self, **filters):
        rows = find_trail_rows(self.engine, TrailQuery(**filters))
        with self.engine.connect() as db:
            return [row.position for row in db.execute(OLDEST_FIRST.page(rows, 99))]


@pytest.fixture(scope="module")
def databases(postgres, tmp_path_factory) -> Iterator[dict[str, str]]:
    """The URLs of empty databases, by their collations."""
    urls = {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('collations') / 'xinnuo.db'}"}
    urls["C"] = postgres.create_database()
    for locale in ICU:
        urls[locale] = postgres.create_database(icu=locale)
    yield urls
    for url in urls.values():
        if not url.startswith("sqlite"):
            postgres.drop_database(url)


NAMES = [
    *(
        "义马市阿依古丽·热合曼便利店",
        "义⻢市⼀川⽂化传播有限公司",
        "Ångström Café",
        "angstrom cafe",
    ),
    *(
        "第2店",
        "第10店",
        "第１００店",
        "义马𠮷䶮",
        "ß",
        "Straße",
        "㈱" * 199 + "尾",
        "ﷺ" * 199 + "末",
    ),
    *("阿波罗", "张三店", "赵四店", "A a B b", "Ａ（ａ）", "%", "a_b", "义马\U0010fffd市"),
]


@pytest.fixture(scope="module")
def searched(databases) -> Iterator[dict[str, Searched]]:
    both = {name: Searched(url, NAMES) for name, url in databases.items()}
    yield both
    for each in both.values():
        each.engine.dispose()


PARTS = [
    *(
        "阿依古丽•热合曼",
        "一川文化",
        "angstro\u0308m",
        "cafe",
        "café",
        "第2",
        "第1",
        "店",
        "𠮷",
        "ss",
    ),
    *("尾", "㈱尾", "ﷺ末", "a", "%", "_", "a(", "三店", "义马", "义马\U0010fffd", "\U0010fffd市"),
    *(NAMES[10], NAMES[11], "·"),
]


def test_every_database_finds_the_same_names(searched, subtests):
    for part in PARTS:
        with subtests.test(ascii(part[:20])):
            folded = fold(part)
            expected = {name for name in NAMES if folded and folded in fold(name)}
            assert {name: each.found(part) for name, each in searched.items()} == dict.fromkeys(
                searched, expected
            )


def test_every_database_finds_the_same_events(searched, subtests):
    for filters in ({"person": "ZHAO"}, {"organisation": "管理局"}, {"organisation": "发展改革"}):
        with subtests.test(**filters):
            lists = {name: each.trail(**filters) for name, each in searched.items()}
            assert lists == dict.fromkeys(searched, lists["sqlite"])
            assert lists["sqlite"]


def test_every_database_uses_the_index_of_the_tails(searched, subtests):
    for name, each in searched.items():
        with subtests.test(name):
            steps = plan(each.engine, disclosure.matching_cases("第2"))
            assert re.search(r"tail>\?|Index Cond: \(\(+tail\)?(::text)? >=", steps), steps


@settings(max_examples=count(small=60, soak=3_000), deadline=None, database=None)
@given(data=st.data())
def test_whatever_variant_of_a_name_is_typed_the_search_finds_the_name(searched, data):
    """The part starts at a character and ends at one, and each of its characters may vary."""
    name = data.draw(st.sampled_from(NAMES[:9]))
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    typed = data.draw(spelt(part)).typed
    if fold(typed):
        assert all(name in each.found(typed) for each in searched.values()), ascii(typed)
