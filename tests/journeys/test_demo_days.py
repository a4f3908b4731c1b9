"""The demonstration of any day: work is due and late on it, and nothing lies after it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from api.demo import simulation
from api.demo.population import UNANSWERED
from domain.case import events as e
from domain.case.case import Case
from domain.case.stages import Stage
from domain.kernel.errors import PlatformUnreachable
from domain.values.workdays import SHANGHAI, local_date
from infrastructure.container import Container, build
from infrastructure.settings import Settings
from tests.conftest import migrate
from tests.journeys.test_demo import ENDS

CASES = 75
DAYS = {
    "a morning before the offices open": datetime(2026, 11, 24, 7, 30, tzinfo=SHANGHAI),
    "just after they opened": datetime(2026, 11, 23, 9, 3, tzinfo=SHANGHAI),
    "a Sunday": datetime(2026, 11, 22, 15, 0, tzinfo=SHANGHAI),
    "a Sunday night": datetime(2026, 11, 22, 1, 30, tzinfo=SHANGHAI),
    "the National Day week": datetime(2026, 10, 4, 11, 0, tzinfo=SHANGHAI),
    "the first day after it": datetime(2026, 10, 8, 16, 40, tzinfo=SHANGHAI),
    "the last day of the arranged years": datetime(2026, 12, 31, 14, 0, tzinfo=SHANGHAI),
}


@pytest.fixture(scope="module", params=DAYS, ids=lambda name: str(name).replace(" ", "-"))
def present(request: pytest.FixtureRequest) -> datetime:
    return DAYS[request.param]


@pytest.fixture(scope="module")
def service(present: datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The service at the moment at which its demonstration was made."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"))
    migrate(settings, present - timedelta(days=400))
    simulation.run(settings, CASES, Console(quiet=True), present)
    service = build(settings, lambda: present)
    yield service
    service.close()


@pytest.fixture(scope="module")
def cases(service: Container) -> list[Case]:
    log = service.repository.recorder.select_notifications(None, 10_000)
    opened = [note.originator_id for note in log if note.topic == e.CaseOpened.TOPIC]
    return [service.repository.get(Case, id) for id in opened]


def test_something_is_due_on_the_day_and_something_of_the_office_is_late(
    cases: list[Case], present: datetime
):
    today = local_date(present)
    owed = [duty for case in cases for duty in case.duties]
    assert any(duty.due.on == today for duty in owed)
    late = {duty.action for duty in owed if duty.due.on < today}
    assert late >= {"query", "notify", "decide"}
    assert {case.stage for case in cases if case.duties} == {*Stage} - ENDS


def test_every_event_is_recorded_when_it_happens_and_none_after_the_present(
    cases: list[Case], service: Container, present: datetime
):
    for case in cases:
        steps = service.repository.history(case.id)
        times = [step.event.timestamp for step in steps]
        assert [step.recorded_at for step in steps] == times == sorted(times)
        assert times[-1] <= present


def test_the_credit_platform_says_nothing_about_one_applicant(
    cases: list[Case], service: Container
):
    (held_up,) = (case for case in cases if case.applicant == UNANSWERED)
    assert held_up.stage is Stage.RECEIVED
    with pytest.raises(PlatformUnreachable):
        service.register.ask(UNANSWERED)


def test_dates_that_reach_into_a_year_not_arranged_are_provisional(
    cases: list[Case], present: datetime
):
    provisional = any(duty.due.provisional for case in cases for duty in case.duties)
    assert provisional is (present.month > 10)
