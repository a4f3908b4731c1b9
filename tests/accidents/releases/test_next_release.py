"""This release beside the next one: what it cannot read it sets aside, and nothing is lost."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from httpx2 import Client

from application.access.permissions import Role
from infrastructure.container import Container
from infrastructure.health.measures import measured
from infrastructure.migrations import is_current
from tests.accidents.releases.processes import NEXT_PROGRAM, ROOT, Release
from tests.accidents.releases.traffic import Traffic, badges, begin, furnish
from tests.api.conftest import Walk
from tests.support.fault_cases import open_service, shown, taken_up
from tests.support.fault_server import wait_until
from tests.support.repetitions import count, dice

CODE = "written-by-newer-release"
SECONDS = count(20, 600)


@pytest.fixture
def following(url: str, tmp_path: Path) -> Release:
    return Release(ROOT, url, tmp_path, NEXT_PROGRAM)


@pytest.fixture
def service(present: Release) -> Iterator[Container]:
    """This release over the database, to look at its tables."""
    present.command("migrate")
    with closing(open_service(present.url, present.data)) as service:
        yield service


def refused(old: Client, walks: Sequence[Walk]) -> bool:
    """Asserts that this release answers for none of these cases."""
    for walk in walks:
        walk.client = old
        reply = walk.get(role=Role.AUDITOR)
        assert (reply.status_code, reply.json()["code"]) == (503, CODE), reply.text
    return bool(walks)


def rebuilt_by(following: Release, service: Container) -> dict[str, list[tuple]]:
    following.command("rebuild-all")
    return shown(service)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_this_release_beside_the_next_one_and_alone_and_the_next_one_again(
    present: Release, following: Release, service: Container, report
):
    begin(present)
    traffic = Traffic(badges(present.data))
    with present.serving() as old:
        furnish(old, traffic.as_)
        traffic.run([old], cases=4)
        unknown = beside(old, following, service, traffic)
        alone(old, service, traffic, unknown)
    with present.serving() as old:  # it starts on the schema of the next one, too
        assert refused(old, unknown)
    with following.serving() as new:
        wait_until(lambda: taken_up(service))
        assert all(new.get(walk.url, headers=walk.as_(Role.AUDITOR)).is_success for walk in unknown)
    assert traffic.answers[503, CODE]
    assert set(traffic.left) <= {"corrected"}, "a new name goes to every case of its company"
    complete(service, following)
    report(f"next release beside this one: {service.log_size()} events in {SECONDS} s")


def beside(old: Client, following: Release, service: Container, traffic: Traffic) -> Sequence[Walk]:
    """Runs both releases for some time; returns cases that only the next one can read."""
    following.command("migrate")
    assert is_current(service.engine), "this release accepts the schema of the next"
    with following.serving() as new:
        assert old.get("/readyz").status_code == 200
        traffic.run([old, new], seconds=SECONDS)
        return [new_case(traffic, new) for _ in range(3)]


def alone(old: Client, service: Container, traffic: Traffic, unknown: Sequence[Walk]) -> None:
    """This release goes on alone, and tells what it cannot read."""
    assert refused(old, unknown)
    traffic.run([old], cases=7)
    wait_until(lambda: set(service.projector.lag().values()) == {0})
    told = old.get("/readyz").json()
    assert told["ready"] and "parked" in {each["check"] for each in told["findings"]}
    values = measured(service)
    assert values.unknown and min(values.parked.values())


def new_case(traffic: Traffic, new: Client) -> Walk:
    """A case that the next release has granted, so that only it can read it."""
    return traffic.case([new], "fulfilled", dice())


def complete(service: Container, following: Release) -> None:
    """Asserts that nothing was skipped, and that the projections equal those of a rebuild."""
    before = shown(service)
    assert [row[0] for row in sorted(before["audit"])] == [*range(1, service.log_size() + 1)]
    assert before == rebuilt_by(following, service)
    service.sealer.seal()
    assert service.verifier.verify().flaw is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_this_release_after_the_next_one_and_the_next_one_again(
    present: Release, following: Release, service: Container
):
    begin(present)
    traffic = Traffic(badges(present.data))
    following.command("migrate")
    with following.serving() as new:
        furnish(new, traffic.as_)
        unknown = [new_case(traffic, new) for _ in range(2)]
    with present.serving() as old:
        assert refused(old, unknown)
        traffic.run([old], cases=7)
    with following.serving():
        wait_until(lambda: taken_up(service))
    complete(service, following)
