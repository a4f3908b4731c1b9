"""The vault stores natural persons, who can be found and read only with its keys."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, inspect, select, update

from application.case.commands import promise
from application.case.commands.applicants import PersonApplicant
from application.execution.ports import NameOrigin, PersonDetails
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.errors import IdentityUnreadable, NotFound
from domain.values.credit import CreditEntry
from domain.values.parties import Person
from infrastructure.database.engine import writing
from infrastructure.database.schema import vault, vault_versions
from infrastructure.privacy.vault import SealedVault, blind_index
from tests import stories as s
from tests.given import CLERK, DAY_1
from tests.support.service_driver import SOMEBODY, SOMEBODY_ELSE, Office, at_once

APPLICANT = PersonApplicant(**SOMEBODY.model_dump())
TRACES = [
    trace
    for secret in (SOMEBODY.name, SOMEBODY.id_number)
    for trace in (secret.encode(), ascii(secret)[1:-1].encode(), secret.encode().hex().encode())
]
"""Texts that would identify the person: as text, as escaped JSON and as hexadecimal."""


@pytest.fixture
def office(service):
    return Office(service)


def rows(service):
    """Returns the stored columns of each person and of their first version, by reference."""
    query = select(vault, vault_versions.c.sealed).join(
        vault_versions, vault_versions.c.ref == vault.c.ref
    )
    with service.engine.connect() as db:
        return {row.ref: row for row in db.execute(query.where(vault_versions.c.number == 1))}


def put(service, ref, **columns):
    with writing(service.engine).begin() as db:
        for table in (vault, vault_versions):
            if changed := {name: columns[name] for name in columns if name in table.c}:
                db.execute(update(table).where(table.c.ref == ref).values(**changed))


def dumped(engine):
    """Returns every value of every table in the database as bytes."""
    tables = MetaData()
    tables.reflect(engine)
    assert len(tables.tables) == len(inspect(engine).get_table_names()) > 13
    with engine.connect() as db:
        values = [v for t in tables.sorted_tables for row in db.execute(select(t)) for v in row]
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def test_the_same_person_always_has_the_same_reference(office):
    ref = office.takes_in(SOMEBODY)
    assert office.takes_in(SOMEBODY) == ref
    assert office.takes_in(SOMEBODY_ELSE) != ref
    assert set(at_once(*[lambda: office.takes_in(SOMEBODY)] * 4)) == {ref}


def test_a_person_who_is_stored_from_many_windows_at_once_is_one_person(office, service):
    assert len(set(at_once(*[lambda: office.takes_in(SOMEBODY)] * 8))) == 1
    assert len(rows(service)) == 1


def test_a_stored_person_is_revealed_by_reference(office, service):
    ref, other = office.takes_in(SOMEBODY), office.takes_in(SOMEBODY_ELSE)
    assert service.repository.vault.reveal(ref).details == SOMEBODY
    assert service.repository.vault.reveal(other).details == SOMEBODY_ELSE


def test_a_forgotten_person_who_returns_gets_a_new_reference(office, service):
    old = office.takes_in(SOMEBODY)
    with writing(service.engine).begin() as db:
        db.execute(vault.update().values(wrapped_key=None))
    new = office.takes_in(SOMEBODY)
    assert service.repository.vault.reveal(new).details == SOMEBODY
    with pytest.raises(NotFound):
        service.repository.vault.reveal(old)


def test_a_person_who_was_never_stored_is_not_found(service):
    with pytest.raises(NotFound):
        service.repository.vault.reveal(s.PERSON.ref)


def test_the_sealed_data_contains_neither_name_nor_number(office, service):
    office.takes_in(SOMEBODY)
    (row,) = rows(service).values()
    for secret in (SOMEBODY.name, SOMEBODY.id_number, SOMEBODY.id_number[6:14]):
        assert secret.encode() not in row.sealed + row.wrapped_key + row.blind_index.encode()


def test_two_persons_of_the_same_name_are_sealed_apart(office, service):
    namesake = PersonDetails(name=SOMEBODY.name, id_number=SOMEBODY_ELSE.id_number)
    refs = [office.takes_in(who) for who in (SOMEBODY, namesake)]
    mine, theirs = (rows(service)[ref] for ref in refs)
    assert mine.wrapped_key != theirs.wrapped_key
    assert mine.sealed[:12] != theirs.sealed[:12], "no nonce is used twice"


def test_nothing_in_the_whole_database_names_a_natural_person(office, service, tmp_path):
    record = {"kind": "penalty", "document": "义公罚〔2026〕5号", "decided_on": "2026-01-05"}
    person = {"subject_kind": "person", "subject_code": SOMEBODY.id_number}
    known = CreditEntry(**record, **person, duty_fulfilled=True, repaired=False)
    service.register.take_in([known])
    office.lists()
    id = office.opens(APPLICANT, key="once").aggregate.id
    for command in (promise.Query(), promise.Notify()):
        office.acts(id, command, key=command.VERB)
    office.promises(id)
    service.projector.catch_up_all()
    content = dumped(service.engine)
    assert s.ITEM.name.encode() in content, "or the search would find nothing at all"
    content += b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert [trace for trace in TRACES if trace in content] == []
    assert office.repository.get(Case, id).stage is Stage.COMMITTED
    assert service.casework.identify(CLERK, id).applicant.details == SOMEBODY


def test_a_forgotten_person_stays_forgotten_and_the_case_stays_as_it_was(office, service):
    office.lists()
    case = office.opens(APPLICANT).aggregate
    assert isinstance(case.applicant, Person)
    put(service, case.applicant.ref, wrapped_key=None)
    with pytest.raises(NotFound):
        service.repository.vault.reveal(case.applicant.ref)
    with pytest.raises(NotFound):
        service.casework.identify(CLERK, case.id)
    assert office.repository.get(Case, case.id) == case


@pytest.mark.parametrize("moved", [("sealed",), ("wrapped_key",), ("sealed", "wrapped_key")])
def test_data_sealed_for_one_person_does_not_open_for_another(office, service, moved):
    ref, other = office.takes_in(SOMEBODY), office.takes_in(SOMEBODY_ELSE)
    theirs = rows(service)[other]
    put(service, ref, **{column: theirs._mapping[column] for column in moved})
    with pytest.raises(IdentityUnreadable):
        service.repository.vault.reveal(ref)


def test_sealed_data_with_a_changed_byte_does_not_open(office, service):
    ref = office.takes_in(SOMEBODY)
    sealed = bytearray(rows(service)[ref].sealed)
    sealed[-1] ^= 1
    put(service, ref, sealed=bytes(sealed))
    with pytest.raises(IdentityUnreadable):
        service.repository.vault.reveal(ref)


def test_another_secret_neither_opens_nor_finds_anybody(office, service):
    engine, ref = service.engine, office.takes_in(SOMEBODY)
    with engine.connect() as db:
        ours = service.keys.vault_secret(db)
    strange, half = os.urandom(64), ours[:32] + os.urandom(32)
    with pytest.raises(IdentityUnreadable):
        SealedVault(engine, lambda _: strange).reveal(ref)
    assert SealedVault(engine, lambda _: half).reveal(ref).details == SOMEBODY
    found = {blind_index(secret, SOMEBODY.id_number) for secret in (ours, strange, half)}
    assert len(found) == 3


# versions ---------------------------------------------------------------------------------------


def renamed(service, ref, name, at):
    office = Office(service)
    with service.repository.unit_of_work(office.context(), "") as work:
        work.rename(work.registered(Person(ref=ref)), name, at, NameOrigin.CORRECTED)


def test_every_version_of_a_name_is_kept_with_its_time_its_origin_and_who_gave_it(office, service):
    ref = office.takes_in(SOMEBODY)
    renamed(service, ref, "慕容晓云", DAY_1 + timedelta(days=2))
    reveal = service.repository.vault.reveal
    assert reveal(ref).details == SOMEBODY.model_copy(update={"name": "慕容晓云"})
    first, second = reveal(ref, DAY_1 + timedelta(days=1)), reveal(ref, DAY_1 + timedelta(days=2))
    assert (first.details, first.version, first.origin) == (SOMEBODY, 1, NameOrigin.GIVEN)
    assert (second.version, second.origin, second.given_by) == (2, NameOrigin.CORRECTED, "zhao")
    assert reveal(ref, DAY_1 - timedelta(days=9)) == first, "before the first there is the first"


def test_a_version_is_never_valid_from_before_the_one_it_replaces(office, service):
    ref = office.takes_in(SOMEBODY)
    renamed(service, ref, "慕容晓云", DAY_1 + timedelta(days=2))
    renamed(service, ref, "慕容晓芳", DAY_1)
    assert service.repository.vault.reveal(ref).since == DAY_1 + timedelta(days=2)
    assert service.repository.vault.reveal(ref, DAY_1).details == SOMEBODY


def test_no_version_opens_in_the_place_of_another(office, service):
    ref, now = office.takes_in(SOMEBODY), DAY_1
    renamed(service, ref, "慕容晓云", now)
    put(service, ref, sealed=rows(service)[ref].sealed)
    with pytest.raises(IdentityUnreadable):
        service.repository.vault.reveal(ref)


def test_forgetting_a_person_forgets_every_version(office, service):
    ref = office.takes_in(SOMEBODY)
    renamed(service, ref, "慕容晓云", DAY_1)
    put(service, ref, wrapped_key=None)
    for at in (None, DAY_1, DAY_1 - timedelta(days=9)):
        with pytest.raises(NotFound):
            service.repository.vault.reveal(ref, at)
