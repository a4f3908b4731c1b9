"""How often: little in every run, much in a soak (XINNUO_SOAK=1), which says how far it is."""

import os
import sys
import time
from collections.abc import Iterator
from random import Random

SOAK = os.environ.get("XINNUO_SOAK") == "1"
SEED = int(os.environ.get("XINNUO_SEED", "20201228"))
FIGURES: list[str] = []
"""What was measured; printed at the end of the run."""


def count(small: int, soak: int) -> int:
    return soak if SOAK else small


def dice(number: int = 0) -> Random:
    """Falls the same way in every run with the same XINNUO_SEED."""
    return Random(SEED + number)  # noqa: S311 - chooses moments, guards nothing


def steps(what: str, small: int, soak: int) -> Iterator[int]:
    """So many steps; a soak says how far it is every ten seconds."""
    total, began = count(small, soak), time.monotonic()
    told = began
    for step in range(total):
        yield step
        if SOAK and (time.monotonic() - told > 10 or step + 1 == total):
            told = time.monotonic()
            print(f"{what}: {step + 1}/{total}, {told - began:.0f} s", file=sys.__stderr__)


def tell(figure: str) -> None:
    FIGURES.append(figure)
