"""The import contracts and the limits of size hold, and are able to fail."""

import ast
import shutil
import subprocess
import sys
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
VAGUE = {"utils", "util", "helpers", "manager", "base", "common", "misc"}


def contracts_hold(root: Path) -> bool:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, check=False)
    return run.returncode == 0


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1


def test_imports_point_inwards():
    assert contracts_hold(ROOT)


@pytest.mark.parametrize(
    ("file", "smuggled"),
    [
        ("domain/case/promise/rules.py", ""),
        ("domain/case/promise/rules.py", "import infrastructure.event_store.serializer"),
        ("domain/case/case.py", "import sqlalchemy"),
        ("domain/case/case.py", "import transitions"),
        ("application/case/service.py", "import eventsourcing"),
        ("projections/audit_trail/projection.py", "import infrastructure.projector.projector"),
        ("infrastructure/event_store/serializer.py", "import api.app"),
        ("domain/case/promise/verbs.py", "import domain.case.sanction.verbs"),
        ("application/execution/ports.py", "import application.case.service"),
        ("api/http/problems.py", "import api.site.layout.rendering"),
    ],
)
def test_a_smuggled_import_is_caught(tmp_path, file, smuggled):
    ignored = shutil.ignore_patterns(".*", "tests", "data", "__pycache__")
    copy = shutil.copytree(ROOT, tmp_path / "copy", ignore=ignored)
    victim = copy / file
    victim.write_text(f"{smuggled}  # noqa\n{victim.read_text()}")
    assert contracts_hold(copy) is (smuggled == "")


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


def test_no_folder_holds_more_than_12_modules(capsys):
    folders = Counter(path.parent for path in modules() if path.name != "__init__.py")
    ((largest, most),) = folders.most_common(1)
    with capsys.disabled():
        longest = max(len(path.read_text().splitlines()) for path in modules())
        print(
            f"\n{len(folders)} folders, {folders.total()} modules; the largest folder,"
            f" {largest.relative_to(ROOT)}, has {most}; the longest module has {longest} lines"
        )
    assert most <= 12


def test_no_module_of_a_case_is_longer_than_250_lines():
    of_a_case = (ROOT / "domain" / "case").rglob("*.py")
    assert [p for p in of_a_case if len(p.read_text().splitlines()) > 250] == []


def test_every_module_says_in_a_sentence_what_it_is():
    sources = [p for p in modules() if p.read_text().strip() and "tests" not in p.parts]
    assert [p for p in sources if not ast.get_docstring(ast.parse(p.read_text()))] == []


def test_no_module_has_a_vague_name():
    assert [p for p in modules() if p.stem in VAGUE] == []
