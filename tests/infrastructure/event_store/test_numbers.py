"""Numbers of documents: an organ gives each number of a year to one document only."""

from datetime import date
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from application.case.commands import decision, sanction
from application.tolerance import commands as tolerance
from domain.case import events as case_events
from domain.case import values as f
from domain.case.promise.decisions import DecisionDocument, NumberedDocument
from domain.kernel.documents import IssuedNumber, issued_number
from domain.kernel.errors import ActionRefused
from domain.tolerance import events as review_events
from infrastructure.database.engine import writing
from infrastructure.database.schema import document_numbers
from tests import reviews as r
from tests import stories as s
from tests.conftest import migrate
from tests.domain.test_lifecycle import EVENTS
from tests.given import DECIDER, after, on
from tests.infrastructure.database.test_migrations import differences, downgrade
from tests.papers import lodge
from tests.support.service_driver import Office, at_once

DAY = date(2026, 11, 26)
TAKEN = "作出该文书的机关当年已经用过这个文书号，一个文书号只能用于一份文书"


@pytest.fixture
def office(service):
    return Office(service)


def grant(number="义市监许〔2026〕1号"):
    return decision.Grant(document=s.PERMIT.model_copy(update={"number": number}))


def claims(service):
    columns = document_numbers.c
    query = select(columns.organ, columns.year, columns.number, columns.stream_id)
    with service.engine.connect() as db:
        return {tuple(row) for row in db.execute(query)}


def refused(act):
    with pytest.raises(ActionRefused) as refusal:
        act()
    assert (refusal.value.reason, refusal.value.rule) == (TAKEN, "number_is_new")


# what counts as the same number -----------------------------------------------------------------

