"""Codes and wrong tries of applicants, on both databases, also by several at once."""

from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.schema import access_codes
from infrastructure.identity.applicant_sessions import FREE_TRIES, LONGEST
from tests.conftest import Clock
from tests.given import CLERK
from tests.support.parallel import Racers

ROUNDS = 10


def test_of_two_codes_issued_at_once_one_is_live(service: Container, clock: Clock):
    codes = service.access_codes
    with Racers(2) as racers:
        for _ in range(ROUNDS):
            case = uuid4()
            codes.issue(case, CLERK, clock())
            assert len({*racers.race(lambda _: codes.issue(case, CLERK, clock()))}) == 2  # noqa: B023
            assert [row.revoked_at is None for row in codes.of(case)].count(True) == 1


def test_the_database_keeps_no_second_live_code_of_a_case(service: Container, clock: Clock):
    case = uuid4()
    for _ in range(2):
        service.access_codes.issue(case, CLERK, clock())
    unrevoked = update(access_codes).values(revoked_at=None)
    with pytest.raises(IntegrityError), writing(service.engine).begin() as db:
        db.execute(unrevoked)


def test_first_wrong_tries_at_once_are_all_counted(service: Container, clock: Clock):
    tries = service.applicants
    with Racers(FREE_TRIES) as racers:
        for n in range(ROUNDS):
            racers.race(lambda _: tries.failed(f"address {n}", clock()))  # noqa: B023
            assert tries.wait(f"address {n}", clock()).total_seconds() == 2


def test_a_delay_doubles_up_to_a_bound(service: Container, clock: Clock):
    waits = []
    for _ in range(FREE_TRIES + 10):
        service.applicants.failed("address", clock())
        waits.append(service.applicants.wait("address", clock()))
    seconds = [wait.total_seconds() for wait in waits]
    assert seconds[: FREE_TRIES + 2] == [0] * (FREE_TRIES - 1) + [2, 4, 8]
    assert waits[-1] == LONGEST
