"""The text mark: an apostrophe that keeps a text of a CSV file a text in a spreadsheet.

A spreadsheet guesses the type of every cell of a CSV file: it rounds 18 digits, drops leading
zeros, makes dates of 1-2 and runs what begins with a sign of a formula, however hidden (OWASP, CSV
injection).  A list of such beginnings is never complete, so the rule is the reverse: bare is only
what begins with a letter and has no digit.  Excel and LibreOffice show the mark and write it back
when they save; imports take it off.
"""

import unicodedata

from domain.values.characters import INVISIBLE

MARK = "'"
_WORDS_WITH_VALUE = ("true", "false")


def marked(text: str) -> str:
    """Returns the text with a mark, unless every spreadsheet takes it for a text as it is.

    A text that begins with an apostrophe gets a second one, so that `unmarked` returns it.
    """
    return f"{MARK}{text}" if text and not _stays_text(text) else text


def unmarked(text: str) -> str:
    """Returns the text without its mark."""
    return text.removeprefix(MARK)


def _stays_text(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return (
        _is_letter(text[0])
        and _is_letter(plain[0])
        and not any(each.isdecimal() for each in plain)
        and plain.strip().casefold() not in _WORDS_WITH_VALUE
    )


def _is_letter(character: str) -> bool:
    """True for a letter that prints and that stands for no number, as 一 and Ⅷ do."""
    return (
        character.isalpha()
        and ord(character) not in INVISIBLE
        and unicodedata.numeric(character, None) is None
    )
