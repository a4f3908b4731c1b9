"""The simulation of the demonstration: ten months of made-up cases, driven by a moving clock.

Each case runs one scenario (`case_scenarios.py`): a generator that executes commands through the
same use cases as the API and yields the time of its next step.  The clock moves from step to step,
and the sweep runs every morning.  No step lies after the present, so the last cases stay open.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.demo.front_office import open_cases
from api.demo.moving_clock import MovingClock
from api.demo.population import CASE_SCENARIOS, SAMPLES, UNANSWERED, Population
from api.demo.scenario_runs import Steps
from api.demo.tolerance_scenarios import REVIEW_SCENARIOS, run_review
from api.imports import load_catalogue, load_credit
from domain.case.stages import Stage
from domain.values.workdays import SHANGHAI, WorkCalendar, local_date
from infrastructure.container import Container, build
from infrastructure.database.markers import DEMO, SILENT_ABOUT, set_mark
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings
from projections.read_model.tables import case_summaries

SPAN = timedelta(days=300)
OPENS = time(9)
"""When the offices open."""
SEED = 20201228
OPEN_SHARE = 3
"""Every third case is one that lies on a desk today."""


def run(settings: Settings, cases: int, console: Console, present: datetime) -> None:
    """Fill an empty database with this many cases and print how many are in each stage."""
    clock = MovingClock(present - SPAN, present, cases)
    container = build(settings, clock)
    set_mark(container.engine, DEMO, present)
    set_mark(container.engine, SILENT_ABOUT, present, UNANSWERED.code)
    for load, name in ((load_catalogue, "catalogue.csv"), (load_credit, "credit.csv")):
        assert load(container, SAMPLES / name, console).written, name
    container.projector.catch_up_all()
    with Progress(console=console) as bar:
        task = bar.add_task(f"办理{cases}件演示案件", total=cases + len(REVIEW_SCENARIOS))
        for _ in _simulate(container, clock, cases):
            bar.advance(task)
    container.projector.catch_up_all()
    _summarise(container, console)
    container.close()


def _simulate(container: Container, clock: MovingClock, cases: int) -> Iterator[None]:
    """Run every scenario, step by step in order of time; yield when one ends or is cut off.

    A scenario is cut off if its next step lies after the present.
    """
    queue = [
        (start, number, steps)
        for number, (start, steps) in enumerate(_runs(container, clock, cases))
    ]
    heapq.heapify(queue)
    last_sweep = local_date(clock.now)
    while queue:
        at, number, steps = heapq.heappop(queue)
        if local_date(clock.reach(at)) > last_sweep:
            last_sweep = local_date(clock.now)
            _sweep(container, clock.now)
        next_step = next(steps, None)
        if next_step and next_step < clock.present:
            heapq.heappush(queue, (next_step, number, steps))
        else:
            yield


def _sweep(container: Container, morning: datetime) -> None:
    container.projector.catch_up(PROJECTIONS["worklist"])
    for _ in container.sweep.run(morning):
        pass


def _runs(container: Container, clock: MovingClock, cases: int) -> Iterator[tuple[datetime, Steps]]:
    """The start and the steps of every scenario: of past cases, of open ones, of the reviews."""
    random = Random(SEED)  # noqa: S311 - every demonstration is the same
    population = Population(container, random)
    days = _working_days(container.calendar, clock)
    unfinished = cases // OPEN_SHARE
    one_round = [scenario for scenario in CASE_SCENARIOS for _ in range(scenario.weight)]
    for number in range(cases - unfinished):
        start = random.choice(days) + timedelta(minutes=random.randrange(7 * 60))
        place = number % len(one_round)
        scenario = one_round[place] if number % 2 else one_round[-1 - place]
        case = population.draw(scenario)
        yield start, population.run(scenario.steps, case, number + 1, start)
    for number, each in enumerate(open_cases(unfinished), cases - unfinished + 1):
        case = population.draw(each.scenario)
        start = _start(days, each.began(case.item), clock.present, random)
        how = each.place.acceptance
        yield start, population.run(each.scenario.steps, case, number, start, how)
    yield from _review_runs(container, days)


def _start(days: list[datetime], ago: int, present: datetime, random: Random) -> datetime:
    """A time of the working day that was so many ago; with 0 today, even if offices are closed."""
    if ago:
        return days[-ago] + timedelta(minutes=random.randrange(7 * 60))
    opens = datetime.combine(local_date(present), OPENS, SHANGHAI)
    return min(opens + timedelta(minutes=random.randrange(60)), present - timedelta(minutes=5))


def _review_runs(container: Container, days: list[datetime]) -> Iterator[tuple[datetime, Steps]]:
    """The tolerance reviews, from 37 % of the period on; the last ones are still under way."""
    random = Random(SEED)  # noqa: S311 - a sequence of their own leaves the cases unchanged
    for number, scenario in enumerate(REVIEW_SCENARIOS, start=1):
        start = days[len(days) * (30 + 7 * number) // 100] + timedelta(minutes=number)
        yield start, run_review(container, random, number, start, scenario)


def _working_days(calendar: WorkCalendar, clock: MovingClock) -> list[datetime]:
    """The opening hour of every working day from the clock's time to yesterday."""
    first, today = local_date(clock.now), local_date(clock.present)
    days = (first + timedelta(days=n) for n in range(1, (today - first).days))
    return [datetime.combine(day, OPENS, SHANGHAI) for day in days if calendar.is_workday(day)]


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
    if stages[Stage.RECEIVED]:
        held_up = f"信用平台对{UNANSWERED.name}没有答复"
        console.print(f"{held_up}，它的案件停在“{Stage.RECEIVED.label}”。")
