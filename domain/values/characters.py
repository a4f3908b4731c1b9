"""The table of classes of characters: which ones print as nothing, and what becomes of each.

Sources: the general categories and Default_Ignorable_Code_Point of Unicode; for what Chinese texts
carry in practice, copies from PDF files, chat windows and spreadsheets.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import cache
from itertools import chain
from typing import NamedTuple


class Fate(Enum):
    """What becomes of a character when a text is read."""

    KEEP = auto()
    DROP = auto()
    SPACE = auto()
    """It becomes an ordinary space."""
    REFUSE = auto()


def _span(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last + 1))


def of_category(*categories: str) -> frozenset[int]:
    """Returns the characters of these general categories; above U+1FFFF only format characters."""
    return frozenset(chain.from_iterable(_categories().get(each, ()) for each in categories))


@cache
def _categories() -> Mapping[str, Sequence[int]]:
    """The characters of each general category, in one pass: the start of a process waits for it."""
    every = (*range(0x20000), *range(0xE0000, 0xE1000))
    found: dict[str, list[int]] = defaultdict(list)
    for code, category in zip(every, map(unicodedata.category, map(chr, every)), strict=True):
        found[category].append(code)
    return found


_TAB, _NEWLINE, _IDEOGRAPHIC_SPACE = ord("\t"), ord("\n"), 0x3000
_BIDI = _span(0x202A, 0x202E) | _span(0x2066, 0x2069)
_SELECTORS = _span(0xFE00, 0xFE0F) | _span(0xE0100, 0xE01EF)
_RESERVED_FORMATS = _span(0xFFF0, 0xFFF8) | _span(0xE0000, 0xE0FFF) | {0x2065}
# Hangul fillers, Khmer inherent vowels, Mongolian selectors, blank Braille, a blank note …
_FILLERS = frozenset(
    map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
) | {0x16FE4, 0x1D159}
_NONCHARACTERS = _span(0xFDD0, 0xFDEF) | frozenset(
    plane << 16 | end for plane in range(17) for end in (0xFFFE, 0xFFFF)
)


class CharacterClass(NamedTuple):
    """A class of characters, and its fate in one line, in paragraphs, and in a code or a search."""

    name: str
    members: frozenset[int]
    in_a_line: Fate
    in_paragraphs: Fate
    in_a_code: Fate


K, D, S, R = Fate.KEEP, Fate.DROP, Fate.SPACE, Fate.REFUSE
_FORMATS = (of_category("Cf") | _RESERVED_FORMATS) - _BIDI - _SELECTORS
_CONTROLS = of_category("Cc", "Cs", "Zl", "Zp") - {_TAB, _NEWLINE}
_LOST = frozenset((0xFFFC, 0xFFFD))
_OTHER_SPACES = of_category("Zs") - {_IDEOGRAPHIC_SPACE}

# fmt: off
CLASSES = (
    #              name                      members                          line paragraphs code
    CharacterClass("bidi controls",          _BIDI,                           R, R, D),
    CharacterClass("format characters",      _FORMATS,                        D, D, D),
    CharacterClass("fillers",                _FILLERS,                        D, D, D),
    CharacterClass("variation selectors",    _SELECTORS,                      K, K, D),
    CharacterClass("tab",                    frozenset((_TAB,)),              R, K, S),
    CharacterClass("newline",                frozenset((_NEWLINE,)),          R, K, S),
    CharacterClass("controls",               _CONTROLS,                       R, R, R),
    CharacterClass("noncharacters",          _NONCHARACTERS,                  R, R, R),
    CharacterClass("marks of lost text",     _LOST,                           R, R, R),
    CharacterClass("ideographic space",      frozenset((_IDEOGRAPHIC_SPACE,)), K, K, S),
    CharacterClass("other spaces",           _OTHER_SPACES,                   S, S, S),
)
# fmt: on
"""Every character that is not in this table is ordinary and is kept."""

INVISIBLE = frozenset().union(*(each.members for each in CLASSES if each.in_a_code is Fate.DROP))
"""Characters that print as nothing: searches and comparisons ignore them."""
SPACES = frozenset().union(*(each.members for each in CLASSES if each.in_a_code is Fate.SPACE))


class Reading:
    """How one type of text treats every class: a translation, and the characters it refuses."""

    def __init__(self, fates: Iterable[tuple[CharacterClass, Fate]]) -> None:
        self._refused: set[str] = set()
        self._changes: dict[int, str | None] = {}
        for each, fate in fates:
            match fate:
                case Fate.REFUSE:
                    self._refused |= {chr(code) for code in each.members}
                case Fate.DROP:
                    self._changes |= dict.fromkeys(each.members)
                case Fate.SPACE:
                    self._changes |= dict.fromkeys(each.members, " ")

    def of(self, text: str) -> str:
        """Returns the text as it is kept, in NFC.  Raises ValueError if it has a refused character.

        A text that prints as nothing becomes the empty text.
        """
        text = unicodedata.normalize("NFC", text.translate(self._changes))
        if not self._refused.isdisjoint(text):
            raise ValueError("文字含有不可见的控制字符或者无法识别的字符，请删去后重新填写")
        return text.strip() if prints(text) else ""


def prints(text: str) -> bool:
    """True if a person sees something: a character that is no space, no mark and not invisible."""
    return any(
        ord(each) not in INVISIBLE and unicodedata.category(each) not in _WITHOUT_INK
        for each in text
    )


_WITHOUT_INK = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Mc", "Me"))

LINE = Reading((each, each.in_a_line) for each in CLASSES)
PARAGRAPHS = Reading((each, each.in_paragraphs) for each in CLASSES)
CODE = Reading((each, each.in_a_code) for each in CLASSES)
