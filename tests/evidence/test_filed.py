"""Files on record: they are in the bundle of their case, and go with the key of their person."""

import io
import zipfile
from uuid import UUID

import pytest
from sqlalchemy import func, select

from application.case.commands import promise
from application.case.commands.applicants import PersonApplicant
from domain.case.case import Case
from domain.kernel.errors import NotFound
from domain.values.credit import CreditEntry
from domain.values.parties import Person
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.files_schema import files
from infrastructure.database.schema import events, vault
from infrastructure.evidence.bundle_check import check
from tests.papers import PAPERS
from tests.support.service_driver import Office

PEOPLE = (
    PersonApplicant(name="欧阳千秋", id_number="411281199001010014"),
    PersonApplicant(name="司马万岁", id_number="411281199001010030"),
)


@pytest.fixture
def office(service: Container) -> Office:
    record = {"kind": "penalty", "document": "义公罚〔2026〕5号", "decided_on": "2026-01-05"}
    somebody = {"subject_kind": "person", "subject_code": "411281199001010057"}
    service.register.take_in(
        [CreditEntry(**record, **somebody, duty_fulfilled=True, repaired=True)]
    )
    office = Office(service)
    office.lists()
    return office


def promised(office: Office, applicant: PersonApplicant | None = None) -> UUID:
    """A case whose applicant, a company unless it is given, handed in a signed letter."""
    opened = office.opens(applicant) if applicant else office.opens()
    id = opened.aggregate.id
    for command in (promise.Query(), promise.Notify()):
        office.acts(id, command)
    office.promises(id)
    return id


def documents(office: Office, case: UUID) -> dict[str, bytes]:
    """The files of a bundle that were handed in; the bundle is checked first."""
    bundle = office.service.bundler.pack(case)
    check(bundle, office.service.log_keys)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        scans = [name for name in archive.namelist() if name.endswith(".pdf")]
        found = {name: archive.read(name) for name in scans if name.startswith("documents/")}
    return {
        name.removeprefix("documents/").removesuffix(".pdf"): content
        for name, content in found.items()
    }


def on_record(office: Office, case: UUID) -> str:
    (only,) = office.service.files.of(case)
    return only.facts.sha256


def forget(office: Office, case: UUID) -> None:
    """Destroys the key of the case's applicant."""
    applicant = office.repository.get(Case, case).applicant
    assert isinstance(applicant, Person)
    with writing(office.service.engine).begin() as db:
        db.execute(vault.update().where(vault.c.ref == applicant.ref).values(wrapped_key=None))


def test_a_bundle_holds_the_files_that_were_handed_in_as_they_came(office: Office):
    for case in (promised(office), promised(office, PEOPLE[0])):
        sha = on_record(office, case)
        assert documents(office, case) == {sha: PAPERS[sha]}


def test_a_forgotten_persons_files_open_nowhere_and_nobody_elses_are_touched(office: Office):
    mine, theirs, companys = (
        promised(office, PEOPLE[0]),
        promised(office, PEOPLE[1]),
        promised(office),
    )
    kept = {case: on_record(office, case) for case in (mine, theirs, companys)}
    assert kept[mine] == kept[theirs], "both handed in the same bytes"
    size = recorded(office)
    forget(office, mine)
    with pytest.raises(NotFound, match="依法删除"):
        office.service.files.read(mine, kept[mine])
    assert documents(office, mine) == {}
    for case in (theirs, companys):
        sha = kept[case]
        assert office.service.files.read(case, sha)[1] == PAPERS[sha]
        assert documents(office, case) == {sha: PAPERS[sha]}
    assert recorded(office) == size, "the log stays as it was"


def test_no_file_lies_readable_in_the_database(office: Office):
    sha = on_record(office, promised(office, PEOPLE[0]))
    with office.service.engine.connect() as db:
        (sealed,) = db.scalars(select(files.c.sealed))
    assert PAPERS[sha] not in sealed
    assert PAPERS[sha][9:40] not in sealed


def recorded(office: Office) -> int:
    with office.service.engine.connect() as db:
        return db.scalar(select(func.count()).select_from(events)) or 0
