"""Typed cells: a cell that is no text says what it is, and each column says what it takes.

A text cell of a table is a plain `str`.  Every other cell is a `Cell`, which no column takes unless
its type says so: a number, a date or a formula is never mistaken for the text that was meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.values.labels import Labelled

_AS_TEXT = "请把这一列设为文本后重新填写"


class CellKind(Labelled):
    """What a cell is, if it is no text; the label is the reason why a text column refuses it."""

    INTEGER = "integer", f"单元格是数值，开头的0可能已经丢失，{_AS_TEXT}"
    """A whole number of at most 15 digits, shown as it is stored."""
    DECIMAL = "decimal", f"单元格是数值，末尾的0可能已经丢失，{_AS_TEXT}"
    LONG_NUMBER = "long_number", f"单元格是数值，15位以后已失真，{_AS_TEXT}"
    """A number of more than 15 digits: spreadsheets keep 15."""
    FORMATTED = "formatted", f"单元格是数值，显示的与所存的不同，{_AS_TEXT}"
    SCIENTIFIC = "scientific", f"单元格是科学记数法的数值，数字已失真，{_AS_TEXT}"
    ZEROS = (
        "zeros",
        "末尾的0可能是表格软件丢失第15位以后的数字后补上的，请核对原件，"
        "把这一列设为文本后重新填写；确实无误的，在前面加一个单引号（'）",
    )
    """Digits of a CSV file that end as numbers of a spreadsheet do."""
    BOOLEAN = "boolean", "单元格是逻辑值（TRUE或者FALSE），请改为文字"
    ERROR = "error", "单元格是错误值（如#N/A、#REF!），请改正后重新填写"
    DATE = "date", f"单元格是日期，可能是表格软件由填写的文字改成的，{_AS_TEXT}"
    """A day, as ISO text."""
    MOMENT = "moment", f"单元格是带有时间的日期，可能是表格软件由填写的文字改成的，{_AS_TEXT}"
    TIME = "time", f"单元格是时间，可能是表格软件由填写的文字改成的，{_AS_TEXT}"
    NO_DATE = "no_date", "单元格是日期格式，所存的数值却不是存在的日期，请重新填写"
    FORMULA = "formula", "单元格是公式，请复制这一列，用“选择性粘贴”粘贴为值"


@dataclass(frozen=True)
class Cell:
    """A cell that is no text: its value as plain text, and where it is, e.g. B2 or 名单!B2."""

    kind: CellKind
    text: str = field(repr=False)
    address: str = ""


@dataclass(frozen=True)
class Takes:
    """The kinds of cells that a column takes beside texts, and its reasons against others."""

    kinds: frozenset[CellKind] = frozenset()
    reasons: Mapping[CellKind, str] = field(default_factory=dict)

    def text(self, cell: Cell) -> str:
        """Returns the text of the cell.  Raises ValueError if the column does not take it."""
        if cell.kind in self.kinds:
            return cell.text
        raise ValueError(f"{cell.address}{self.reasons.get(cell.kind, cell.kind.label)}")


TEXTS_ONLY = Takes()
"""What a column takes that says nothing else."""


_ERRORS = frozenset(
    f"#{name}"
    for name in ("N/A", "REF!", "VALUE!", "NAME?", "DIV/0!", "NUM!", "NULL!", "SPILL!", "CALC!")
)


def damaged(text: str) -> CellKind | None:
    """Returns what a text shows that a spreadsheet made of a cell, or None if it is a text.

    Numbers in scientific notation (1.14113E+17), error values, and #### for a column too narrow.
    """
    text = text.strip()
    if text in _ERRORS or (text and not text.strip("#")):
        return CellKind.ERROR
    digits, mark, exponent = text.upper().partition("E")
    mantissa = digits.lstrip("-").replace(".", "", 1)
    signed = exponent[:1] in ("+", "-") and exponent[1:].isdecimal()
    return CellKind.SCIENTIFIC if mark and mantissa.isdecimal() and signed else None
