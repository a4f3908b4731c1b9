"""Pages opened at a person's pace: whoever reads lets the lane of sessions rest in between."""

import time
from collections.abc import Callable
from statistics import quantiles
from typing import NamedTuple

from api.server.lanes import MAX_REST

PAUSE = MAX_REST + 0.05
"""Seconds between two visits: a page that is asked for at once waits for a place, not for its
answer (`api/server/lanes.py`)."""
WARM_UP = 3


class Paced(NamedTuple):
    """Milliseconds on the clock, and of the processor, which other work cannot lengthen."""

    p50: float
    p95: float
    processor: float


def paced(visit: Callable[[], object], visits: int) -> Paced:
    """Returns how long a visit takes.  A database server's own processor time is not counted."""
    clock, processor = [], []
    for _ in range(WARM_UP + visits):
        time.sleep(PAUSE)
        began, busy = time.perf_counter(), time.process_time()
        visit()
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - busy) * 1000)
    return Paced(*_twentieths(clock[WARM_UP:]), _twentieths(processor[WARM_UP:])[0])


def _twentieths(taken: list[float]) -> tuple[float, float]:
    cuts = quantiles(taken, n=20, method="inclusive")
    return cuts[9], cuts[18]
