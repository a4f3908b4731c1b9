"""Counts of repetitions: few in an ordinary run, many in a soak (XINNUO_SOAK=1)."""

import os
import sys
import time
from collections.abc import Iterator
from random import Random

SOAK = os.environ.get("XINNUO_SOAK") == "1"
SEED = int(os.environ.get("XINNUO_SEED", "20201228"))
FIGURES: list[str] = []
"""Results of the tests, which are printed at the end of the run."""


def count(small: int, soak: int) -> int:
    return soak if SOAK else small


def dice(number: int = 0) -> Random:
    """A random generator, the same in every run with the same XINNUO_SEED."""
    return Random(SEED + number)  # noqa: S311 - chooses moments, guards nothing


def steps(what: str, small: int, soak: int) -> Iterator[int]:
    """Yields the numbers of the steps; a soak prints its progress every ten seconds."""
    total, began = count(small, soak), time.monotonic()
    printed = began
    for step in range(total):
        yield step
        if SOAK and (time.monotonic() - printed > 10 or step + 1 == total):
            printed = time.monotonic()
            print(f"{what}: {step + 1}/{total}, {printed - began:.0f} s", file=sys.__stderr__)


def report(figure: str) -> None:
    FIGURES.append(figure)
