"""The entries of a form, made from the fields of a Pydantic model.

The name of an entry is the place that a validation error names, joined by dots: the message of
`letter.signature.signed_on` belongs to the entry of that name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from application.execution.command import Choices, Command
from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.texts import PARAGRAPHS_FORM
from projections.history.words import WORDS

MAX_RADIOS = 3
_INDEX = re.compile(r"\.[0-9]+(?=\.|$)")
_YES_NO = {"true": "是", "false": "否"}
_HASH = FieldInfo.from_annotation(Sha256).metadata


class Input(Enum):
    """How an entry is filled in."""

    LINE = auto()
    PARAGRAPHS = auto()
    DAY = auto()
    MOMENT = auto()
    NUMBER = auto()
    FILE = auto()
    """A file, of which the form keeps the SHA-256."""
    CHOICE = auto()
    BOXES = auto()
    ROWS = auto()
    """Any number of equal groups or texts; `row` makes the entries of one."""
    GROUP = auto()
    VARIANTS = auto()
    """One of several groups, chosen by the option of the same name."""


@dataclass(frozen=True)
class Wording:
    """What a command says of its fields beside their types."""

    labels: Mapping[str, str]
    choices: Choices

    def label(self, name: str, key: str) -> str:
        """The label of a field: by its dotted name, by its own name, or that of the history."""
        place = ".".join(part for part in name.split(".") if not part.isdecimal())
        return self.labels.get(place) or self.labels.get(key) or WORDS.get(key, "")

    def offered(self, name: str) -> Mapping[str, str] | None:
        """The values to which a field is limited.  Returns None if it is not."""
        return self.choices.get(_INDEX.sub("[]", name))


NO_WORDING = Wording({}, {})


@dataclass(frozen=True)
class Entry:
    name: str
    label: str
    help: str
    input: Input
    required: bool
    options: Mapping[str, str]
    default: str = ""
    """The value that holds if nothing is chosen."""
    kind: Any = None
    """The model of a group, the models of variants by tag, or what a row holds."""
    many: bool = False
    """True for files of which there may be several."""
    tag: str = ""
    """The name of the field that tells variants apart."""
    wording: Wording = NO_WORDING

    @property
    def tag_name(self) -> str:
        return f"{self.name}.{self.tag}"

    @property
    def is_radio(self) -> bool:
        """True for a choice of so few values that all are shown."""
        return self.input is Input.CHOICE and len(self.options) <= MAX_RADIOS

    @property
    def control(self) -> str:
        """The name of the first element of the entry that takes the focus."""
        match self.input:
            case Input.GROUP:
                return self.inside[0].control
            case Input.ROWS:
                return self.row(0).control
            case Input.BOXES | Input.VARIANTS:
                return ".".join([self.name, *list(self.options)[:1]])
            case _:
                first = next(iter(self.options), "") if self.is_radio else ""
                return f"{self.name}.{first}" if first else self.name

    @property
    def inside(self) -> tuple["Entry", ...]:
        """The entries of a group."""
        return entries(self.kind, self.name, self.wording)

    def variant(self, tag: str) -> tuple["Entry", ...]:
        """The entries of the variant with this tag."""
        return entries(self.kind[tag], f"{self.name}.{tag}", self.wording, without=self.tag)

    def row(self, index: int) -> "Entry":
        """The entry of one row: a group, or a text."""
        return _entry(f"{self.name}.{index}", "", self.kind, self.wording)


class _Type(NamedTuple):
    """A field's type without what is optional about it."""

    type: Any
    info: FieldInfo
    required: bool


def entries_of(command: type[Command], choices: Choices) -> tuple[Entry, ...]:
    """Returns the entries of a command."""
    return entries(command, "", Wording(command.LABELS, choices))


def entries(
    model: type[BaseModel], prefix: str, wording: Wording, without: str = ""
) -> tuple[Entry, ...]:
    """Returns the entries of a model, except `without` and those that can have one value only."""
    return tuple(
        _entry(f"{prefix}.{name}" if prefix else name, name, info, wording)
        for name, info in model.model_fields.items()
        if name != without and not _constant(info)
    )


def leaves(each: Entry) -> Iterator[Entry]:
    """Yields the entry and all entries inside it, with one row of each list."""
    yield each
    inside: Iterator[Entry] = iter(())
    match each.input:
        case Input.GROUP:
            inside = iter(each.inside)
        case Input.VARIANTS:
            inside = (entry for tag in each.kind for entry in each.variant(tag))
        case Input.ROWS:
            inside = iter((each.row(0),))
        case _:
            pass
    for entry in inside:
        yield from leaves(entry)


