"""What may be entered: the number of an article, for a basis whose act was revised."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.labels import Labelled, written_as

_NUMBER = re.compile(r"第[一二三四五六七八九十百零]{1,9}条")


class Revised(Labelled):
    """The bases that an act revised since the table was printed; the label is the basis."""

    DEFERRED_MATERIALS = "deferred_materials", "容缺受理"
    TOLERANCE = "tolerance", "容错免责"
    DIRECT_HANDLING = "direct_handling", "直接办理"


def _article_number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError("条号写成“第四十条”的形式")
    return text


ArticleNumber = Annotated[
    str,
    AfterValidator(_article_number),
    Field(json_schema_extra=written_as(_NUMBER) | {"maxLength": 11}),
]
