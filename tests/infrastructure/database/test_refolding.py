"""A database of the release before the one folding is refolded: nobody listed reads clean."""

import hashlib
import unicodedata
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from domain.values import folding
from domain.values.credit import CreditEntry, CreditExclusion, CreditFinding
from domain.values.identifiers import citizen_id_check
from domain.values.parties import Organisation, Person
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_entries
from infrastructure.exports.search import find_trail_rows
from projections.audit_trail.queries import OLDEST_FIRST, TrailQuery
from projections.disclosures.queries import matching_cases, public_list
from projections.read_model.tables import (
    audit_documents,
    audit_trail,
    disclosures,
    name_tails,
    projection_positions,
)
from tests import stories as s
from tests.conftest import migrate
from tests.given import DAY_1
from tests.infrastructure.database.test_migrations import differences, downgrade
from tests.support.repetitions import dice
from tests.support.service_driver import REBUILT, SOMEBODY, Office, everything

DAY = timedelta(days=1)

# the foldings of the release before --------------------------------------------------------------

_TIDY = (
    {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    | {code: chr(code - 0xFEE0).upper() for code in range(ord("！"), ord("～") + 1)}
    | {ord("\u3000"): " "}
)
_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")


def tidy_before(text):
    return text.translate(_TIDY).strip()


def casefolded(text):
    return unicodedata.normalize("NFKC", text).casefold()[:200]


def comparable(number):
    plain = unicodedata.normalize("NFKC", "".join(number.split())).casefold()
    return plain.translate(_BRACKETS)[:200]


def entry_id(subject, kind, document):
    return hashlib.sha256("\n".join([subject, kind, document]).encode()).hexdigest()


# the register -----------------------------------------------------------------------------------


class Yesterday:
    """The register of the release before: every spelling of a document number was a record."""

    def __init__(self, service):
        self.service = service
        downgrade(service.engine, "0007")

    def records(self, document, *, fulfilled=False, at=DAY_1, subject=s.APPLICANT.code, **facts):
        kind = facts.get("kind", "penalty")
        row = {
            "entry_id": entry_id(subject, kind, document),
            "subject": subject,
            "kind": kind,
            "document": document,
            "decided_on": date(2026, 1, 2),
            "details": {"procedure": None, "duty_fulfilled": fulfilled, "repaired": False},
            "excludes": None if fulfilled else "E3",
            "imported_at": at,
        }
        with writing(self.service.engine).begin() as db:
            db.execute(insert(credit_entries).values(row))

    def documents(self):
        """Upgrades, and returns the documents on record."""
        migrate(self.service.settings)
        with self.service.engine.connect() as db:
            return sorted(db.scalars(select(credit_entries.c.document)))

    def findings(self, subject=s.APPLICANT):
        return [found.document for found in self.service.register.ask(subject).findings]


@pytest.fixture
def yesterday(service):
    return Yesterday(service)


def test_a_duty_fulfilled_under_another_kind_of_brackets_no_longer_excludes(yesterday):
    yesterday.records("义测罚〔2026〕7号")
    yesterday.records("义测罚[2026]7号", fulfilled=True, at=DAY_1 + DAY)
    assert yesterday.documents() == ["义测罚[2026]7号"]
    assert yesterday.findings() == []


def test_of_one_document_in_several_spellings_the_record_imported_last_stays(yesterday):
    yesterday.records("义测罚[2026]8号", fulfilled=True)
    yesterday.records("义测罚〔2026〕第08号", at=DAY_1 + DAY)
    yesterday.records("义测罚（2026）8 号", fulfilled=True, at=DAY_1 - DAY)
    assert yesterday.documents() == yesterday.findings() == ["义测罚〔2026〕第08号"]


@pytest.mark.parametrize("first_fulfilled", [True, False])
def test_of_records_imported_together_the_one_that_excludes_stays(yesterday, first_fulfilled):
    yesterday.records("义测罚〔2026〕9号", fulfilled=first_fulfilled)
    yesterday.records("义测罚【2026】9号", fulfilled=not first_fulfilled)
    assert len(yesterday.documents()) == len(yesterday.findings()) == 1


def test_another_number_year_kind_or_subject_stays_another_record(yesterday):
    yesterday.records("义测罚〔2026〕7号")
    yesterday.records("义测罚〔2026〕70号")
    yesterday.records("义测罚〔2025〕7号")
    yesterday.records("义测罚[2026]7号", kind="serious_list")
    yesterday.records("义测罚[2026]7号", subject="91411281MA98MQWG65")
    assert len(yesterday.documents()) == 5


def test_a_person_in_the_register_is_found_after_the_refolding(service):
    ref = Office(service).takes_in(SOMEBODY)
    subject, yesterday = service.repository.vault.index_of(ref), Yesterday(service)
    yesterday.records("义测罚〔2026〕7号", subject=subject)
    yesterday.records("义测罚[2026]7号", subject=subject)
    assert len(yesterday.documents()) == 1
    assert len(yesterday.findings(Person(ref=ref))) == 1


def test_a_refolded_record_is_brought_up_to_date_by_the_next_import(yesterday, service):
    yesterday.records("义测罚〔2026〕7号")
    yesterday.documents()
    facts = {"kind": "penalty", "subject_kind": "organisation", "subject_code": s.APPLICANT.code}
    state = {"decided_on": date(2026, 1, 2), "duty_fulfilled": True, "repaired": False}
    service.register.take_in([CreditEntry(document="义测罚[2026]007号", **facts, **state)])
    assert yesterday.documents() == ["义测罚[2026]007号"]
    assert yesterday.findings() == []


FIRMS = [f"9141128100000{n:04}X" for n in range(12)]
SPELLINGS = ("义测罚〔2026〕{}号", "义测罚[2026]{}号", "义测罚（2026）第0{}号", "义测罚 2026 {} 号")


def imported_at_random(yesterday):
    """Records documents in many spellings; returns for each when it came and if it excludes."""
    chance, came = dice(7), {}
    for firm, number, spelling in product(FIRMS, range(1, 5), SPELLINGS):
        if chance.random() < 0.3:
            continue
        document, at = spelling.format(number), DAY_1 + chance.randrange(3) * DAY
        fulfilled = chance.random() < 0.5
        yesterday.records(document, fulfilled=fulfilled, at=at, subject=firm)
        one = firm, folding.number_key(document)
        came[one] = max(came.get(one, (at, False)), (at, not fulfilled))
    return came


def test_nobody_whose_last_import_excludes_reads_clean(yesterday):
    came = imported_at_random(yesterday)
    assert len(came) > 40
    yesterday.documents()
    for firm in FIRMS:
        subject = Organisation.model_construct(code=firm, name="义马市示例有限公司")
        excluded = {folding.number_key(each) for each in yesterday.findings(subject)}
        assert excluded == {
            key for (of, key), (_, excludes) in came.items() if of == firm and excludes
        }


HAD = ("entry_id", "subject", "kind", "document", "decided_on", "details", "excludes")
"""Columns that the register has in every release."""


def register_of(service):
    with service.engine.connect() as db:
        had = select(*(credit_entries.c[name] for name in HAD))
        return sorted(str(tuple(row)) for row in db.execute(had))


def test_the_refolding_is_undone_by_a_downgrade(yesterday, service):
    yesterday.records("义测罚〔2026〕7号")
    before = register_of(service)
    migrate(service.settings)
    assert register_of(service) != before
    downgrade(service.engine, "0007")
    assert register_of(service) == before


# blind indexes ----------------------------------------------------------------------------------


@st.composite
def accepted_numbers(draw):
    """A citizen's number in a spelling that the release before has accepted."""
    digits = "411281" + "19900101" + f"{draw(st.integers(0, 999)):03}"
    number = digits + citizen_id_check(digits)
    wide = {ord(each): chr(ord(each) + 0xFEE0) for each in "0123456789Xx"}
    spelt = "".join(each.translate(wide) if draw(st.booleans()) else each for each in number)
    spelt = spelt.replace("X", draw(st.sampled_from("Xx")))
    return (
        draw(st.sampled_from(("", " ", "\u3000", "\t", "\u00a0")))
        + spelt
        + draw(st.sampled_from(("", " \n")))
    )


@given(accepted_numbers())
def test_a_number_that_was_accepted_has_the_same_blind_index_as_before(number):
    assert folding.tidy(number) == tidy_before(number)


# searches ---------------------------------------------------------------------------------------

NAMES = {
    "义马市阿依古丽·热合曼便利店": ["阿依古丽•热合曼", "阿依古丽热合曼"],
    "义⻢市⼀川⽂化传播有限公司": ["义马市一川文化"],
    "义马市零宽\u200b度测试有限公司": ["零宽度"],
    "㈱" * 199 + "尾": ["(株)尾"],
}


def as_before(service):
    """Folds the read tables as the release before did; all bookmarks stand at the end."""
    downgrade(service.engine, "0007")
    with writing(service.engine).begin() as db:
        for row in db.execute(select(disclosures.c.case_id, disclosures.c.subject_name)).all():
            whole = casefolded(row.subject_name)
            one = update(disclosures).where(disclosures.c.case_id == row.case_id)
            db.execute(one.values(name_folded=whole))
            tails = dict.fromkeys(whole[start:] for start in range(len(whole)))
            db.execute(insert(name_tails), [{"tail": t, "case_id": row.case_id} for t in tails])
        for row in db.execute(select(audit_trail)).all():
            for number in {comparable(each) for each in row.documents}:
                place = {"number": number, "at": row.at, "position": row.position}
                db.execute(insert(audit_documents).values(place))
        for name in ("names", "documents"):
            bookmark = {
                "projection": name,
                "position": service.repository.recorder.max_notification_id(),
            }
            db.execute(insert(projection_positions).values(bookmark))


@pytest.fixture
def named(service):
    """The names of the cases by their ids, in a database of the release before."""
    office = Office(service)
    applicants = {
        name: Organisation.model_construct(kind="organisation", code=s.APPLICANT.code, name=name)
        for name in NAMES
    }
    cases = {office.remembers(s.PENALIZED, applicant=who): name for name, who in applicants.items()}
    service.projector.catch_up_all()
    as_before(service)
    return cases


def found(service, part):
    with service.engine.connect() as db:
        return {row.case_id for row in db.execute(matching_cases(part))}


def test_names_are_found_by_the_one_folding_as_soon_as_the_database_is_upgraded(named, service):
    assert found(service, "阿依古丽热合曼") == set()
    migrate(service.settings)
    for case, name in named.items():
        for part in [name, *NAMES[name]]:
            assert found(service, part) == {case}, part
            with service.engine.connect() as db:
                walked = {row.case_id for row in db.execute(public_list(DAY_1.date(), search=part))}
            assert walked == {case}, part


def test_the_public_list_is_whole_while_the_projections_follow_the_upgrade(named, service):
    def shown():
        columns = [column for column in disclosures.c if column.name not in REBUILT]
        with service.engine.connect() as db:
            entries = sorted(map(str, db.execute(select(*columns))))
        return everything(service.engine)["name_tails"], entries

    migrate(service.settings)
    at_once = shown()
    assert service.projector.lag()["disclosure"] == service.projector.lag()["names"] == 0
    service.projector.catch_up_all()
    assert shown() == at_once
    assert service.parking.all() == []
    for name in ("disclosure", "names"):
        with writing(service.engine).begin() as db:
            bookmark = update(projection_positions).where(projection_positions.c.projection == name)
            db.execute(bookmark.values(position=0))
    service.projector.catch_up_all()
    assert shown() == at_once, "what the migration wrote is what the projections write"


def test_documents_are_found_by_the_one_folding_when_the_projection_has_followed(named, service):
    def positions(number):
        rows = find_trail_rows(service.engine, TrailQuery(document=number))
        with service.engine.connect() as db:
            return [row.position for row in db.execute(OLDEST_FIRST.page(rows, 50))]

    migrate(service.settings)
    assert service.projector.lag()["documents"] > 0
    service.projector.catch_up_all()
    spellings = (
        "义市监罚〔2026〕31号",
        "义市监罚[2026]第031号",
        "义市监罚【２０２６】31 号",
        "义市监罚{2026}31",
    )
    assert len(positions(spellings[0])) == len(named)
    assert len({tuple(positions(each)) for each in spellings}) == 1
    assert differences(service.engine) == []


def test_an_answer_names_the_document_as_its_record_spells_it(yesterday, service):
    yesterday.records("义测罚【2026】7号")
    migrate(service.settings)
    finding = CreditFinding(
        exclusion=CreditExclusion.PENALTY_UNFULFILLED, document="义测罚【2026】7号"
    )
    assert service.register.ask(s.APPLICANT).findings == (finding,)
