"""Ids of records as people and programs write them: a UUID in any of its spellings."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from domain.values.identifiers import joined

_RECORD_ID = re.compile(r"[0-9a-f]{32}")


def _record_id(text: object) -> object:
    """Returns the id in any spelling of RFC 9562 or ISO 9834-8: braces, urn:uuid:, capitals."""
    if not isinstance(text, str):
        return text
    digits = joined(text).lower().removeprefix("urn:uuid:").removeprefix("{").removesuffix("}")
    if not _RECORD_ID.fullmatch(digits):
        raise PydanticCustomError("uuid_parsing", "不是有效的编号")
    return digits


RecordId = Annotated[UUID, BeforeValidator(_record_id)]
"""The id of a case, an item, a review or an export, as it is typed or copied."""
