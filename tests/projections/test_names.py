"""Search by a part of a name: its matches, for parts of any length and any way of typing."""

import unicodedata
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.values.folding import fold
from domain.values.parties import Organisation
from domain.values.texts import short_text
from projections.disclosures import name_search
from projections.disclosures.name_search import NAMES
from projections.read_model.tables import name_tails
from tests import stories as s
from tests.given import history
from tests.support.repetitions import count as repetitions
from tests.support.service_driver import STORIES, Office
from tests.typed.grammar import NAMES as TYPED_NAMES
from tests.typed.grammar import is_no_number_of_a_person, spelt

SHORT = st.text(alphabet="义马市千秋a%_ ", min_size=1, max_size=6)


class Register:
    """Records cases of applicants with given names and searches for parts of the names."""

    def __init__(self, service):
        self.office, self.service = Office(service), service
        self.name_of, self._numbers = {}, count(1)

    def records(self, *names, story=s.GRANTED):
        for name in names:
            applicant = Organisation(code=s.APPLICANT.code, name=name)
            self.name_of[self.office.remembers(story, applicant=applicant)] = name
        self.service.projector.catch_up(NAMES)

    def search(self, part):
        with self.service.engine.connect() as db:
            ids = db.scalars(name_search.cases_by_name_part(part))
            return {self.name_of[id] for id in ids}

    def size(self):
        with self.service.engine.connect() as db:
            return db.scalar(select(func.count()).select_from(name_tails))


@pytest.fixture
def register(service):
    return Register(service)


BAKERY, SCHOOL, KTV = "义马市千秋路100%好味_面包坊", "义马市第一小学（东校区）", "星光ＫＴＶ娱乐城"
MATCHES = {
    "义": {BAKERY, SCHOOL},
    "坊": {BAKERY},
    "千秋": {BAKERY},
    "义马": {BAKERY, SCHOOL},
    "千秋路": {BAKERY},
    "第一小学": {SCHOOL},
    SCHOOL: {SCHOOL},
    SCHOOL + "分校": set(),
    "秋千": set(),
    "义马千秋": set(),
    "%": {BAKERY},
    "0%好": {BAKERY},
    "_": {BAKERY},
    "学(东": {SCHOOL},
    "ktv": {KTV},
    "ＫｔＶ娱": {KTV},
    "\U0010ffff": set(),
}


def test_a_part_of_any_length_finds_exactly_the_names_that_contain_it(register):
    register.records(BAKERY, SCHOOL, KTV)
    assert {part: register.search(part) for part in MATCHES} == MATCHES


def tails_of(name):
    applicant = Organisation(code=s.APPLICANT.code, name=name)
    (opened,) = history(s.OPENED[0]._replace(said=s.OPENED[0].said | {"applicant": applicant}))
    return [row["tail"] for row in NAMES.fold((), opened, 1)]


@settings(deadline=None, derandomize=True)
@given(name=SHORT.filter(lambda name: name == name.strip()), part=SHORT)
def test_some_tail_begins_with_the_part_exactly_when_the_part_is_in_the_name(name, part):
    if folded := fold(part):
        is_prefix = any(tail.startswith(folded) for tail in tails_of(name))
        assert is_prefix == (folded in fold(name))


ALIKE: dict[str, list[str]] = {}
for code in range(0x20000):
    if not 0xD800 <= code <= 0xDFFF and not unicodedata.combining(chr(code)):
        folded = fold(chr(code))
        if fold(f"1{chr(code)}1") == f"1{folded}1":
            ALIKE.setdefault(folded, []).append(chr(code))
"""The characters of Unicode by the text that they fold to wherever they stand.

A dot counts between digits only, and so does that in ⒏."""
IGNORED = ALIKE[""]


@st.composite
def parts_typed(draw):
    """A name as one person typed it, and a part of it as another person types it."""
    name = draw(TYPED_NAMES)
    start = draw(st.integers(0, len(name) - 1))
    part = name[start : draw(st.integers(start + 1, len(name)))]
    others = [draw(st.sampled_from(ALIKE.get(fold(each), [each]) or [each])) for each in part]
    typed = "".join(each + draw(st.sampled_from(("", "", *IGNORED))) for each in others)
    written = draw(spelt(name).filter(is_no_number_of_a_person))
    return written.typed, draw(st.sampled_from((typed, draw(spelt(part)).typed)))


@settings(max_examples=repetitions(small=600, soak=100_000), deadline=None, database=None)
@given(parts_typed())
def test_whatever_variant_of_a_part_is_typed_some_tail_of_the_name_begins_with_it(typed):
    name, part = typed
    folded = fold(part)
    assert not folded or any(tail.startswith(folded) for tail in tails_of(short_text(name)))


@pytest.mark.parametrize(
    ("longest", "parts"),
    [("㍿" * 199 + "尾", ["会社株式", "式会社尾", "尾"]), ("ﷺ" * 199 + "尾", ["ﷺ尾", "尾"])],
)
def test_a_name_that_grows_when_it_is_folded_is_found_by_its_end(register, longest, parts):
    register.records(longest)
    assert all(register.search(part) == {longest} for part in parts)
    assert register.service.parking.all() == []


def test_a_search_for_a_common_part_reads_only_one_case_more_than_the_limit(register, monkeypatch):
    monkeypatch.setattr(name_search, "MANY", 2)
    register.records(*[f"义马市第{n}小学" for n in range(5)])
    with register.service.engine.connect() as db:
        assert len(db.scalars(name_search.cases_by_name_part("小学")).all()) == 3


def test_an_applicant_whose_case_cannot_become_public_is_not_in_the_table(register):
    register.records(BAKERY)
    before = register.size()
    for name in ("EXCLUDED_CASE", "DECLINED", "WITHDRAWN", "REFUSED"):
        register.records(SCHOOL, story=STORIES[name])
    register.office.remembers(s.PENALIZED, applicant=s.PERSON)
    register.service.projector.catch_up(NAMES)
    assert register.size() == before == len(BAKERY)