SAME = [
    ("义市监许〔2026〕1号", "义市监许[2026]01号"),
    ("义市监许〔2026〕1号", "义市监许（2026）第1号"),
    ("义市监许〔2026〕1号", "义市监许【2026】１号"),
    ("义市监许〔2026〕1号", " 义市监许 〔2026〕 1 号"),
    ("义市监许〔2026〕1号", "义市监许〔2026〕\u200b1号"),
    ("1", "０１"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_number_are_one_number(one, other):
    assert issued_number("A", one, DAY) == issued_number("A", other, DAY)


@pytest.mark.parametrize(
    ("number", "day", "year"),
    [
        ("义市监许〔2025〕7号", DAY, 2025),
        ("义市监许〔2026〕7号", date(2027, 1, 4), 2026),
        ("7", DAY, 2026),
        ("7", date(2027, 1, 4), 2027),
        ("2030", DAY, 2026),
    ],
)
def test_the_year_of_a_number_is_its_own_or_else_that_of_its_issue(number, day, year):
    assert issued_number("A", number, day).year == year


@pytest.mark.parametrize("change", [{"organ": "B"}, {"year": 2027}, {"number": "义市监许(2026)2"}])
def test_another_organ_year_or_number_is_another_number(change):
    one = issued_number("A", "义市监许〔2026〕1号", DAY)
    assert one._replace(**change) != one
    assert isinstance(one, IssuedNumber)


def test_every_event_that_issues_a_document_claims_its_number():
    documents = (NumberedDocument, DecisionDocument, f.BasisDocument, r.f.Decision, r.f.Ruling)
    issuing = {
        event
        for event in EVENTS
        if any(field.annotation in documents for field in event.model_fields.values())
    }
    base = case_events.CaseOpened.numbers_issued
    assert {event for event in EVENTS if event.numbers_issued is not base} == issuing
    assert {case_events.ApplicationGranted, review_events.AppealSettled} <= issuing
    assert len(issuing) == 9


# claimed with the event -------------------------------------------------------------------------


@pytest.mark.parametrize("number", [spelling for _, spelling in SAME[:5]])
def test_two_cases_are_not_decided_under_one_number(office, service, number):
    first, second = office.remembers(s.COMMITTED), office.remembers(s.COMMITTED)
    office.acts(first, grant(), by=DECIDER)
    refused(lambda: office.acts(second, grant(number), by=DECIDER))
    rejection = decision.Refuse(
        document={**dict(s.REJECTION), "number": number}, ground=s.UNFIT, reason="不符合"
    )
    refused(lambda: office.acts(second, rejection, by=DECIDER))
    assert {stream for *_, stream in claims(service)} == {first}
    office.acts(second, grant("义市监许〔2026〕2号"), by=DECIDER)


def test_a_repeated_request_gets_its_first_result_and_keeps_its_number(office, service):
    id = office.remembers(s.COMMITTED)
    first = office.acts(id, grant(), by=DECIDER, key="k")
    again = office.acts(id, grant(), by=DECIDER, key="k")
    assert again.repeated
    assert again.aggregate.version == first.aggregate.version
    assert len(claims(service)) == 1


def test_a_refused_command_claims_no_number(office, service):
    id = office.remembers(s.NOTIFIED)
    with pytest.raises(ActionRefused, match="已告知"):
        office.acts(id, grant(), by=DECIDER)
    assert claims(service) == set()


def test_a_bare_number_is_used_again_in_another_year(office, service):
    new_year = on("2027-01-05")
    asked_again = after(s.COMMITTED, "query", s.CLEAN, at=new_year)
    first, second = office.remembers(s.COMMITTED), office.remembers(asked_again)
    office.acts(first, grant("1"), by=DECIDER)
    service.clock.now = new_year
    assert office.acts(second, grant("01"), by=DECIDER).aggregate.version == 6


def test_one_document_does_not_ground_the_sanctions_of_two_cases(office, service):
    first, second = office.remembers(s.HEARD), office.remembers(s.HEARD)
    service.clock.now = s.VERDICT_DAY
    office.acts(first, penalty(), by=DECIDER)
    refused(lambda: office.acts(second, penalty(number="义市监罚[2026]031号"), by=DECIDER))
    court = {"kind": "judgment", "issuer": {"name": "义马市人民法院"}, "breach_quoted": "没有履行"}
    assert office.acts(second, penalty(**court), by=DECIDER).position


def test_one_judgment_does_not_ground_the_sanctions_of_two_cases(office, service):
    first, second = office.remembers(s.HEARD), office.remembers(s.HEARD)
    service.clock.now = s.VERDICT_DAY
    court = {"kind": "judgment", "breach_quoted": "没有履行"}
    office.acts(first, penalty(issuer={"name": "义马市人民法院"}, **court), by=DECIDER)
    spelt_otherwise = penalty(issuer={"name": "义⻢市 人民法院"}, **court)
    refused(lambda: office.acts(second, spelt_otherwise, by=DECIDER))


def penalty(**basis):
    document = dict(s.BASIS) | basis
    facts = {"measures": (s.KEY_REVIEW,), "severity": "general", "verdict": s.BROKEN}
    return sanction.Impose(basis=document, **facts)


def test_one_decision_does_not_end_two_reviews(office, service):
    first, second = office.remembers_review(r.CHECKED), office.remembers_review(r.CHECKED)
    service.clock.now = r.DECISION_DAY

    def act(review, command):
        lodge(service, r.RECORDER, command.model_dump_json())
        service.tolerance.act(office.context(r.RECORDER), review, command)

    exempt = tolerance.Exempt(decision=r.decision())
    act(first, exempt)
    refused(lambda: act(second, exempt))
    act(second, tolerance.Exempt(decision=r.decision(number="义组〔2026〕8号")))


def test_of_eight_cases_decided_at_once_under_one_number_one_is_decided(office, service):
    for number in range(1, 6):
        cases = [office.remembers(s.COMMITTED) for _ in range(8)]
        acts = [partial(office.acts, id, grant(f"第{number}号"), by=DECIDER) for id in cases]
        results = at_once(*acts)
        refusals = [each for each in results if isinstance(each, ActionRefused)]
        assert [refusal.rule for refusal in refusals] == ["number_is_new"] * 7
    assert len(claims(service)) == 5


# what the log already holds ---------------------------------------------------------------------


def test_the_numbers_of_an_older_log_are_taken_in_and_the_first_event_keeps_a_double(
    office, service
):
    first, second = office.remembers(s.PENALIZED), office.remembers(s.GRANTED)
    rejected, review = office.remembers(s.REFUSED), office.remembers_review(r.FINAL)
    downgrade(service.engine, "0005")
    migrate(service.settings)
    assert differences(service.engine) == []
    by_stream = {}
    for organ, year, number, stream in claims(service):
        by_stream.setdefault(stream, set()).add((organ, year, number))
    office_code, authority = s.MARKET_OFFICE.code, r.ORGANISATION.code
    assert by_stream == {
        first: {
            issued_number(office_code, "义市监许〔2026〕108号", DAY),
            issued_number(office_code, "义市监罚〔2026〕31号", DAY),
        },
        rejected: {issued_number(office_code, "义市监不许〔2026〕9号", DAY)},
        review: {
            issued_number(authority, "义组〔2026〕7号", DAY),
            issued_number(authority, "义组复〔2026〕1号", DAY),
            issued_number(r.PREFECTURE.code, "三公申〔2027〕2号", DAY),
        },
    }
    assert second not in by_stream


def test_the_migration_claims_what_the_commands_claimed(office, service):
    id = office.remembers(s.COMMITTED)
    office.acts(id, grant(), by=DECIDER)
    before = claims(service)
    with writing(service.engine).begin() as db:
        db.execute(delete(document_numbers))
    downgrade(service.engine, "0005")
    migrate(service.settings)
    assert claims(service) == before
    assert all(isinstance(stream, UUID) for *_, stream in before)
