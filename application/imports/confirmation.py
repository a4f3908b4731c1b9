"""The confirmation of a code in a table: two columns make a broken check digit acceptable.

Some codes on real licences break the standard.  The columns record who compared the code with the
licence, and how; the form of the code is checked all the same.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from domain.values.identifiers import BrokenCheck, confirmed_credit_code, credit_code
from domain.values.parties import CodeConfirmation

BY, REASON = "代码核对人", "代码核对依据"
COLUMNS = (BY, REASON)
_HOW = f"如果登记证照上确实如此，请在这一行填写“{BY}”和“{REASON}”"


def of_row(row: Mapping[str, Any]) -> CodeConfirmation | None:
    """Returns the confirmation of a row.  Raises an error of a column if one column is empty."""
    by, reason = row.get("confirmed_by"), row.get("confirmed_on")
    if by and reason:
        return CodeConfirmation(by=by, reason=reason)
    if by or reason:
        missing = REASON if by else BY
        raise between_columns({missing: f"“{BY}”和“{REASON}”要一起填写"})
    return None


def unit_code(text: str, row: Mapping[str, Any]) -> str:
    """Validates the code of a unit by the confirmation of its row."""
    try:
        return credit_code(text)
    except BrokenCheck as broken:
        if row.get("code_confirmed"):
            return confirmed_credit_code(text)
        raise ValueError(f"{broken}；{_HOW}") from None


def breaks_the_check(code: str) -> bool:
    """True for a code that is acceptable only with a confirmation."""
    try:
        credit_code(code)
    except ValueError:
        return True
    return False


def needless() -> PydanticCustomError:
    """The error of a confirmation in a row whose codes are all right."""
    return between_columns({BY: "这一行的代码校验相符，不需要核对，请清空这两列"})


def between_columns(reasons: dict[str, str]) -> PydanticCustomError:
    """An error that several columns make together, with its reason by column."""
    return PydanticCustomError("between_columns", "columns disagree", reasons)
