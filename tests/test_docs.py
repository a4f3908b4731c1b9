"""The documents are correct: their generated parts are current, and they name all that exists.

`make docs` rewrites the generated parts.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main

from api.app import create_app
from api.cli.main import app as command_line
from api.http.problems import PROBLEM_TYPES
from domain.case import bounds as case_bounds
from domain.case import events as case_events
from domain.case.lifecycle import ACTIONS, HEARING, IDENTITY, MAIN_LINE, SUPPLEMENT
from domain.catalogue import events as item_events
from domain.catalogue.lifecycle import LISTING
from domain.files import events as file_events
from domain.files.lifecycle import FILING
from domain.kernel.aggregate import Created, Event
from domain.kernel.diagram import mermaid
from domain.law.lawbook import NAMED
from domain.logbook import events as log_events
from domain.logbook.lifecycle import RESTORATION
from domain.tolerance import bounds as review_bounds
from domain.tolerance import events as review_events
from domain.tolerance.lifecycle import REVIEW
from domain.wording import bounds as article_bounds
from domain.wording import events as article_events
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings

ROOT = Path(__file__).parents[1]
OPENAPI = ROOT / "api" / "openapi" / "openapi.json"
LAYERS = ("domain", "application", "projections", "infrastructure", "api", "tests")
BOTH = ("README.md", "README.zh-CN.md")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(page for layer in LAYERS for page in (ROOT / layer).rglob("README.md")),
]


def fenced(*lifecycles) -> str:
    return f"```mermaid\n{mermaid(*lifecycles)}\n```"


def table(*rows: tuple[str, ...]) -> str:
    first, *others = rows
    lines = [first, ("---",) * len(first), *others]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def event_table() -> str:
    modules = (
        *(case_events, item_events, review_events),
        *(article_events, file_events, log_events),
    )
    classes = [c for m in modules for c in vars(m).values() if is_event(c)]
    rows = [
        (f"`{c.TOPIC}`", c.__name__, ", ".join(own_fields(c)), "✓" if c.PUBLISHED else "")
        for c in classes
    ]
    return table(("topic", "event", "says", "published"), *rows)


def is_event(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Event) and thing not in (Event, Created)


def own_fields(event: type[Event]) -> list[str]:
    return [f"`{name}`" for name in event.model_fields if name not in Created.model_fields]


def bounds_table() -> str:
    rows = [
        (
            f"`{row.path}`",
            row.called,
            "，".join(str(limit.__doc__) for limit in row.not_before),
            "，".join(str(limit.__doc__) for limit in row.not_after),
            NAMED.sub(r"\1", row.source),
        )
        for row in (*case_bounds.BOUNDS, *review_bounds.BOUNDS, *article_bounds.BOUNDS)
    ]
    return table(("date", "called", "not before", "not after", "basis"), *rows)


def settings_table() -> str:
    rows = [
        (f"`XINNUO_{name.upper()}`", str(field.description), f"`{field.default}`")
        for name, field in Settings.model_fields.items()
    ]
    return table(("setting", "meaning", "default"), *rows)


def operations() -> Iterator[tuple[str, str, str]]:
    for path, methods in create_app(Settings()).openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation["summary"]


def openapi_text() -> str:
    """The description of the API as it is committed."""
    document = create_app(Settings()).openapi()
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def endpoint_table() -> str:
    rows = [(method, f"`{path}`", summary) for method, path, summary in operations()]
    return table(("method", "path", "what it is"), *rows)


def problem_table() -> str:
    rows = [(f"`{code}`", str(kind.status), kind.title) for code, kind in PROBLEM_TYPES.items()]
    return table(("code", "status", "title"), *rows)


def command_table() -> str:
    group = typer.main.get_command(command_line)
    rows = []
    for name, command in sorted(group.commands.items()):
        inner = getattr(command, "commands", {})
        names = [f"{name} {each}" for each in inner] or [name]
        about = [each.help for each in inner.values()] or [command.help]
        rows += [
            (f"`xinnuo {call}`", text.splitlines()[0])
            for call, text in zip(names, about, strict=True)
        ]
    return table(("command", "what it does"), *rows)


PARTS: dict[tuple[str, str], Callable[[], str]] = {
    ("domain", "lifecycle"): lambda: fenced(MAIN_LINE, SUPPLEMENT, HEARING, IDENTITY),
    ("domain", "listing"): lambda: fenced(LISTING),
    ("domain", "review"): lambda: fenced(REVIEW),
    ("domain", "filing"): lambda: fenced(FILING),
    ("domain", "restoration"): lambda: fenced(RESTORATION),
    ("domain", "bounds"): bounds_table,
    ("domain", "events"): event_table,
    ("infrastructure", "settings"): settings_table,
    ("api", "endpoints"): endpoint_table,
    ("api", "problems"): problem_table,
    ("api", "commands"): command_table,
}


def refreshed(text: str, part: str, content: str) -> str:
    """The page with one generated part replaced.

    A part begins after its mark and ends at the next heading or mark.
    """
    pattern = rf"(?s)(?<=<!-- generated: {part} -->\n).*?(?=\n## |\n<!-- |\Z)"
    assert re.search(pattern, text), f"no mark for {part}"
    return re.sub(pattern, lambda _: content + "\n", text, count=1)


@pytest.mark.parametrize(("folder", "part"), PARTS)
def test_the_generated_parts_are_current(folder, part):
    text = (ROOT / folder / "README.md").read_text()
    assert text == refreshed(text, part, PARTS[folder, part]()), "run: make docs"


def test_the_committed_description_of_the_api_is_current():
    assert OPENAPI.read_text("utf-8") == openapi_text(), "run: make docs"


def test_every_verb_of_a_case_has_an_endpoint():
    endpoints = {path.rsplit("/", 1)[-1] for method, path, _ in operations() if method == "POST"}
    assert set(ACTIONS) - {"open"} <= endpoints


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_projection_is_documented(name):
    assert f"`{name}`" in (ROOT / "projections" / "README.md").read_text()


# the house ---------------------------------------------------------------------------------------


def rooms() -> list[str]:
    """The folders with more than three modules, without the versions of the schema."""
    modules = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]
    sizes = Counter(path.parent for path in modules if path.name != "__init__.py")
    large = [folder for folder, size in sizes.items() if size > 3 and folder.name != "versions"]
    return sorted(str(folder.relative_to(ROOT)) for folder in large)


@pytest.mark.parametrize("folder", dict.fromkeys([*LAYERS, *rooms()]))
def test_every_room_has_a_readme_that_names_each_of_its_modules(folder):
    text = (ROOT / folder / "README.md").read_text()
    assert text.startswith(f"# {folder}: ")
    assert len(text.splitlines()) >= 5
    modules = {path.stem for path in (ROOT / folder).glob("[!_]*.py")}
    assert {name for name in modules if not re.search(rf"[`\[]{name}\b", text)} == set()


@pytest.mark.parametrize("name", BOTH)
def test_the_picture_of_the_house_shows_every_room_of_every_layer(name):
    picture = re.search(r"```text\n(.*?)```", (ROOT / name).read_text(), re.S)
    assert picture
    shown, layer = set(), ""
    for line in picture[1].splitlines():
        first = line.split()[0]
        layer = layer if line.startswith(" ") else first
        shown.add(layer if layer == first else f"{layer}/{first}")
    inside = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob("*/*/__init__.py")}
    assert shown == {*LAYERS} | {room for room in inside if not room.startswith("tests/")}


def modules(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.py")} - {"__init__.py"}


ROOMS = [path for path in sorted((ROOT / "api").rglob("*")) if len(modules(path)) > 3]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_of_many_modules_says_what_each_of_them_is(room):
    text = (room / "README.md").read_text()
    assert text.startswith(f"# {room.relative_to(ROOT)}: ")
    assert {name for name in modules(room) if f"`{name}`" not in text} == set()


def test_both_readmes_show_the_same_commands():
    blocks = [
        re.findall(r"```(?:sh|bash)\n.*?```", (ROOT / name).read_text(), re.S) for name in BOTH
    ]
    assert commands(blocks[0]) == commands(blocks[1])


def commands(blocks: list[str]) -> list[str]:
    """The commands of the blocks, without comments."""
    return [re.sub(r"(?m)\s+#.*$|^#.*\n", "", block) for block in blocks]


# the plan ----------------------------------------------------------------------------------------

CLAUSES = range(1, 55)
"""Numbers of the clauses of the city's plan: R1 to R54 in domain/README.md."""
PATH = re.compile(r"`([^`]+)`")


