"""Crashes at random moments: every acknowledged act is kept once, and the projections show it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from uuid import UUID

import pytest

from infrastructure.container import Container
from tests.support import fault_cases as docket
from tests.support.fault_server import Program, Serving, version_of, wait_until
from tests.support.repetitions import count, dice, report, steps

CLIENTS = 6


class Insistent(Thread):
    """A client with its own case: repeats each act with the same key until it is acknowledged."""

    def __init__(self, serving: Serving, case_id: UUID) -> None:
        super().__init__()
        self.case_id, self.versions, self.done = case_id, [docket.GRANTED], Flag()
        self._serving = serving
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._serving.client() as client:
                while not self.done.is_set():
                    key = f"{self.case_id} {len(self.versions)}"
                    answer = client.insist(self.case_id, self.versions[-1], key)
                    assert answer.status_code == 200, answer.text
                    self.versions.append(version_of(answer))
        except BaseException as error:
            self.error = error

    @property
    def acknowledged(self) -> int:
        return len(self.versions) - 1


@contextmanager
def insisting(serving: Serving, service: Container) -> Iterator[list[Insistent]]:
    clients = [Insistent(serving, docket.granted(service)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.done.set()
            client.join()


def test_a_server_killed_under_load_loses_nothing_and_doubles_nothing(
    real: Container, serving: Serving
):
    moments = dice()
    with insisting(serving, real) as clients:
        for _ in steps("kills of the server", 6, 200):
            before = sum(client.acknowledged for client in clients)
            wait_until(lambda: sum(c.acknowledged for c in clients) > before)  # noqa: B023
            time.sleep(moments.uniform(0, 0.3))
            serving.kill()
            serving.start()
    assert [client.error for client in clients] == [None] * CLIENTS
    serving.stop()
    for client in clients:
        last = docket.GRANTED + client.acknowledged
        assert client.versions == [*range(docket.GRANTED, last + 1)]
        assert len(real.repository.history(client.case_id)) == last
    log, acknowledged = docket.log_of(real), sum(client.acknowledged for client in clients)
    assert [position for position, *_ in log] == [*range(1, len(log) + 1)]
    assert len(log) == CLIENTS * docket.RECORDED + acknowledged
    _assert_projections_agree(real)
    report(f"server killed {count(6, 200)} times: {acknowledged} acknowledged, 0 lost, 0 doubled")


def _assert_projections_agree(service: Container) -> None:
    """Asserts that the projections, once caught up, equal a rebuild from the log."""
    service.projector.catch_up_all()
    assert service.parking.all() == []
    assert docket.shown(service) == docket.rebuilt(service)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_projector_killed_while_it_projects_applies_every_event_once(
    real: Container, tmp_path: Path
):
    moments, stop = dice(), Flag()
    writer = Thread(target=_write, args=(real, stop))
    with Program(str(real.settings.database_url), tmp_path, "api", "project") as projector:
        writer.start()
        try:
            for _ in steps("kills of the projector", 3, 200):
                shown = real.projector.position("audit")
                wait_until(lambda: real.projector.position("audit") > shown)  # noqa: B023
                time.sleep(moments.uniform(0, 0.2))
                projector.kill()
                projector.start()
        finally:
            stop.set()
            writer.join()
        wait_until(lambda: set(real.projector.lag().values()) == {0})
        assert projector.stop() == 0
    _assert_projections_agree(real)
    report(f"projector killed {count(3, 200)} times over {len(docket.log_of(real))} events")


def _write(service: Container, stop: Flag) -> None:
    while not stop.is_set():
        case_id = docket.granted(service)
        for version in range(docket.GRANTED, docket.GRANTED + 10):
            docket.act(service, case_id, version)