def _constant(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is Literal and len(get_args(info.annotation)) == 1


def _entry(name: str, key: str, info: FieldInfo, wording: Wording) -> Entry:
    field = _without_none(info)
    input, options, kind = _filled_in(name, field, wording)
    return Entry(
        name=name,
        label=wording.label(name, key) if key else "",
        help=info.description or field.info.description or "",
        input=input,
        required=field.required,
        options=options,
        default=_default(info, input),
        kind=kind,
        many=input is Input.FILE and get_origin(field.type) is tuple,
        tag=str(field.info.discriminator or info.discriminator or ""),
        wording=wording,
    )


def _default(info: FieldInfo, input: Input) -> str:
    has_one = input is Input.CHOICE and not info.is_required() and info.default is not None
    return str(info.default) if has_one else ""


def _without_none(info: FieldInfo) -> _Type:
    """An optional type without its None."""
    if get_origin(info.annotation) in (Union, UnionType):
        some = [each for each in get_args(info.annotation) if each is not NoneType]
        if len(some) == 1:
            inner = FieldInfo.from_annotation(some[0])
            return _Type(inner.annotation, inner, required=False)
    return _Type(info.annotation, info, info.is_required())


def _filled_in(name: str, field: _Type, wording: Wording) -> tuple[Input, Mapping[str, str], Any]:
    """How a field is filled in, its options, and what it holds."""
    of, origin = field.type, get_origin(field.type)
    offered = wording.offered(name)
    if origin is tuple:
        return _several(FieldInfo.from_annotation(get_args(of)[0]), offered)
    if origin in (Union, UnionType):
        tag = str(field.info.discriminator)
        variants = {_tag(model, tag): model for model in get_args(of)}
        labels = {
            each: _tag_label(model, tag) or wording.labels[f"{name}.{each}"]
            for each, model in variants.items()
        }
        return Input.VARIANTS, labels, variants
    if offered is not None:
        return Input.CHOICE, offered, of
    if options := _options(of, field.info):
        return Input.CHOICE, options, None
    if isinstance(of, type) and issubclass(of, BaseModel):
        return Input.GROUP, {}, of
    return _typed(of, field.info), {}, None


def _several(item: FieldInfo, offered: Mapping[str, str] | None) -> tuple[Input, Any, Any]:
    if options := offered if offered is not None else _options(item.annotation, item):
        return Input.BOXES, options, None
    if offered is not None:
        return Input.BOXES, {}, None
    if _is_hash(item):
        return Input.FILE, {}, None
    return Input.ROWS, {}, item


def _options(of: Any, info: FieldInfo) -> Mapping[str, str]:
    """The values of a closed type with their labels; empty for an open type."""
    if of is bool:
        return _YES_NO
    if get_origin(of) is Literal:
        return {str(each.value): each.label for each in get_args(of)}
    if not (isinstance(of, type) and issubclass(of, Labelled)):
        return {}
    described = (each.json_schema for each in info.metadata if isinstance(each, WithJsonSchema))
    allowed = next((schema["enum"] for schema in described if schema and "enum" in schema), of)
    return {str(each.value): each.label for each in of if each in allowed}


def _typed(of: Any, info: FieldInfo) -> Input:
    if _is_hash(info):
        return Input.FILE
    if isinstance(of, type) and issubclass(of, datetime):
        return Input.MOMENT
    if of is date:
        return Input.DAY
    if of is int:
        return Input.NUMBER
    return Input.PARAGRAPHS if _is_long(info) else Input.LINE


def _is_hash(info: FieldInfo) -> bool:
    return bool(info.metadata) and info.metadata[0] == _HASH[0]


def _is_long(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and extra.get("maxLength") == PARAGRAPHS_FORM["maxLength"]


@cache
def _tag(model: type[BaseModel], field: str) -> str:
    (value,) = get_args(model.model_fields[field].annotation)
    return str(getattr(value, "value", value))


def _tag_label(model: type[BaseModel], field: str) -> str:
    """The label that the tag of a variant has by itself; else the command gives it one."""
    (value,) = get_args(model.model_fields[field].annotation)
    return str(getattr(value, "label", ""))
