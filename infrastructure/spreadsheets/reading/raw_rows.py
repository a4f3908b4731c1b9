"""Rows as they are in a file: numbered, with the cells that have content, by their column."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

RawCell = str | tuple[str, str]
"""The text of a cell; or its kind (`CellKind`) and its value as text."""


class RawRow(NamedTuple):
    """A row; the header is number 1, and column A is 1."""

    number: int
    cells: dict[int, RawCell]
    hidden: bool = False


RawRows = Iterator[RawRow]


def column_letters(number: int) -> str:
    """Returns the letters of a column: A of 1, Z of 26, AA of 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """Returns the number of a column, given by capital letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def text_of(cell: RawCell) -> str:
    return cell if isinstance(cell, str) else cell[1]
