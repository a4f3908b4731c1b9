"""The embedded credit register answers like the credit platform that it replaces."""

from datetime import date

import pytest

from application.case.commands import promise
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.errors import NotFound, PlatformUnreachable
from domain.values.credit import CreditEntry, CreditExclusion, Withdrawal
from domain.values.parties import Organisation, Person
from infrastructure.database.markers import SILENT_ABOUT, set_mark
from tests import stories as s
from tests.given import DAY_1
from tests.support.service_driver import SOMEBODY, SOMEBODY_ELSE, Office, everything

SOMEBODYS = {"subject_kind": "person", "subject_code": SOMEBODY.id_number}
SOMEONE = Organisation(code="91411281MA98MQWG65", name="义马市埙棠商贸有限公司")
X = CreditExclusion


@pytest.fixture
def office(service):
    return Office(service)


@pytest.fixture
def register(service):
    return service.register


def record(kind="penalty", document="义市监罚〔2026〕7号", **otherwise):
    """Returns a record of the applicant: by default neither fulfilled nor repaired."""
    facts = {
        "kind": kind,
        "subject_kind": "organisation",
        "subject_code": s.APPLICANT.code,
        "document": document,
        "decided_on": date(2026, 3, 2),
        "duty_fulfilled": False,
        "repaired": False,
    }
    return CreditEntry(**facts | otherwise)


def changes(outcomes):
    return [outcome.change for outcome in outcomes]


def found(register, subject=s.APPLICANT):
    return [(f.exclusion, f.document) for f in register.ask(subject).findings]


NO_MATTER = record("serious_list", "与申请人无关", subject_code=SOMEONE.code)


EXCLUSIONS = {
    "serious_dishonesty": X.SERIOUS_DISHONESTY,
    "serious_list": X.SERIOUS_LIST,
    "penalty": X.PENALTY_UNFULFILLED,
    "false_commitment": X.FALSE_COMMITMENT_UNREPAIRED,
}


def test_each_kind_of_bad_record_excludes_and_names_its_document(register):
    assert set(EXCLUSIONS.values()) == set(X)
    for kind, exclusion in EXCLUSIONS.items():
        register.take_in([record(kind), NO_MATTER])
        assert found(register) == [(exclusion, "义市监罚〔2026〕7号")]
        register.take_in([record(kind, duty_fulfilled=True, repaired=True)])


def test_every_excluding_record_is_answered_and_no_other(register):
    register.take_in([record("serious_list", "甲"), record("penalty", "乙"), NO_MATTER])
    register.take_in([record("penalty", "丙", duty_fulfilled=True)])
    assert sorted(found(register)) == [(X.SERIOUS_LIST, "甲"), (X.PENALTY_UNFULFILLED, "乙")]


def test_a_fulfilled_or_repaired_record_does_not_exclude(register):
    fulfilled = [
        record("penalty", "甲", duty_fulfilled=True),
        record("penalty", "乙", duty_fulfilled=True, procedure="simple"),
    ]
    kinds = ("serious_dishonesty", "serious_list", "false_commitment")
    register.take_in([*fulfilled, *(record(kind, kind, repaired=True) for kind in kinds)])
    assert found(register) == []


@pytest.mark.parametrize(
    ("procedure", "counts"), [("simple", False), ("ordinary", True), (None, True)]
)
def test_a_simple_procedure_penalty_does_not_count_against_a_person(
    register, office, procedure, counts
):
    register.take_in([record(procedure=procedure, **SOMEBODYS)])
    person = Person(ref=office.takes_in(SOMEBODY))
    assert bool(found(register, person)) is counts
    register.take_in([record(procedure="simple")])
    assert found(register), "against a unit it does"


def test_a_person_is_found_though_the_register_keeps_no_number(register, office, service):
    mine, other = (Person(ref=office.takes_in(who)) for who in (SOMEBODY, SOMEBODY_ELSE))
    register.take_in([record("serious_list", **SOMEBODYS)])
    assert found(register, mine) == [(X.SERIOUS_LIST, "义市监罚〔2026〕7号")]
    assert found(register, other) == []
    assert SOMEBODY.id_number not in str(everything(service.engine))


def test_a_subject_without_records_gets_a_clean_answer_once_there_are_records_of_others(register):
    register.take_in([NO_MATTER])
    answer = register.ask(s.APPLICANT)
    assert (answer.findings, answer.source) == ((), "内置信用登记册")


def test_the_register_of_a_demonstration_does_not_answer_about_one_organisation(
    register, office, service
):
    register.take_in([NO_MATTER])
    set_mark(service.engine, SILENT_ABOUT, DAY_1, s.APPLICANT.code)
    id = office.remembers(s.OPENED)
    before = everything(service.engine)
    with pytest.raises(PlatformUnreachable):
        office.acts(id, promise.Query())
    assert everything(service.engine) == before
    assert register.ask(Person(ref=office.takes_in(SOMEBODY))).findings == ()


def test_an_empty_register_refuses_to_answer_and_then_nothing_changes(register, office, service):
    with pytest.raises(PlatformUnreachable):
        register.ask(s.APPLICANT)
    id = office.remembers(s.OPENED)
    before = everything(service.engine)
    with pytest.raises(PlatformUnreachable):
        office.acts(id, promise.Query(), key="k")
    assert everything(service.engine) == before
    register.take_in([NO_MATTER])
    assert office.acts(id, promise.Query(), key="k").aggregate.stage is Stage.ELIGIBLE


