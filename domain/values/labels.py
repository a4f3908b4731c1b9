"""Enumerations with Chinese labels: the code is stored, the label is shown."""

from enum import StrEnum
from typing import Self


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
