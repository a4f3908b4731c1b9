"""What is stored of a command with an idempotency key tells nobody a person's number."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select, update

from application.case.commands.applicants import PersonApplicant
from application.case.commands.promise import OpenCase
from domain.kernel.errors import KeyReused
from infrastructure.container import Container, build
from infrastructure.database.engine import writing
from infrastructure.database.schema import commands
from infrastructure.settings import Settings
from tests import stories as s
from tests.conftest import Clock
from tests.support.service_driver import SOMEBODY, SOMEBODY_ELSE, Office, unguarded

FIRST, SECOND = (PersonApplicant(**who.model_dump()) for who in (SOMEBODY, SOMEBODY_ELSE))


@pytest.fixture
def office(service: Container) -> Office:
    office = Office(service)
    office.lists()
    return office


def request_of(applicant: PersonApplicant) -> str:
    """What equal requests share, as somebody who knows everything but the key would write it."""
    command = OpenCase(item=s.ITEM.code, kind=s.NOTICE, applicant=applicant, submitted=s.ALL_IN)
    return "\n".join(["open", str(s.ITEM.code), "None", command.model_dump_json()])


def stored(service: Container) -> Any:
    with service.engine.connect() as db:
        return db.scalar(select(commands.c.fingerprint))


def as_yesterday(service: Container, applicant: PersonApplicant) -> None:
    """Stores the fingerprint as the previous release does, which may run beside this one."""
    unkeyed = hashlib.sha256(request_of(applicant).encode()).hexdigest()
    unguarded(service.engine)
    with writing(service.engine).begin() as db:
        db.execute(update(commands).values(fingerprint=unkeyed))


def test_who_has_the_database_cannot_find_a_number_by_trying(office: Office, service: Container):
    office.opens(FIRST, key="k")
    assert len(stored(service)) == 64
    assert stored(service) != hashlib.sha256(request_of(FIRST).encode()).hexdigest()
    assert stored(service) == service.repository.vault.fingerprint(request_of(FIRST))


def test_a_request_is_recognised_by_another_process(
    office: Office, settings: Settings, clock: Clock
):
    first = office.opens(FIRST, key="k")
    other = build(settings, clock)
    assert Office(other).opens(FIRST, key="k").aggregate.id == first.aggregate.id
    other.close()


def test_a_request_that_the_previous_release_has_executed_is_recognised(
    office: Office, service: Container
):
    first = office.opens(FIRST, key="k")
    as_yesterday(service, FIRST)
    again = office.opens(FIRST, key="k")
    assert (again.aggregate.id, again.repeated) == (first.aggregate.id, True)


def test_another_request_under_a_key_of_the_previous_release_is_refused(
    office: Office, service: Container
):
    office.opens(FIRST, key="k")
    as_yesterday(service, FIRST)
    with pytest.raises(KeyReused):
        office.opens(SECOND, key="k")
