"""Ids of members of staff: one canonical form where identity enters, one key for comparing.

Separation of duties compares keys, never spellings: two ids that print alike are one person.
"""

import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.characters import CODE
from domain.values.folding import DOTS, fold
from domain.values.personal.screen import without_personal_data

SYSTEM_PERSON = "system"
"""The id of the processes of the service; nobody else has it."""
_MAX_LENGTH = 200
_MARKS = frozenset("._-@|:·")
_ALIKE = str.maketrans(
    {each: to for to, alike in {"o": "0〇օ", "l": "1i|ıɩӏǀ丨", "-": "一"}.items() for each in alike}
    | dict(zip("ɑɡԁԛԝո", "agdqwn", strict=True))
)
"""Characters that print alike in an id, beyond those that `fold` knows."""
_TO_ONE_DOT = str.maketrans(dict.fromkeys(DOTS, "."))
_TO_NAME_DOT = str.maketrans(dict.fromkeys(DOTS.replace(".", ""), "·"))


def staff_id(text: str) -> str:
    """Returns an id in its canonical form: half-width, lower case, without invisible characters.

    Raises ValueError for a letter of another script, which may print like a Latin one, and for a
    person's number; the address of a mailbox at work may be an id.
    """
    canonical = unicodedata.normalize("NFKC", CODE.of(text)).casefold().translate(_TO_NAME_DOT)
    if not canonical:
        raise ValueError("人员编号不能为空")
    if len(canonical) > _MAX_LENGTH:
        raise ValueError(f"人员编号不能超过{_MAX_LENGTH}字")
    without_personal_data(canonical, mailboxes=True)
    if not all(_is_allowed(each) for each in canonical):
        raise ValueError("人员编号只能由汉字、英文字母、数字和 . · _ - @ | : 组成，中间不留空格")
    return canonical


def _is_allowed(character: str) -> bool:
    if character.isascii() or character in _MARKS:
        return character.isalnum() or character in _MARKS
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


StaffId = Annotated[
    str,
    AfterValidator(staff_id),
    Field(
        description="人员编号：汉字、英文字母、数字和 . · _ - @ | :，不分大小写",
        json_schema_extra={"minLength": 1, "maxLength": _MAX_LENGTH},
    ),
]


@lru_cache(maxsize=4096)  # every rule of a stream compares the same few people
def person_key(person: str) -> str:
    """Returns what identifies a person: equal for all ids that print alike, old spellings too.

    Unlike in names, a dot counts: wang.li and wangli are two persons.
    """
    parts = unicodedata.normalize("NFKC", person).translate(_TO_ONE_DOT).split(".")
    return ".".join(map(fold, parts)).translate(_ALIKE)


def is_among(person: str, persons: Collection[str]) -> bool:
    """True if one of the ids is this person's."""
    return person_key(person) in set(map(person_key, persons))