def clauses() -> list[tuple[int, str]]:
    """The rows of the table "The plan and the code": the clause's number and its place in code."""
    rows = re.findall(r"(?m)^\| R(\d+) \|.*\| ([^|]+) \|$", domain_readme())
    return [(int(number), where) for number, where in rows]


def domain_readme() -> str:
    return (ROOT / "domain" / "README.md").read_text()


def numbers_in_source(letter: str) -> set[int]:
    """The numbers with this letter (R17, I4) that any source file mentions."""
    files = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.*")]
    texts = [f.read_text() for f in files if f.suffix in (".py", ".sql", ".html", ".typ")]
    pattern = rf"\b{letter}(\d{{1,2}})\b"
    return {int(number) for text in texts for number in re.findall(pattern, text)}


def test_every_clause_of_the_plan_has_one_row_and_source_names_no_other():
    assert [number for number, _ in clauses()] == [*CLAUSES]
    assert numbers_in_source("R") <= {*CLAUSES}


@pytest.mark.parametrize(("number", "where"), clauses())
def test_a_clause_says_where_it_lives_or_that_it_is_not_built_yet(number, where):
    paths = PATH.findall(where)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert where.startswith("not yet") or (paths and where.startswith(("`", "in part: ")))


def test_every_invariant_that_source_names_is_in_the_table_or_explained():
    listed = {int(number) for number in re.findall(r"(?m)^\| I(\d+) \|", domain_readme())}
    assert listed == {*range(1, 26)}
    assert numbers_in_source("I") <= listed


# what documents refer to -------------------------------------------------------------------------


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_document_leads_to_a_page_and_a_heading(page):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the code host makes them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_every_test_that_a_document_names_exists(page):
    known = typer.main.get_command(command_line).commands
    assert set(re.findall(r"\bxinnuo ([a-z][a-z-]*)", page.read_text())) <= set(known)
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    for name in re.findall(r"`(test_\w+)`", page.read_text()):
        assert f"def {name}(" in tests or [*(ROOT / "tests").rglob(f"{name}.py")], name


def test_every_decision_has_a_number_a_date_and_at_most_ten_lines():
    text = (ROOT / "DECISIONS.md").read_text()
    _, *decisions = re.split(r"(?m)^## ", text)
    for number, decision in enumerate(decisions, start=1):
        heading, *lines = decision.strip().splitlines()
        assert re.fullmatch(rf"{number}\. .+ \(2\d{{3}}-\d\d-\d\d\)", heading), heading
        assert len(lines) <= 10, heading


if __name__ == "__main__":
    for (folder, part), content in PARTS.items():
        page = ROOT / folder / "README.md"
        page.write_text(refreshed(page.read_text(), part, content()))
    OPENAPI.write_text(openapi_text(), "utf-8")
