"""Clients that two generators make tell the README's story, typed, against the demonstration."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.values.workdays import local_date
from tests.clients.conftest import TOOLS, run, succeeded
from tests.journeys.conftest import SCRIPTS, Running

HERE = Path(__file__).parent
PYTHON, TYPESCRIPT = HERE / "python", HERE / "typescript"
SENTENCE = re.compile(r"\d+ 义马市市场监督管理局")
STORY = [
    *("2 信用良好", "3 已告知", "4 已承诺", "403 not-permitted", "5 已准予", "6 发现违诺"),
    *("7 整改中", "8 整改未果", "9 整改未果", "10 整改未果", "11 已惩戒"),
    "整改不到位或者拒绝整改，已实施信用惩戒",
]


def told(output: str) -> list[str]:
    """What a client said, without the sentences of the history, which hold dates."""
    return [
        line for line in output.splitlines() if not re.search(r"\d+ 义马市市场监督管理局", line)
    ]


def sentences(output: str) -> int:
    return len(output.splitlines()) - len(told(output))


@pytest.fixture(scope="module")
def python_client(openapi_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the generated package; the generator left nothing out."""
    folder = tmp_path_factory.mktemp("python")
    generate = [TOOLS / "bin" / "openapi-python-client", "generate", "--meta", "none"]
    options = ["--path", openapi_file, "--config", PYTHON / "generator.yaml"]
    made = run(*generate, *options, "--output-path", "xinnuo_client", folder=folder)
    assert "WARNING" not in succeeded(made) + made.stderr
    return folder


@pytest.fixture(scope="module")
def typescript_client(openapi_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the generated types, the story, and the libraries beside them."""
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("story.ts", "tsconfig.json", "package.json"):
        shutil.copy(TYPESCRIPT / name, folder)
    (folder / "node_modules").symlink_to(TOOLS / "node_modules")
    tools = folder / "node_modules" / ".bin"
    succeeded(run(tools / "openapi-typescript", openapi_file, "-o", "client.d.ts", folder=folder))
    return folder


def today() -> str:
    return local_date(datetime.now(UTC)).isoformat()


def test_the_python_client_has_every_operation_and_a_type_for_every_answer(
    python_client: Path, operation_ids: set[str]
):
    modules = [*(python_client / "xinnuo_client" / "api").glob("*/*.py")]
    made = {path.stem: path.read_text("utf-8") for path in modules if path.stem != "__init__"}
    assert set(made) == operation_ids
    untyped = [name for name, text in made.items() if "Response[Any" in text]
    assert untyped == []


def test_the_python_client_tells_the_story(
    python_client: Path, demonstration: Running, tokens: dict[str, str]
):
    strict = ["--strict", "--config-file=", f"--python-executable={TOOLS / 'bin' / 'python'}"]
    story, env = PYTHON / "story.py", str(python_client)
    succeeded(run(SCRIPTS / "mypy", *strict, story, folder=python_client, MYPYPATH=env))
    asked = [str(demonstration.client.base_url), json.dumps(tokens), today()]
    output = succeeded(
        run(TOOLS / "bin" / "python", story, *asked, folder=python_client, PYTHONPATH=env)
    )
    opened, *lines = told(output)
    assert opened.startswith("201 /api/v1/cases/")
    assert lines == [*STORY, "4 已承诺", "2 True", "True", "True"]
    assert sentences(output) == 11


def test_the_typescript_client_has_every_operation(
    typescript_client: Path, operation_ids: set[str]
):
    types = (typescript_client / "client.d.ts").read_text("utf-8")
    _, _, made = types.partition("export interface operations {")
    assert set(re.findall(r"(?m)^    (\w+): \{$", made)) == operation_ids


def test_the_typescript_client_tells_the_story(
    typescript_client: Path, demonstration: Running, tokens: dict[str, str]
):
    compiler = typescript_client / "node_modules" / ".bin" / "tsc"
    succeeded(run(compiler, "-p", ".", folder=typescript_client))
    asked = [str(demonstration.client.base_url), json.dumps(tokens), today()]
    node = [TOOLS / "bin" / "node", "compiled/story.js"]
    output = succeeded(run(*node, *asked, folder=typescript_client))
    assert told(output) == [*STORY, "4 已承诺", "2 true", "200", "200"]
    assert sentences(output) == 11


def test_a_word_that_the_document_does_not_have_is_a_mistake_in_either_language(
    python_client: Path, typescript_client: Path
):
    wrong = (PYTHON / "story.py").read_text("utf-8").replace("stage_label", "stage_lable")
    (python_client / "wrong.py").write_text(wrong, "utf-8")
    strict = ["--strict", "--config-file=", f"--python-executable={TOOLS / 'bin' / 'python'}"]
    checked = run(
        SCRIPTS / "mypy", *strict, "wrong.py", folder=python_client, MYPYPATH=str(python_client)
    )
    assert 'has no attribute "stage_lable"' in checked.stdout
    story = typescript_client / "story.ts"
    right = story.read_text("utf-8")
    story.write_text(right.replace('outcome: "waived"', 'outcome: "forgiven"'), "utf-8")
    compiler = typescript_client / "node_modules" / ".bin" / "tsc"
    checked = run(compiler, "-p", ".", "--noEmit", folder=typescript_client)
    story.write_text(right, "utf-8")
    assert '"forgiven"' in checked.stdout
