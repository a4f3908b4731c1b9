"""The generated parts of the READMEs are current, and everything is documented.

`make docs` rewrites them.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main

from api.app import create_app
from api.cli.main import app as command_line
from api.http.problems import KINDS
from domain.case import events as case_events
from domain.case.lifecycle import ACTIONS, HEARING, MAIN_LINE, SUPPLEMENT
from domain.catalogue import events as item_events
from domain.catalogue.lifecycle import LISTING
from domain.kernel.aggregate import Created, Event
from domain.kernel.diagram import mermaid
from domain.tolerance import events as review_events
from domain.tolerance.lifecycle import REVIEW
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings

ROOT = Path(__file__).parents[1]


def fenced(*lifecycles) -> str:
    return f"```mermaid\n{mermaid(*lifecycles)}\n```"


def table(*rows: tuple[str, ...]) -> str:
    first, *others = rows
    lines = [first, ("---",) * len(first), *others]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def event_table() -> str:
    modules = (case_events, item_events, review_events)
    classes = [c for m in modules for c in vars(m).values() if is_event(c)]
    rows = [(f"`{c.TOPIC}`", c.__name__, ", ".join(said(c))) for c in classes]
    return table(("topic", "event", "says"), *rows)


def is_event(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Event) and thing not in (Event, Created)


def said(event: type[Event]) -> list[str]:
    return [f"`{name}`" for name in event.model_fields if name not in Created.model_fields]


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


def endpoint_table() -> str:
    rows = [(method, f"`{path}`", summary) for method, path, summary in operations()]
    return table(("method", "path", "what it is"), *rows)


def problem_table() -> str:
    rows = [(f"`{code}`", str(kind.status), kind.title) for code, kind in KINDS.items()]
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
    ("domain", "lifecycle"): lambda: fenced(MAIN_LINE, SUPPLEMENT, HEARING),
    ("domain", "listing"): lambda: fenced(LISTING),
    ("domain", "review"): lambda: fenced(REVIEW),
    ("domain", "events"): event_table,
    ("infrastructure", "settings"): settings_table,
    ("api", "endpoints"): endpoint_table,
    ("api", "problems"): problem_table,
    ("api", "commands"): command_table,
}


def refreshed(text: str, part: str, content: str) -> str:
    """The page with one generated part replaced: all from its mark to the next heading or mark."""
    pattern = rf"(?s)(?<=<!-- generated: {part} -->\n).*?(?=\n## |\n<!-- |\Z)"
    assert re.search(pattern, text), f"no mark for {part}"
    return re.sub(pattern, lambda _: content + "\n", text, count=1)


@pytest.mark.parametrize(("folder", "part"), PARTS)
def test_the_generated_parts_are_current(folder, part):
    text = (ROOT / folder / "README.md").read_text()
    assert text == refreshed(text, part, PARTS[folder, part]()), "run: make docs"


def test_every_verb_of_a_case_has_a_door():
    doors = {path.rsplit("/", 1)[-1] for method, path, _ in operations() if method == "POST"}
    assert set(ACTIONS) - {"open"} <= doors


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_projection_is_documented(name):
    assert f"`{name}`" in (ROOT / "projections" / "README.md").read_text()


def test_every_folder_has_a_readme():
    for folder in ("domain", "application", "projections", "infrastructure", "api", "tests"):
        assert (ROOT / folder / "README.md").read_text().startswith(f"# {folder}")


def modules(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.py")} - {"__init__.py"}


ROOMS = [path for path in sorted((ROOT / "api").rglob("*")) if len(modules(path)) > 3]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_of_many_modules_says_what_each_of_them_is(room):
    text = (room / "README.md").read_text()
    assert text.startswith(f"# {room.relative_to(ROOT)}: ")
    assert {name for name in modules(room) if f"`{name}`" not in text} == set()


def test_both_readmes_tell_the_same_story():
    blocks = [
        re.findall(r"```(?:sh|bash)\n.*?```", (ROOT / name).read_text(), re.S)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert commands(blocks[0]) == commands(blocks[1])


def commands(blocks: list[str]) -> list[str]:
    """What is to be typed, without the comments."""
    return [re.sub(r"(?m)\s+#.*$|^#.*\n", "", block) for block in blocks]


if __name__ == "__main__":
    for (folder, part), content in PARTS.items():
        page = ROOT / folder / "README.md"
        page.write_text(refreshed(page.read_text(), part, content()))
