"""The text fields of models, with the types that check them, and valid values for every field."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin
from uuid import UUID

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from domain.values import texts
from domain.values.identity.documents import IdentityDocument
from domain.values.personal.screen import without_personal_data
from tests.papers import digest

SCREENS = {
    texts.short_text: "文字",
    texts.long_text: "文字",
    texts.public_line: "文字",
    texts.public_text: "文字",
}
"""The rules that refuse personal data, each with a text that fits."""
PUBLIC = {texts.public_line, texts.public_text}
CODES = {
    "credit_code": "91411281MA9KXNT179",
    "_as_confirmed": "91350203M0001QKT19",
    "code_key": "91411281MA9KXNT179",
    "staff_id": "w-01",
    "_article_number": "第四十条",
    "citizen_id": "411281199001010014",
    "_by_its_document": "A12345678",
    "country_code": "USA",
    "item_code": "000131001001",
    "material_code": "M-01",
    "_commitment_code": "41128120261122000001",
    "mobile_phone": "13800138000",
    "organ_telephone": "0398-5832345",
    "organ_mailbox": "name@example.gov.cn",
    "organ_website": "https://example.gov.cn/",
}
"""Rules of codes and of contact details of organs, by name, each with a text that fits."""
PATTERNS = {
    r"^[0-9a-f]{64}$": digest("typed"),
    r"^[^\s+]+$": "xinnuo.local/yima",
    r"^[A-Za-z0-9+/]{43}=$": f"{'A' * 43}=",
}
PLAIN: dict[Any, Any] = {
    bool: True,
    int: 1,
    date: "2026-09-28",
    datetime: "2026-09-28T09:00:00+08:00",
    Decimal: "1.00",
    UUID: "00000000-0000-4000-8000-000000000001",
    type(None): None,
}
WHOLE: dict[Any, dict[str, Any]] = {
    IdentityDocument: {"kind": "passport", "country": "USA"},
}
"""Models of which not every field may be set, each with a valid value."""
Path = tuple[str | int, ...]


class Leaf(NamedTuple):
    """A field whose value is no model: its type and the metadata of that type."""

    path: Path
    type: Any
    metadata: tuple[Any, ...]

    @property
    def rules(self) -> list[Any]:
        return [each.func for each in self.metadata if isinstance(each, AfterValidator)]

    @property
    def name(self) -> str:
        return ".".join(str(part) for part in self.path if not isinstance(part, int))

    @property
    def is_free_text(self) -> bool:
        coded = {rule.__name__ for rule in self.rules} & CODES.keys()
        return self.type is str and not coded and not self._pattern

    @property
    def is_screened(self) -> bool:
        return bool({*SCREENS, without_personal_data} & set(self.rules))

    @property
    def is_public(self) -> bool:
        return bool(PUBLIC & set(self.rules)) or not self.is_free_text

    @property
    def _pattern(self) -> str | None:
        found = (getattr(each, "pattern", None) for each in _flat(self.metadata))
        return next((PATTERNS[each] for each in found if each in PATTERNS), None)

    @property
    def example(self) -> Any:
        """Returns a valid value, as JSON."""
        if get_origin(self.type) is Literal:
            return get_args(self.type)[0]
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return next(iter(self.type)).value
        if self.type in PLAIN:
            return PLAIN[self.type]
        known = [CODES[rule.__name__] for rule in self.rules if rule.__name__ in CODES]
        return self._pattern or next(iter(known), None) or "文字"


def _flat(metadata: tuple[Any, ...]) -> Iterator[Any]:
    for each in metadata:
        yield each
        if isinstance(each, FieldInfo):
            yield from each.metadata


def leaves(of: Any, path: Path = (), metadata: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    """Yields every leaf of a type: of models by field, of tuples by their first item."""
    origin, arguments = get_origin(of), get_args(of)
    if origin is Annotated:
        yield from leaves(arguments[0], path, (*metadata, *arguments[1:]))
    elif origin in (Union, UnionType):
        for each in arguments:
            if each is not type(None):
                yield from leaves(each, path, metadata)
    elif origin in (tuple, list):
        yield from leaves(arguments[0], (*path, 0))
    elif isinstance(of, type) and issubclass(of, BaseModel):
        for name, field in of.model_fields.items():
            yield from leaves(field.annotation, (*path, name), tuple(field.metadata))
    else:
        yield Leaf(path, of, metadata)


def bodies(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Returns valid JSON objects of a model in which every field is set, one for each variant."""
    filled: list[dict[str, Any]] = [{}]
    for name, field in model.model_fields.items():
        values = _values(field.annotation, tuple(field.metadata))
        first, *others = ({**each, name: values[0]} for each in filled)
        more = [{**first, name: value} for value in values[1:]]
        filled = [first, *others, *more]
    return filled


def _values(of: Any, metadata: tuple[Any, ...] = ()) -> list[Any]:
    origin, arguments = get_origin(of), get_args(of)
    if origin is Annotated:
        return _values(arguments[0], (*metadata, *arguments[1:]))
    if origin in (Union, UnionType):
        kinds = [each for each in arguments if each is not type(None)]
        return [value for each in kinds for value in _values(each, metadata)]
    if origin in (tuple, list):
        return [[value] for value in _values(arguments[0])]
    if isinstance(of, type) and issubclass(of, BaseModel):
        return [WHOLE[of]] if of in WHOLE else bodies(of)
    return [Leaf((), of, metadata).example]


def text_places(body: Any, path: Path = ()) -> Iterator[Path]:
    """Yields the place of every text that stands for free text in a body."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from text_places(value, (*path, name))
    elif isinstance(body, list):
        for at, value in enumerate(body):
            yield from text_places(value, (*path, at))
    elif body == "文字":
        yield path


def replaced(body: Any, path: Path, text: str) -> Any:
    """Returns the body with this text at this place."""
    if not path:
        return text
    first, *rest = path
    if isinstance(body, list):
        return [replaced(v, tuple(rest), text) if at == first else v for at, v in enumerate(body)]
    return {**body, first: replaced(body[first], tuple(rest), text)}