def test_a_bad_record_diverts_the_case(register, office):
    register.take_in([record("serious_list")])
    case = office.acts(office.remembers(s.OPENED), promise.Query()).aggregate
    assert case.stage is Stage.DIVERTED
    assert office.repository.get(Case, case.id) == case


def test_a_record_that_is_imported_again_is_updated(register, service):
    assert changes(register.take_in([record(), NO_MATTER])) == ["new", "new"]
    assert changes(register.take_in([record(duty_fulfilled=True), NO_MATTER])) == [
        "changed",
        "same",
    ]
    assert found(register) == []
    assert len(everything(service.engine)["credit_entries"]) == 2
    register.take_in([record()])
    assert found(register) == [(X.PENALTY_UNFULFILLED, "义市监罚〔2026〕7号")]


def test_a_document_number_in_another_spelling_is_the_same_record(register, service):
    register.take_in([record(document="义市监罚〔2026〕7号")])
    register.take_in([record(document="义市监罚[2026]第07号", duty_fulfilled=True)])
    assert found(register) == []
    assert len(everything(service.engine)["credit_entries"]) == 1


WITHDRAWAL = {
    "kind": "penalty",
    "subject_kind": "organisation",
    "subject_code": s.APPLICANT.code,
    "document": "义市监罚(2026)7号",
    "because": "行政复议撤销了处罚决定",
    "by": "w-01",
}


def test_a_withdrawn_record_stays_and_excludes_nobody(register, service):
    register.take_in([record()])
    register.withdraw(Withdrawal(**WITHDRAWAL))
    assert found(register) == []
    (row,) = everything(service.engine)["credit_entries"]
    assert "行政复议撤销了处罚决定" in row
    assert register.ask(s.APPLICANT)  # a register of withdrawn records still answers


def test_a_withdrawn_record_comes_back_only_when_that_is_asked_for(register):
    register.take_in([record()])
    register.withdraw(Withdrawal(**WITHDRAWAL))
    assert changes(register.take_in([record(), NO_MATTER])) == ["refused", "new"]
    assert found(register, SOMEONE) == []  # the other record was not taken in either
    assert changes(register.take_in([record()], restore=True)) == ["restored"]
    assert found(register) == [(X.PENALTY_UNFULFILLED, "义市监罚〔2026〕7号")]


def test_a_later_table_withdraws_a_record_that_the_register_has(register):
    gone = record(withdrawn_because="依法撤销")
    assert changes(register.take_in([gone])) == ["refused"]
    register.take_in([record()])
    assert changes(register.take_in([gone])) == ["withdrawn"]
    assert changes(register.take_in([gone])) == ["same"]
    assert found(register) == []


def test_a_record_that_the_register_does_not_have_cannot_be_withdrawn(register):
    register.take_in([NO_MATTER])
    with pytest.raises(NotFound, match="没有这条记录"):
        register.withdraw(Withdrawal(**WITHDRAWAL))


def test_a_dry_run_tells_the_changes_and_writes_nothing(register, service):
    register.take_in([record()])
    before = everything(service.engine)
    entries = [record(repaired=True), NO_MATTER]
    assert changes(register.take_in(entries, dry_run=True)) == ["changed", "new"]
    assert everything(service.engine) == before


def test_another_document_kind_or_subject_is_another_record(register, service):
    others = [
        {"document": "义市监罚〔2026〕8号"},
        {"kind": "serious_list"},
        {"subject_code": SOMEONE.code},
        SOMEBODYS,
    ]
    register.take_in([record(), *(record(**other) for other in others)])
    assert len(everything(service.engine)["credit_entries"]) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"duty_fulfilled": True},
        {"repaired": True},
        {"decided_on": date(2026, 3, 3)},
        {"procedure": "ordinary"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_report_hash_changes_with_the_record(register, change):
    register.take_in([record()])
    before = register.ask(s.APPLICANT).report_sha256
    assert register.ask(s.APPLICANT).report_sha256 == before
    register.take_in([record(**change)])
    assert register.ask(s.APPLICANT).report_sha256 != before


def test_the_report_hash_changes_with_every_new_record(register):
    hashes = set()
    for document in ("甲", "乙", "丙"):
        register.take_in([record(document=document)])
        hashes.add(register.ask(s.APPLICANT).report_sha256)
    assert len(hashes) == 3


def test_the_report_hash_does_not_depend_on_when_each_record_came(register, clock):
    entries = [record(document="甲"), record(document="乙"), record("serious_list", "丙")]
    hashes = set()
    for order in (entries, entries[::-1], entries[1:] + entries[:1]):
        for entry in order:
            clock.go_on(hours=1)
            register.take_in([entry])
        hashes.add(register.ask(s.APPLICANT).report_sha256)
    assert len(hashes) == 1


def test_an_unknown_person_gets_no_clean_answer(register):
    register.take_in([NO_MATTER])
    with pytest.raises(NotFound):
        register.ask(s.PERSON)
