"""The demonstration: a city's year of cases, driven through the same use cases as the API's.

Each case is a story (`case_scenarios.py`) that acts and then says when it goes on; a clock moves
from story to story and the sweep runs every morning.  Nothing is written past the present, so the
cases of the last weeks are still open.
"""

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.demo import tolerance_scenarios as pleas
from api.demo.case_scenarios import Story
from api.demo.population import PLOTS, SAMPLES, Town
from api.imports import load_catalogue, load_credit
from domain.case.stages import Stage
from domain.values.workdays import WorkCalendar, local_date
from infrastructure.container import Container, build
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings
from projections.read_model.tables import case_summaries

SPAN = timedelta(days=300)
SEED = 20201228


class MovingClock:
    """Shows the time it was last set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def run(settings: Settings, cases: int, console: Console) -> None:
    """Fill an empty database with that many cases, and say what came of them."""
    present = datetime.now(UTC)
    clock = MovingClock(present - SPAN)
    container = build(settings, clock)
    set_mark(container.engine, DEMO, present)
    load_catalogue(container, SAMPLES / "catalogue.csv", console)
    load_credit(container, SAMPLES / "credit.csv", console)
    container.projector.catch_up_all()
    with Progress(console=console) as bar:
        task = bar.add_task(f"办理{cases}件演示案件", total=cases + len(pleas.PLOTS))
        for _ in _simulate(container, clock, present, cases):
            bar.advance(task)
    container.projector.catch_up_all()
    _summarise(container, console)
    container.close()


def _simulate(
    container: Container, clock: MovingClock, present: datetime, cases: int
) -> Iterator[None]:
    """Let every story act when its time has come; yield whenever one has ended or must wait."""
    waiting = [
        (begins, number, story)
        for number, (begins, story) in enumerate(_stories(container, clock.now, present, cases))
    ]
    heapq.heapify(waiting)
    swept = local_date(clock.now)
    while waiting:
        clock.now, number, story = heapq.heappop(waiting)
        if local_date(clock.now) > swept:
            swept = local_date(clock.now)
            _sweep(container, clock.now)
        goes_on = next(story, None)
        if goes_on and goes_on < present:
            heapq.heappush(waiting, (goes_on, number, story))
        else:
            yield


def _sweep(container: Container, morning: datetime) -> None:
    container.projector.catch_up(PROJECTIONS["worklist"])
    for _ in container.sweep.run(morning):
        pass


def _stories(
    container: Container, first: datetime, present: datetime, cases: int
) -> Iterator[tuple[datetime, Story]]:
    dice = Random(SEED)  # noqa: S311 - a demonstration is to be the same every time
    town = Town(container, dice)
    plots = [plot for plot in PLOTS for _ in range(plot.weight)]
    days = _working_days(container.calendar, first, present)
    for number in range(cases):
        begins = dice.choice(days) + timedelta(minutes=dice.randrange(7 * 60))
        plot = plots[number % len(plots)] if number % 2 else plots[-1 - number % len(plots)]
        yield begins, town.scenario(plot, number + 1, begins)
    yield from _pleas(container, days)


def _pleas(container: Container, days: list[datetime]) -> Iterator[tuple[datetime, Story]]:
    """The tolerance reviews, spread over the second half of the year; the last still run."""
    dice = Random(SEED)  # noqa: S311 - their own, so that the cases stay as they were
    for number, plot in enumerate(pleas.PLOTS, start=1):
        begins = days[len(days) * (30 + 7 * number) // 100] + timedelta(minutes=number)
        yield begins, pleas.plead(container, dice, number, begins, plot)


def _working_days(calendar: WorkCalendar, first: datetime, present: datetime) -> list[datetime]:
    """Nine in the morning (01:00 UTC) of every working day well before the present."""
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
