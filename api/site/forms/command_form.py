"""One command as a form: its entries, what was typed, what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import ValidationError

from api.http.problems import in_words
from api.site.forms.entries import Entry, Input, entries_of
from api.site.forms.posted import KEY, NAMES, STEP, VERSION, Posted
from api.site.forms.reading import Body, Values
from application.execution.command import Choices, Command, Facts

CONTROLS = frozenset((KEY, VERSION, STEP, NAMES, "outcome"))
MISSING, UNKNOWN = "请填写", "表单含有这里不认识的项"


class Wrong(NamedTuple):
    """What is wrong with one entry; `label` is empty if no entry of the form shows it.

    `control` is the name of the element to go to.
    """

    label: str
    message: str
    control: str = ""


class Line(NamedTuple):
    """One entry as it will be recorded; how it compares with what is in force, if anything is."""

    label: str
    text: str
    how: str = ""
    """`added`, `removed`, or empty."""


@dataclass(frozen=True)
class CommandForm:
    """A form of one command, as a template shows it."""

    command: type[Command]
    address: str
    version: int | None
    choices: Choices = field(default_factory=dict)
    known: Facts = field(default_factory=dict)
    """The facts that the aggregate holds already, by the name of their entry: nobody is asked."""
    values: Values = field(default_factory=Values)
    files: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid4()))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return entries_of(self.command, self.choices)

    @property
    def outcome(self) -> str:
        """The outcome by which the command is told from others of its verb; may be empty."""
        outcome = self.command.model_fields.get("outcome")
        return str(outcome.default) if outcome else ""

    @property
    def prefix(self) -> str:
        """Tells the elements of this form from those of others on the page."""
        return f"{self.command.VERB}-{self.outcome}" if self.outcome else self.command.VERB

    def asked(self, each: Entry) -> bool:
        """False for an entry whose value the aggregate holds already."""
        return each.name not in self.known

    def value(self, each: Entry) -> str:
        return (self.values.get(each.name) or (each.default,))[-1]

    def rows(self, each: Entry) -> Iterator[Entry]:
        """The filled rows of a list, and an empty one."""
        index = 0
        while any(f"{name}.".startswith(f"{each.name}.{index}.") for name in self.values):
            yield each.row(index)
            index += 1
        yield each.row(index)

    def holds(self, each: Entry) -> bool:
        """True if something was typed into the entry or inside it, or is wrong there."""
        return any(f"{name}.".startswith(f"{each.name}.") for name in (*self.values, *self.wrong))

    def shown(self) -> Iterator[Entry]:
        """Every entry that the form shows, those of groups before those inside them."""
        for each in self.entries:
            yield from self._shown(each)

    def _shown(self, each: Entry) -> Iterator[Entry]:
        if not self.asked(each):
            return
        yield each
        inside: list[Entry] = []
        match each.input:
            case Input.GROUP:
                inside = [*each.inside]
            case Input.VARIANTS:
                inside = [entry for tag in each.kind for entry in each.variant(tag)]
            case Input.ROWS:
                inside = [*self.rows(each)]
            case _:
                pass
        for entry in inside:
            yield from self._shown(entry)

    def lines(self) -> list[Line]:
        """What was typed, in words, in the order of the form."""
        return [
            Line(each.label, "、".join(self._texts(each, self.values[each.name])))
            for each in self.shown()
            if each.name in self.values
        ]

    def _texts(self, each: Entry, typed: tuple[str, ...]) -> Iterator[str]:
        for one in typed:
            if each.input is Input.FILE:
                yield f"{self.files.get(one, '文件')}（SHA-256 {one}）"
            else:
                yield each.options.get(one, one)


def compared(before: CommandForm, after: CommandForm) -> list[Line]:
    """The lines of both forms in one list, those that only one of them has marked as such."""
    old, new = before.lines(), after.lines()
    lines: list[Line] = []
    for how, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            lines += new[k:m]
        else:
            lines += [line._replace(how="removed") for line in old[i:j]]
            lines += [line._replace(how="added") for line in new[k:m]]
    return lines


def filled(form: CommandForm, posted: Posted) -> tuple[CommandForm, dict[str, Any]]:
    """Returns the form with what was posted, and the body of its command."""
    body = Body(posted, form.entries)
    whole = CommandForm(
        command=form.command,
        address=form.address,
        version=posted.version,
        choices=form.choices,
        known=form.known,
        values=body.values,
        files=posted.files,
        key=posted.key,
    )
    whole = replace(whole, wrong=_unknown(form, posted) | _refused_files(whole, posted))
    content = body.content
    for name, value in form.known.items():
        _put(content, name.split("."), value)
    return whole, content | ({"outcome": whole.outcome} if whole.outcome else {})


def faults(form: CommandForm, error: ValidationError) -> dict[str, Wrong]:
    """The message of each wrong entry, by its name."""
    shown = {each.name: each for each in form.shown()}
    wrong: dict[str, Wrong] = {}
    for each in error.errors(include_url=False):
        name = ".".join(map(str, each["loc"]))
        message = MISSING if each["type"] == "missing" else in_words(each["type"], each["msg"])
        entry = shown.get(name)
        place = (_label(entry, shown), message, entry.control) if entry else ("", message)
        wrong.setdefault(name, Wrong(*place))
    return wrong


def _label(each: Entry, shown: Mapping[str, Entry]) -> str:
    """The label of an entry; that of a row is the list's, with its number."""
    if each.label:
        return each.label
    whole, _, index = each.name.rpartition(".")
    return f"{shown[whole].label} 第 {int(index) + 1} 项"


def _unknown(form: CommandForm, posted: Posted) -> dict[str, Wrong]:
    """A field that belongs to no entry: nothing that was sent is passed over in silence."""
    fields = {*form.command.model_fields, *CONTROLS}
    strange = [name for name in posted.fields if name.partition(".")[0] not in fields]
    return {"": Wrong("", UNKNOWN)} if strange else {}


def _refused_files(form: CommandForm, posted: Posted) -> dict[str, Wrong]:
    """The files that were not taken, each at its entry."""
    return {
        each.name: Wrong(each.label, posted.refused[digest], each.control)
        for each in form.shown()
        if each.input is Input.FILE
        for digest in form.values.get(each.name, ())
        if digest in posted.refused
    }


def _put(content: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        content = content.setdefault(part, {})
    content[path[-1]] = value
