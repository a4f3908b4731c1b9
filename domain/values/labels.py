"""Enumerations with Chinese labels, and how documents describe the values of a field.

The code of a member is stored, its label is shown.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from pydantic import GetJsonSchemaHandler, JsonValue, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Labelled(StrEnum):
    """An enumeration whose members are written `NAME = "code", "中文"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def label_of(cls, code: str) -> str:
        """Returns the label of a code.  Returns the code if only a newer release knows it."""
        return cls(code).label if code in cls._value2member_map_ else code

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Adds names and labels, by the words that generators of clients read."""
        described = handler(schema)
        handler.resolve_ref_schema(described).update(
            {
                "x-enum-varnames": [member.name for member in cls],
                "x-enum-descriptions": [member.label for member in cls],
            }
        )
        return described


def among(values: Iterable[str]) -> WithJsonSchema:
    """Describes a field of these values only; a validator of its own refuses the others."""
    return WithJsonSchema({"type": "string", "enum": list(values)})


def written_as(form: re.Pattern[str]) -> dict[str, JsonValue]:
    """Describes the form in which a code is kept; what is typed is brought into it first."""
    return {"pattern": f"^{form.pattern}$"}
