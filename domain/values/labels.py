"""Codes that carry their Chinese words: what is stored is the code, what is shown is the label."""

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
