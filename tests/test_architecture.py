"""The import contracts hold and are able to fail; files, functions and folders stay small."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("domain", "application", "projections", "infrastructure", "api", "tests")
INSISTED_ON = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "DECISIONS.md",
    "Makefile",
    "README.md",
    "README.zh-CN.md",
    "pyproject.toml",
    "requirements-bench.txt",
    "requirements-dev.txt",
    "requirements.txt",
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
INWARDS = "Dependencies point inwards"
NO_DATABASE = "The domain knows no database and no web"
EVENT_STORE = "Only infrastructure opens the event store"
LIBRARIES = "Only the kernel and the lifecycle know their libraries"
ACYCLIC = "Rooms of one floor form no circle"
CANARIES = [
    (INWARDS, "domain/case/promise/rules.py", "import infrastructure.structured_logging"),
    (INWARDS, "projections/audit_trail/projection.py", "import infrastructure.projector.projector"),
    (INWARDS, "infrastructure/event_store/serializer.py", "import api.app"),
    (NO_DATABASE, "domain/case/case.py", "import sqlalchemy"),
    (EVENT_STORE, "application/case/service.py", "import eventsourcing"),
    (LIBRARIES, "domain/case/case.py", "import transitions"),
    (ACYCLIC, "domain/case/promise/verbs.py", "import domain.case.sanction.verbs"),
    (ACYCLIC, "application/execution/ports.py", "import application.case.service"),
    (ACYCLIC, "api/http/problems.py", "import api.site.layout.rendering"),
]
"""Each row: a contract, a file, and an import that breaks this contract and no other there."""
VAGUE = {"utils", "util", "helpers", "manager", "base", "common", "misc"}


@pytest.fixture(scope="module")
def broken() -> list[str]:
    """The contracts that the tree breaks."""
    return broken_contracts(ROOT)


def broken_contracts(root: Path) -> list[str]:
    """The names of the import contracts that lint-imports reports as broken."""
    lint = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"COLUMNS": "200"}  # wide enough for the longest name
    report = subprocess.run(
        [lint, "--no-cache"], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    verdicts = dict(re.findall(r"(?m)^(.+) (KEPT|BROKEN)$", report.stdout))
    assert set(verdicts) == CONTRACTS, report.stdout + report.stderr
    assert (report.returncode == 0) is ("BROKEN" not in verdicts.values())
    return [name for name, verdict in verdicts.items() if verdict == "BROKEN"]


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1


def test_no_import_contract_is_broken(broken):
    assert broken == []


def test_every_import_contract_has_a_canary():
    assert {contract for contract, _, _ in CANARIES} == CONTRACTS


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the tree whose files a test may change."""
    ignored = shutil.ignore_patterns(".*", "tests", "data", "__pycache__")
    return shutil.copytree(ROOT, tmp_path / "copy", ignore=ignored)


def test_a_copy_of_the_tree_breaks_no_import_contract(copied):
    assert broken_contracts(copied) == []


@pytest.mark.parametrize(("contract", "file", "smuggled"), CANARIES)
def test_a_smuggled_import_breaks_its_contract_and_no_other(copied, contract, file, smuggled):
    victim = copied / file
    victim.write_text(f"{smuggled}  # noqa\n{victim.read_text()}")
    assert broken_contracts(copied) == [contract]


def test_the_top_level_is_six_folders_and_what_tools_insist_on():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    top = {line.split("/")[0] for line in tracked if line}
    assert top <= INSISTED_ON | set(FOLDERS)


def test_no_file_is_longer_than_350_lines():
    assert [p for p in modules() if len(p.read_text().splitlines()) > 350] == []


def test_no_function_is_longer_than_25_lines():
    whole_schema = ROOT / "infrastructure/migrations/versions"
    files = (path for path in modules() if whole_schema not in path.parents)
    long = [name for path in files for name, lines in functions(path) if lines > 25]
    assert long == []


def test_no_folder_holds_more_than_12_modules():
    assert [folder for folder, count in module_counts().items() if count > 12] == []


def module_counts() -> Counter[Path]:
    """The number of modules in each folder."""
    return Counter(path.parent for path in modules() if path.name != "__init__.py")


def test_the_counts_of_the_tree_are_printed_in_one_line(broken, report):
    assert ACYCLIC not in broken
    folders = module_counts()
    ((largest, most),) = folders.most_common(1)
    lines = {path: len(path.read_text().splitlines()) for path in modules()}
    longest = max(lines, key=lines.__getitem__)
    report(
        f"0 circles, {len(folders)} folders, {folders.total()} modules;"
        f" largest folder: {largest.relative_to(ROOT)} with {most} modules;"
        f" longest module: {longest.relative_to(ROOT)} with {lines[longest]} lines"
    )


def test_no_module_of_a_case_is_longer_than_250_lines():
    of_a_case = (ROOT / "domain" / "case").rglob("*.py")
    assert [p for p in of_a_case if len(p.read_text().splitlines()) > 250] == []


def test_every_module_says_in_a_sentence_what_it_is():
    sources = [p for p in modules() if p.read_text().strip() and "tests" not in p.parts]
    assert [p for p in sources if not ast.get_docstring(ast.parse(p.read_text()))] == []


def test_no_module_has_a_vague_name():
    assert [p for p in modules() if p.stem in VAGUE] == []
