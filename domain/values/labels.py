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
