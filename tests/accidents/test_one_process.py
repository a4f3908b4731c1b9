"""One process follows the log of a SQLite database, and one makes the demonstration of any."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import select

from domain.case.events import CaseOpened
from infrastructure.database.engine import open_database
from infrastructure.database.schema import events
from infrastructure.workers.process_lock import FOLLOWER, holder_of, lock_file
from tests.api.transport.raw_http import Line
from tests.support.fault_server import ROOT, TIMEOUT, Program, Serving, wait_until
from tests.support.postgres import Server

REFUSED = re.compile(r"进程(\d+)（\S+，\S+ (\w+)，[-\d]+ [:\d]+起）已经在跟随这个数据库的日志.+\n")
CASES = "12"


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    copytree(migrated_sqlite.parent, tmp_path, dirs_exist_ok=True)
    return f"sqlite:///{tmp_path / 'xinnuo.db'}"


class Command(Program):
    """A command of `xinnuo` in a process of its own, whose output goes to a file of its own."""

    def __init__(self, url: str, folder: Path, name: str, *arguments: str) -> None:
        super().__init__(url, folder, "api", *arguments)
        self._name = name

    @property
    def log(self) -> Path:
        return self.folder / f"{self._name}.log"


def is_refused(program: Program, holder: str) -> None:
    """The command ended with one line that names the holder and the holder's command."""
    assert program.ended() == 1
    told = REFUSED.fullmatch(program.log.read_text())
    assert told, program.log.read_text()
    assert told[2] == holder


# who follows ------------------------------------------------------------------------------------


def test_a_second_follower_is_refused_in_one_line_that_names_the_first(
    sqlite_url: str, tmp_path: Path
):
    with Serving(sqlite_url, tmp_path) as first:
        is_refused(Command(sqlite_url, tmp_path, "project", "project").start(), "serve")
        is_refused(Command(sqlite_url, tmp_path, "serve", "serve").start(), "serve")
        holder = holder_of(sqlite_url)
        assert holder and f"进程{holder.pid}（" in (tmp_path / "project.log").read_text()
        assert first.ready()


def test_serve_is_refused_beside_project(sqlite_url: str, tmp_path: Path):
    with Command(sqlite_url, tmp_path, "project", "project"):
        wait_until(lambda: holder_of(sqlite_url))
        is_refused(Command(sqlite_url, tmp_path, "serve", "serve").start(), "project")


@pytest.mark.parametrize("spelling", ["dotted", "linked"])
def test_another_spelling_of_the_same_file_is_the_same_database(
    sqlite_url: str, tmp_path: Path, spelling: str
):
    (tmp_path / "link.db").symlink_to(tmp_path / "xinnuo.db")
    file = (
        tmp_path / "link.db" if spelling == "linked" else f"{tmp_path}/../{tmp_path.name}/xinnuo.db"
    )
    with Command(sqlite_url, tmp_path, "first", "project"):
        wait_until(lambda: holder_of(sqlite_url))
        is_refused(Command(f"sqlite:///{file}", tmp_path, "second", "project").start(), "project")


def test_a_server_that_another_program_starts_is_refused_too(sqlite_url: str, tmp_path: Path):
    with Command(sqlite_url, tmp_path, "first", "project"):
        wait_until(lambda: holder_of(sqlite_url))
        copytree(tmp_path / "keys", tmp_path / "uvicorn" / "keys")
        arguments = ("api.app:from_environment", "--factory", "--port", "0")
        other = Program(sqlite_url, tmp_path / "uvicorn", "uvicorn", *arguments).start()
        assert other.ended() != 0
        assert "已经在跟随这个数据库的日志" in other.log.read_text()


def test_a_killed_follower_is_no_obstacle(sqlite_url: str, tmp_path: Path):
    for _ in range(3):
        killed = Serving(sqlite_url, tmp_path).start()
        killed.kill()
    lock = lock_file(sqlite_url, FOLLOWER)
    assert lock and lock.exists()
    assert holder_of(sqlite_url) is None
    lock.write_text("what a machine wrote as it lost its power")
    with Serving(sqlite_url, tmp_path) as running:
        assert running.ready()


def test_of_four_that_start_at_once_one_serves_and_three_are_refused(
    sqlite_url: str, tmp_path: Path
):
    programs = [Command(sqlite_url, tmp_path, str(number), "project") for number in range(4)]
    for program in programs:
        program.start()
    wait_until(lambda: sum(program.runs for program in programs) == 1)
    wait_until(lambda: holder_of(sqlite_url))
    (running,) = [program for program in programs if program.runs]
    for program in programs:
        if program is not running:
            is_refused(program, "project")
    assert running.stop() == 0


