"""(e) Open, submit, approve: this project compared with other libraries (the peers).

Each of the three commands loads one stream and appends one event.  All sides use the same
PostgreSQL server, the same flow and the same small events.  Our side also checks the table of
steps, validates, hashes leaves and notifies other processes.  Two more sides are measured: a case
(open, query, notify), whose events have up to 1.5 kB and also write the case's row in
`case_summaries`; and the raw driver, which reads a stream and inserts a row.  A peer that cannot
run here is printed with the reason.
"""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from application.execution.context import CommandContext
from domain.case.case import Case
from tests import stories
from tests.benchmarks.cases import service_over
from tests.benchmarks.peer_programs.permit import Permit
from tests.benchmarks.rounds import Place, Side, medians, per_second
from tests.given import CALENDAR, CLERK, DAY_1

HERE = Path(__file__).parent / "peer_programs"
ROOT = HERE.parents[2]
OURS, CASE = "ours, the same small facts", "ours, a case"
FLOOR = "raw driver: read a stream, insert a row"
TABLE = "CREATE TABLE facts (stream uuid, version int, said text, PRIMARY KEY (stream, version))"
NOTE = "as the rules ask"
PYTHON = {
    "eventsourcing 9.5.6, its PostgreSQL recorder": "peer_stock.py",
    "SpiffWorkflow 3.2.0, three tasks": "peer_spiff.py",
    "DBOS 3.4.0, workflow of three steps": "peer_dbos.py",
}
NODE = {"Emmett 0.42.0": "emmett.mjs"}
PACKAGES = (
    "@event-driven-io/emmett@0.42.0",
    "@event-driven-io/emmett-postgresql@0.42.0",
    "@event-driven-io/pongo@0.16.11",
)
Rate = Callable[[], float]
"""Measures the commands per second of one client."""
Installed = tuple[Path, Path]
"""The interpreter for a script, and the folder in which the script finds its packages."""


def run(place: Place, rounds: int = 5, seconds: float = 2.0) -> None:
    """Measure each side with one client; every round starts a new process."""
    url = place.postgres()
    sides: dict[str, Rate] = {
        OURS: lambda: per_second(Side(OURS, lambda _: permits(url, place.folder)), 1, seconds),
        CASE: lambda: per_second(Side(CASE, lambda _: cases(url, place.folder)), 1, seconds),
    }
    bare = place.server.create_database().replace("+psycopg", "")
    with psycopg.connect(bare, autocommit=True) as db:
        db.execute(TABLE)
    sides[FLOOR] = lambda: per_second(Side(FLOOR, lambda _: facts(bare)), 1, seconds)
    sides |= _peers(place, PYTHON, _python, seconds) | _peers(place, NODE, _node, seconds)
    rates = medians(sides, rounds)
    print("open, submit, approve, PostgreSQL, 1 client            commands   ours ÷ it")
    for name, rate in rates.items():
        print(f"  {name:<48} {rate:>9,.0f}/s   {rates[OURS] / rate:8.2f}", flush=True)


def facts(url: str) -> Iterator[None]:
    """Each step reads a stream and appends a row: the least work that a command can do."""
    with psycopg.connect(url, autocommit=True) as db:
        while True:
            stream = uuid.uuid4()
            for version in (1, 2, 3):
                if version > 1:
                    db.execute("SELECT version, said FROM facts WHERE stream = %s", (stream,))
                db.execute("INSERT INTO facts VALUES (%s, %s, %s)", (stream, version, NOTE))
                yield


def permits(url: str, folder: Path) -> Iterator[None]:
    """Each step is one command on a permit, through the repository."""
    repository, context = service_over(url, folder).repository, CommandContext(CLERK, DAY_1)
    who = {"by": CLERK, "at": DAY_1}
    while True:
        with repository.unit_of_work(context, "") as work:
            work.keep(permit := Permit.open(NOTE, **who))
        yield
        for verb in (Permit.submit, Permit.approve):
            with repository.unit_of_work(context, "") as work:
                verb(permit := work.get(Permit, permit.id), NOTE, **who)
                work.keep(permit)
            yield


def cases(url: str, folder: Path) -> Iterator[None]:
    """Each step is one command on a case, through the repository."""
    repository, context = service_over(url, folder).repository, CommandContext(CLERK, DAY_1)
    who = {"by": CLERK, "at": DAY_1}
    opened = (stories.NOTICE, stories.APPLICANT, stories.PINNED, stories.ALL_IN)
    while True:
        with repository.unit_of_work(context, "") as work:
            work.keep(case := Case.open(*opened, calendar=CALENDAR, id=uuid.uuid4(), **who))
        yield
        with repository.unit_of_work(context, "") as work:
            (case := work.get(Case, case.id)).query(stories.CLEAN, CALENDAR, **who)
            work.keep(case)
        yield
        with repository.unit_of_work(context, "") as work:
            (case := work.get(Case, case.id)).notify(CALENDAR, **who)
            work.keep(case)
        yield


def _peers(
    place: Place, scripts: dict[str, str], install: Callable[[Path], Installed], seconds: float
) -> dict[str, Rate]:
    """The peers that can be installed and started on this machine."""
    try:
        program, home = install(place.folder)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"not run: {', '.join(scripts)}: {_reason(error)}", flush=True)
        return {}
    rates: dict[str, Rate] = {}
    for name, script in scripts.items():
        shutil.copy(HERE / script, home / script)
        url = place.server.create_database().replace("+psycopg", "")
        rate = _program([program, home / script, url, str(seconds)], seconds)
        try:
            rate()
            rates[name] = rate
        except (OSError, subprocess.SubprocessError) as error:
            print(f"not run: {name}: {_reason(error)}", flush=True)
    return rates


def _program(command: list[str | Path], seconds: float) -> Rate:
    """Runs the program, whose last line is the number of commands it has finished."""
    return lambda: int(_run(command, timeout=seconds + 60).split()[-1]) / seconds


def _python(folder: Path) -> Installed:
    """A virtual environment with the packages that requirements-bench.txt pins."""
    home = folder / "peers"
    _run([sys.executable, "-m", "venv", home])
    options = ["-q", "--disable-pip-version-check", "-r", ROOT / "requirements-bench.txt"]
    _run([home / "bin/python", "-m", "pip", "install", *options], timeout=600)
    return home / "bin/python", home


def _node(folder: Path) -> Installed:
    """A folder with Emmett's packages, from which its script can import them."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise FileNotFoundError("node and npm are not here")
    home = folder / "emmett"
    home.mkdir()
    _run([npm, "install", "--no-audit", "--no-fund", "--prefix", home, *PACKAGES], timeout=600)
    return Path(node), home


def _run(command: list[str | Path], timeout: float = 120) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=timeout
    ).stdout


def _reason(error: Exception) -> str:
    lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
    return lines[-1] if lines else type(error).__name__
