"""Fixtures: the tools of `make test`, the document, and a real server with the demonstration."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from application.access.permissions import Role
from domain.values.parties import Actor, Department
from infrastructure.container import system_clock
from infrastructure.settings import Settings
from tests.conftest import tokens_of
from tests.journeys.conftest import SCRIPTS, XINNUO, Running, free_port

ROOT = Path(__file__).parents[2]
TOOLS = SCRIPTS.parent / "generators"
"""The folder that `make .venv/generators/ready` fills."""
CASES = 40
OFFICE = Department(code="114112810058000150", name="义马市市场监督管理局")
PERSONS = {
    Role.INTAKE_CLERK: "w-01",
    Role.DECISION_OFFICER: "d-01",
    Role.INSPECTOR: "i-01",
    Role.HEARING_CHAIR: "h-01",
}


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a tool of the generators, with Node of the same folder; returns what it said."""
    path = f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    """What the tool printed; it has to have succeeded."""
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("described"))).openapi()


@pytest.fixture(scope="session")
def openapi_file(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The present document as a file."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture(scope="session")
def operation_ids(document: dict[str, Any]) -> set[str]:
    return {each["operationId"] for path in document["paths"].values() for each in path.values()}


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that shows the demonstration, on SQLite; each module has its own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"), port=free_port())
    environment = {k: v for k, v in os.environ.items() if not k.startswith(XINNUO)}
    environment["XINNUO_DATA_DIR"] = str(settings.data_dir)
    for command in (["migrate"], ["demo", "--cases", str(CASES)]):
        subprocess.run(
            [SCRIPTS / "xinnuo", *command], env=environment, check=True, capture_output=True
        )
    with Running(settings) as server:
        yield server.start()


@pytest.fixture(scope="module")
def token_of(demonstration: Running) -> Callable[..., str]:
    """Makes a token that the server accepts for two hours."""
    issuer, now = tokens_of(demonstration.settings.keys_dir), system_clock()

    def token_of(role: Role, department: Department = OFFICE) -> str:
        person = PERSONS.get(role, f"t-{role.value}")
        return issuer.mint(Actor(person=person, role=role, department=department), now, hours=2)

    return token_of


@pytest.fixture(scope="module")
def tokens(token_of: Callable[..., str]) -> dict[str, str]:
    """A token for each role that people have."""
    return {role.value: token_of(role) for role in Role if role is not Role.SYSTEM}


@pytest.fixture(scope="module")
def employment_clerk(token_of: Callable[..., str]) -> str:
    """The token of a clerk of the office to whose matters natural persons apply."""
    office = Department(code="11411281005802440Q", name="义马市人力资源和社会保障局")
    return token_of(Role.INTAKE_CLERK, office)
