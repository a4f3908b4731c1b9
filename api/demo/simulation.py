"""The simulation of the demonstration: ten months of made-up cases, driven by a moving clock.

Each case runs one scenario (`case_scenarios.py`): a generator that executes commands through the
same use cases as the API and yields the time of its next step.  The clock moves from step to step,
and the sweep runs every morning.  No step lies after the present, so the last cases stay open.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.demo.case_scenarios import Steps
from api.demo.front_office import open_scenarios
from api.demo.moving_clock import MovingClock
from api.demo.population import CASE_SCENARIOS, SAMPLES, CaseScenario, Population
from api.demo.tolerance_scenarios import REVIEW_SCENARIOS, run_review
from api.imports import load_catalogue, load_credit
from domain.case.stages import Stage
from domain.values.workdays import WorkCalendar, local_date
from infrastructure.container import Container, build
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings
from projections.read_model.tables import case_summaries

SPAN = timedelta(days=300)
LAST_STEP = timedelta(hours=1)
"""No step begins later than this long ago; its commands take some minutes each."""
SEED = 20201228
OPEN_SHARE = 3
"""Every third case is one that lies on a desk today."""


def run(settings: Settings, cases: int, console: Console) -> None:
    """Fill an empty database with this many cases and print how many are in each stage."""
    present = datetime.now(UTC) - LAST_STEP
    clock = MovingClock(present - SPAN)
    container = build(settings, clock)
    set_mark(container.engine, DEMO, present)
    for load, name in ((load_catalogue, "catalogue.csv"), (load_credit, "credit.csv")):
        assert load(container, SAMPLES / name, console).written, name
    container.projector.catch_up_all()
    with Progress(console=console) as bar:
        task = bar.add_task(f"办理{cases}件演示案件", total=cases + len(REVIEW_SCENARIOS))
        for _ in _simulate(container, clock, present, cases):
            bar.advance(task)
    container.projector.catch_up_all()
    _summarise(container, console)
    container.close()


def _simulate(
    container: Container, clock: MovingClock, present: datetime, cases: int
) -> Iterator[None]:
    """Run every scenario, step by step in order of time; yield when one ends or is cut off.

    A scenario is cut off if its next step lies after the present.
    """
    queue = [
        (start, number, steps)
        for number, (start, steps) in enumerate(_runs(container, clock.now, present, cases))
    ]
    heapq.heapify(queue)
    last_sweep = local_date(clock.now)
    while queue:
        time, number, steps = heapq.heappop(queue)
        clock.reach(time)
        if local_date(time) > last_sweep:
            last_sweep = local_date(time)
            _sweep(container, time)
        next_step = next(steps, None)
        if next_step and next_step < present:
            heapq.heappush(queue, (next_step, number, steps))
        else:
            yield


def _sweep(container: Container, morning: datetime) -> None:
    container.projector.catch_up(PROJECTIONS["worklist"])
    for _ in container.sweep.run(morning):
        pass


def _runs(
    container: Container, first: datetime, present: datetime, cases: int
) -> Iterator[tuple[datetime, Steps]]:
    """The start and the steps of every scenario: of the cases, then of the reviews."""
    random = Random(SEED)  # noqa: S311 - every demonstration is the same
    population = Population(container, random)
    one_round = [scenario for scenario in CASE_SCENARIOS for _ in range(scenario.weight)]
    days = _working_days(container.calendar, first, present)
    open_cases = cases // OPEN_SHARE
    for number in range(cases - open_cases):
        start = random.choice(days) + timedelta(minutes=random.randrange(7 * 60))
        place = number % len(one_round)
        scenario = one_round[place] if number % 2 else one_round[-1 - place]
        yield start, population.run(scenario, number + 1, start)
    for number, (unfinished, ago, person) in enumerate(open_scenarios(open_cases), cases):
        start = days[-1 - ago] + timedelta(minutes=random.randrange(20))
        scenario = CaseScenario(unfinished.steps, 1, unfinished.kind, person)
        yield start, population.run(scenario, number + 1, start)
    yield from _review_runs(container, days)


def _review_runs(container: Container, days: list[datetime]) -> Iterator[tuple[datetime, Steps]]:
    """The tolerance reviews, from 37 % of the period on; the last ones are still under way."""
    random = Random(SEED)  # noqa: S311 - a sequence of their own leaves the cases unchanged
    for number, scenario in enumerate(REVIEW_SCENARIOS, start=1):
        start = days[len(days) * (30 + 7 * number) // 100] + timedelta(minutes=number)
        yield start, run_review(container, random, number, start, scenario)


def _working_days(calendar: WorkCalendar, first: datetime, present: datetime) -> list[datetime]:
    """09:00 local time (01:00 UTC) of every working day of the simulated period."""
    mornings = (
        first.replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=n)
        for n in range(1, SPAN.days - 1)
    )
    return [m for m in mornings if m < present and calendar.is_workday(local_date(m))]


def _summarise(container: Container, console: Console) -> None:
    with container.engine.connect() as db:
        stages = Counter(row.stage for row in db.execute(case_summaries.select()))
    table = Table(title=f"演示案件 {sum(stages.values())} 件", show_edge=False)
    table.add_column("所处阶段")
    table.add_column("件数", justify="right")
    for stage in Stage:
        table.add_row(stage.label, str(stages[stage]))
    console.print(table)
    size = container.log_size()
    console.print(f"共记录{size}个事件。演示数据均为虚构。")
