"""(a) A full command, compared with the raw driver doing the same row work."""

from tests.benchmarks import raw
from tests.benchmarks.cases import commands_on, service_over
from tests.benchmarks.rounds import Place, Side, compare, report

RAW, FULL = "raw driver, same row work", "full command"


def run(place: Place, rounds: int = 5, seconds: float = 2.0) -> None:
    """Measure PostgreSQL with one client and with eight, SQLite with one client."""
    pg, lite, folder = place.postgres(), place.sqlite(), place.folder
    sides = [
        Side(RAW, lambda _: raw.postgres(pg, folder)),
        Side(FULL, lambda _: commands_on(service_over(pg, folder))),
    ]
    for clients in (1, 8):
        title = f"command, PostgreSQL, {clients} clients"
        report(title, compare(sides, clients, rounds, seconds), RAW)
    sides = [
        Side(RAW, lambda _: raw.sqlite(lite, folder)),
        Side(FULL, lambda _: commands_on(service_over(lite, folder))),
    ]
    report("command, SQLite (FULL), 1 client", compare(sides, 1, rounds, seconds), RAW)
