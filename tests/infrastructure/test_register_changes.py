"""Every change of the credit register is on record; a withdrawal and a return lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from application.imports.report import Change
from domain.kernel.errors import ActionRefused, NotFound
from domain.values.credit import CreditEntry, CreditExclusion, Withdrawal
from domain.values.parties import Organisation
from infrastructure.container import Container
from infrastructure.credit_platform.register import CreditRegister
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_changes, credit_entries
from tests import stories as s
from tests.conftest import Clock
from tests.infrastructure.test_credit_register import changes, found, record
from tests.support.service_driver import SOMEBODY, everything

XIAMEN = Organisation(
    code="91350203M0001QKT19",
    code_confirmed={"by": "w-01", "reason": "营业执照原件"},
    name="厦门示例商贸有限公司",
)


@pytest.fixture
def register(service: Container) -> CreditRegister:
    return service.register


def withdrawal(of: CreditEntry, **otherwise: str) -> Withdrawal:
    name = of.model_dump(include={"kind", "subject_kind", "subject_code", "document"})
    return Withdrawal(**name | {"because": "行政复议撤销", "by": "z-01"} | otherwise)


def history(service: Container) -> list[tuple[str, str]]:
    """Who changed what, in order."""
    c = credit_changes.c
    with service.engine.connect() as db:
        return [
            (row.by, row.change) for row in db.execute(select(c.by, c.change).order_by(c.number))
        ]


def of_xiamen() -> CreditEntry:
    confirmed = {"code_confirmed": XIAMEN.code_confirmed}
    return record(subject_code=XIAMEN.code, **confirmed)


def test_the_person_of_every_change_is_recorded_with_the_record_as_it_was(
    register: CreditRegister, service: Container, clock: Clock
):
    register.take_in([record()], by="w-01")
    clock.go_on(days=1)
    register.take_in([record(duty_fulfilled=True)], by="w-02")
    register.take_in([record(duty_fulfilled=True)], by="w-03")
    register.withdraw(withdrawal(record()))
    register.take_in([record(duty_fulfilled=True)], by="w-04", restore=True)
    told = [("w-01", "new"), ("w-02", "changed"), ("z-01", "withdrawn"), ("w-04", "restored")]
    assert history(service) == told
    with service.engine.connect() as db:
        kept = [row.record for row in db.execute(select(credit_changes))]
    assert [each["details"]["duty_fulfilled"] for each in kept] == [False, True, True, True]
    assert [each["withdrawal_reason"] for each in kept] == [None, None, "行政复议撤销", None]


def test_a_recorded_change_is_neither_changed_nor_removed(
    register: CreditRegister, service: Container
):
    register.take_in([record()])
    for statement in ("UPDATE credit_changes SET change = 'same'", "DELETE FROM credit_changes"):
        with pytest.raises(DatabaseError, match="for ever"), writing(service.engine).begin() as db:
            db.execute(text(statement))


def test_a_withdrawal_keeps_its_person_and_time_when_a_table_repeats_it(
    register: CreditRegister, service: Container, clock: Clock
):
    register.take_in([record()])
    register.withdraw(withdrawal(record()))
    before = everything(service.engine)
    clock.go_on(days=3)
    gone = record(withdrawn_because="行政复议撤销")
    assert changes(register.take_in([gone], by="w-09")) == ["same"]
    assert everything(service.engine) == before
    corrected = gone.model_copy(update={"decided_on": date(2026, 3, 3)})
    assert changes(register.take_in([corrected], by="w-09")) == ["changed"]
    with service.engine.connect() as db:
        row = db.execute(select(credit_entries)).one()
    assert (row.withdrawn_by, row.decided_on) == ("z-01", date(2026, 3, 3))
    assert row.withdrawn_at < row.imported_at
    assert found(register) == []


def test_a_record_is_withdrawn_once(register: CreditRegister, service: Container):
    register.take_in([record()])
    register.withdraw(withdrawal(record()))
    before = everything(service.engine)
    with pytest.raises(ActionRefused, match="已经撤销"):
        register.withdraw(withdrawal(record(), because="另一个原因"))
    assert everything(service.engine) == before


@pytest.mark.parametrize(
    "spelt", ["义市监罚[2026]7号", "义市监罚〔2026〕07号", "义市监罚（２０２６）第7号"]
)
def test_a_record_is_found_for_withdrawal_however_its_number_is_spelt(
    register: CreditRegister, spelt: str
):
    register.take_in([record()])
    register.withdraw(withdrawal(record(), document=spelt))
    assert found(register) == []


def test_a_record_whose_code_breaks_the_check_digit_can_be_withdrawn(register: CreditRegister):
    register.take_in([of_xiamen()])
    assert found(register, XIAMEN) == [(CreditExclusion.PENALTY_UNFULFILLED, "义市监罚〔2026〕7号")]
    register.withdraw(withdrawal(of_xiamen()))
    assert found(register, XIAMEN) == []


def test_the_confirmation_of_a_code_stays_with_the_record_and_in_its_history(
    register: CreditRegister, service: Container
):
    register.take_in([of_xiamen()])
    kept = {"by": "w-01", "reason": "营业执照原件"}
    with service.engine.connect() as db:
        assert db.scalar(select(credit_entries.c.details))["code_confirmed"] == kept
        assert db.scalar(select(credit_changes.c.record))["details"]["code_confirmed"] == kept


def test_a_record_of_a_person_is_withdrawn_and_no_number_is_kept(
    register: CreditRegister, service: Container
):
    somebodys = record(subject_kind="person", subject_code=SOMEBODY.id_number)
    register.take_in([somebodys])
    register.withdraw(withdrawal(somebodys))
    assert SOMEBODY.id_number not in str(everything(service.engine))


def test_a_withdrawn_record_is_not_in_the_report_of_an_answer(register: CreditRegister):
    register.take_in([record(document="甲")])
    before = register.ask(s.APPLICANT)
    register.take_in([record(document="乙")])
    register.withdraw(withdrawal(record(document="乙")))
    assert register.ask(s.APPLICANT) == before


def test_the_last_record_withdrawn_leaves_no_empty_register(register: CreditRegister):
    register.take_in([record()])
    register.withdraw(withdrawal(record()))
    assert register.take_in([]) == []
    assert register.ask(s.APPLICANT).findings == ()


def test_what_is_unknown_cannot_be_withdrawn_and_fills_no_register(
    register: CreditRegister, service: Container
):
    before = everything(service.engine)
    with pytest.raises(NotFound):
        register.withdraw(withdrawal(record()))
    assert changes(register.take_in([record(withdrawn_because="复议")])) == ["refused"]
    assert everything(service.engine) == before


def test_a_register_takes_one_record_once_at_a_time(register: CreditRegister, service: Container):
    before = everything(service.engine)
    with pytest.raises(ValueError, match="once"):
        register.take_in([record(), record(document="义市监罚[2026]07号")])
    assert everything(service.engine) == before


def test_two_imports_at_once_leave_every_record_once(register: CreditRegister, service: Container):
    entries = [record(document=f"{n}号") for n in range(40)]
    with ThreadPoolExecutor(2) as pool:
        told = [*pool.map(register.take_in, (entries, entries[::-1]))]
    assert sorted({each.change for outcomes in told for each in outcomes}) == ["new", "same"]
    assert sum(each.change is Change.NEW for outcomes in told for each in outcomes) == 40
    assert len(history(service)) == 40