def test_a_process_that_is_stopped_makes_place_for_the_next(sqlite_url: str, tmp_path: Path):
    first = Command(sqlite_url, tmp_path, "first", "project").start()
    wait_until(lambda: holder_of(sqlite_url))
    assert first.stop() == 0
    assert holder_of(sqlite_url) is None


def test_every_other_command_may_run_beside_the_server(sqlite_url: str, tmp_path: Path):
    samples = Path(__file__).parents[2] / "api" / "demo" / "samples"
    commands = (
        ("import", "catalogue", str(samples / "catalogue.csv")),
        ("import", "credit", str(samples / "credit.csv")),
        ("rebuild", "catalogue"),
        ("rebuild", "cases"),
        ("sweep",),
        ("export", "--out", str(tmp_path / "trail.csv")),
        ("checkpoint",),
        ("verify",),
    )
    with Serving(sqlite_url, tmp_path) as running:
        for number, command in enumerate(commands):
            program = Command(sqlite_url, tmp_path, str(number), *command).start()
            assert program.ended() == 0, program.log.read_text()
        assert running.ready()


def test_several_processes_may_follow_on_postgresql(database_url: str, tmp_path: Path):
    if database_url.startswith("sqlite"):
        assert lock_file(database_url, FOLLOWER)
        return
    project = Command(database_url, tmp_path, "project", "project")
    with Serving(database_url, tmp_path) as running, project:
        wait_until(lambda: project.log.exists() and "投影正在运行" in project.log.read_text())
        assert running.ready()


def is_bounded(public: tuple[str, int], operators_socket: Path) -> None:
    """A large head is refused, and operators are shown the metrics."""
    with Line(public) as line:
        line.send(b"GET / HTTP/1.1\r\nX: " + b"x" * 33 * 1024)
        assert line.rest().startswith(b"HTTP/1.1 431 ")
    with socket.socket(socket.AF_UNIX) as operators:
        operators.connect(str(operators_socket))
        operators.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert operators.recv(100).startswith(b"HTTP/1.1 200 ")


def test_all_workers_have_the_same_bounds_and_the_same_sockets(
    postgres: Server, migrated_postgres: str, template: Path, tmp_path: Path
):
    copytree(template / "keys", tmp_path / "keys")
    serving = Serving(postgres.create_database(migrated_postgres), tmp_path)
    environment = os.environ | {
        "XINNUO_DATA_DIR": str(tmp_path),
        "XINNUO_DATABASE_URL": serving.url,
        "XINNUO_PORT": str(serving.port),
    }
    command = [sys.executable, "-m", "api", "serve", "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until(serving.ready, 3 * TIMEOUT)
        for _ in range(6):  # whichever worker answers
            is_bounded(("127.0.0.1", serving.port), tmp_path / "operator.sock")
    finally:
        process.terminate()
        process.wait(2 * TIMEOUT)
    assert (process.returncode, (tmp_path / "operator.sock").exists()) == (0, False)


# the demonstration ------------------------------------------------------------------------------


def test_two_demonstrations_at_once_make_one(database_url: str, tmp_path: Path):
    both = [
        Command(database_url, tmp_path, name, "demo", "--cases", CASES, "--only-if-empty")
        for name in ("first", "second")
    ]
    for program in both:
        program.start()
    assert [program.ended() for program in both] == [0, 0]
    told = "".join(program.log.read_text() for program in both)
    assert told.count(f"演示案件 {CASES} 件") == 1
    assert len(opened_cases(database_url)) == int(CASES)


def test_two_first_starts_at_once_make_one_demonstration_and_one_server(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'xinnuo.db'}"
    for name, command in (("m", ["migrate"]), ("d", ["demo", "--cases", CASES, "--only-if-empty"])):
        both = [Command(url, tmp_path, f"{name}{number}", *command).start() for number in (1, 2)]
        assert [program.ended() for program in both] == [0, 0]
    assert len(opened_cases(url)) == int(CASES)
    both = [Command(url, tmp_path, f"s{number}", "project").start() for number in (1, 2)]
    wait_until(lambda: sum(program.runs for program in both) == 1)
    for program in both:
        if program.runs:
            program.stop()


def test_a_demonstration_that_was_killed_leaves_no_lock(sqlite_url: str, tmp_path: Path):
    killed = Command(sqlite_url, tmp_path, "killed", "demo", "--cases", "2000").start()
    wait_until(lambda: holder_of(sqlite_url, "demo"))
    killed.kill()
    again = Command(sqlite_url, tmp_path, "again", "demo", "--cases", CASES, "--only-if-empty")
    assert again.start().ended() == 0


def opened_cases(url: str) -> list[object]:
    engine = open_database(url)
    with engine.connect() as db:
        query = select(events.c.stream_id).where(events.c.topic == CaseOpened.TOPIC)
        found = [*db.scalars(query)]
    engine.dispose()
    return found
