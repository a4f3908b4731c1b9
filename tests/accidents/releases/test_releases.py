"""The release before and this one on one database: nothing is lost, whoever projects."""

from contextlib import closing
from pathlib import Path

import pytest

from infrastructure.container import Container
from tests.accidents.releases.processes import Former, Release, previous_release
from tests.accidents.releases.traffic import Traffic, badges, begin, furnish
from tests.support.fault_cases import open_service, rebuilt, shown, taken_up
from tests.support.fault_server import wait_until


@pytest.fixture
def previous(url: str, tmp_path: Path) -> Release:
    return Release(previous_release(tmp_path / "previous"), url, tmp_path, client=Former)


def projections_equal_a_rebuild(service: Container) -> None:
    wait_until(lambda: taken_up(service))
    before = shown(service)
    assert len(before["audit"]) == service.log_size()
    assert before == rebuilt(service)
    assert service.sealer.seal() >= 0
    assert service.verifier.verify().flaw is None


def rebuild_stale(present: Release) -> None:
    """As the changelog says: beside the previous release, or after it, these are rebuilt."""
    for projection in ("audit", "disclosure", "worklist"):
        present.command("rebuild", projection)


only_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@only_postgresql
def test_the_previous_release_goes_on_beside_this_one_and_alone_again(
    previous: Release, present: Release, report
):
    begin(previous)
    with previous.serving() as old:
        traffic = Traffic(badges(previous.data))
        furnish(old, traffic.as_)
        traffic.run([old], cases=4)
        present.command("migrate")
        with present.serving() as new:
            traffic.run([old, new], cases=14)
        traffic.run([old], cases=4)
    assert set(traffic.left) <= {"corrected"}, "a new name goes to every case of its company"
    rebuild_stale(present)
    with present.serving(), closing(open_service(present.url, present.data)) as service:
        projections_equal_a_rebuild(service)
        report(f"previous release beside this one: {service.log_size()} events")


@only_sqlite
def test_this_release_goes_on_where_the_previous_one_has_stopped(
    previous: Release, present: Release
):
    begin(previous)
    with previous.serving() as old:
        traffic = Traffic(badges(previous.data))
        furnish(old, traffic.as_)
        traffic.run([old], cases=7)
    present.command("migrate")
    with present.serving() as new:
        traffic.run([new], cases=7)
        with closing(open_service(present.url, present.data)) as service:
            projections_equal_a_rebuild(service)
