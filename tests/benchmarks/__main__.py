"""`python -m tests.benchmarks [--quick] [name …]` runs all benchmarks, or those that are named."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.rounds import Place
from tests.support.postgres import Server

NAMES = (
    *("commands", "loading", "replay", "http", "peers", "growth", "sealing"),
    *("bounds", "worklist", "board"),
)
ROOMS = {each: f"server.{each}" for each in ("bounds", "worklist", "board")}


def main(names: list[str]) -> None:
    options: dict[str, Any] = {}
    if "--quick" in names:
        names, options = [name for name in names if name != "--quick"], {"rounds": 2}
    with Server(fsync=True) as server, tempfile.TemporaryDirectory() as folder:
        place = Place(server, Path(folder))
        for name in names or NAMES:
            import_module(f"tests.benchmarks.{ROOMS.get(name, name)}").run(place, **options)


if __name__ == "__main__":
    main(sys.argv[1:])
