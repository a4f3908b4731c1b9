"""Moments as people and programs write them: in each form in which this service prints them.

A moment means its end at the precision given, so that what is shown beside an event finds it.  A
door for programs asks for the time zone; pages and the command line take local time.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field, PlainValidator, TypeAdapter, WithJsonSchema

from api.http.dependencies import Now
from application.as_of import AsOf, Moment
from domain.values.workdays import FIRST_YEAR, LAST_YEAR, SHANGHAI

MAX_VERSION = 999_999_999
"""The largest version that an ETag can hold."""
HOW = "应为带时区的时刻，写成2026-09-28T09:00:00+08:00的形式（网址里的+写成%2B）"
HOW_LOCAL = "应为时刻，写成2026年9月28日 09:00或者2026-09-28 09:00的形式"
_YEARS = f"时刻的年份应在{FIRST_YEAR}至{LAST_YEAR}之间"
_STEPS = {"day": timedelta(days=1), "minute": timedelta(minutes=1), "second": timedelta(seconds=1)}
_TICK = timedelta(microseconds=1)
_DIGITS = 6  # of a second; further ones do not count
_CLOCK = r"(?P<minute>[0-9]{1,2}:[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<part>[0-9]{1,9}))?)?"
_ZONE = r"(?P<zone>Z|[+ -][0-9]{2}:?[0-9]{2})"
_DAYS = (
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
    r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日",
)
_INSTANT = re.compile(f"{_DAYS[0]}[T ]{_CLOCK}{_ZONE}")
_LOCAL = tuple(re.compile(f"{day}([T ]{_CLOCK}{_ZONE}?)?") for day in _DAYS)


def instant(text: object) -> Moment:
    """Reads an instant with its time zone.  Raises ValueError."""
    if isinstance(text, Moment):
        return text
    match = _INSTANT.fullmatch(_plain(text))
    if match is None:
        raise ValueError(HOW)
    return _moment(match.groupdict(), HOW)


def local_moment(text: object) -> Moment:
    """Reads a day, a minute or an instant; without a time zone it is local time.

    Raises ValueError.
    """
    if isinstance(text, Moment):
        return text
    plain = _plain(text)
    for form in _LOCAL:
        if match := form.fullmatch(plain):
            return _moment(match.groupdict(), HOW_LOCAL)
    raise ValueError(HOW_LOCAL)


def _plain(text: object) -> str:
    """Returns the text in half width.  An unescaped plus of an address arrives as a space."""
    if not isinstance(text, str):
        return ""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def _moment(found: dict[str, str | None], how: str) -> Moment:
    """Returns the moment of these parts.  Raises ValueError if it does not exist."""
    part = (found["part"] or "")[:_DIGITS]
    time = f"{(found['minute'] or '0:00').zfill(5)}:{found['second'] or '00'}"
    try:
        day = date(*(int(found[name] or 0) for name in ("year", "month", "day")))
        local = datetime.fromisoformat(f"{day}T{time}.{part.ljust(_DIGITS, '0')}")
        begins = local.replace(tzinfo=_zone(found["zone"]))
    except ValueError as error:
        raise ValueError(how) from error
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValueError(_YEARS)
    if part:
        return Moment(begins, begins + 10 ** (_DIGITS - len(part)) * _TICK - _TICK)
    finest = next(name for name in ("second", "minute", "day") if found[name])
    return Moment(begins, begins + _STEPS[finest] - _TICK)


def _zone(text: str | None) -> timezone:
    if text is None:
        return SHANGHAI
    if text == "Z":
        return timezone(timedelta(0))
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time"})
Instant = Annotated[Moment, PlainValidator(instant), _SCHEMA]
"""An instant as a program writes it."""
LocalMoment = Annotated[Moment, PlainValidator(local_moment), _SCHEMA]
"""A moment as a person writes it, on a page or at the command line."""
Nth = Annotated[int, Field(ge=1, le=MAX_VERSION)]
AtVersion = Annotated[int | None, Query(ge=1, le=MAX_VERSION, description="第几版")]
AtInstant = Annotated[
    Instant | None,
    Query(description="某一时刻，须带时区；写到分或者秒，就是那一分、那一秒结束的时候"),
]


async def _as_of(now: Now, version: AtVersion = None, at: AtInstant = None) -> AsOf:
    return AsOf(now, version, at)


TheMoment = Annotated[AsOf, Depends(_as_of)]
"""The version or the moment that a reader asks for; the newest version without either."""


nth = TypeAdapter(Nth).validate_python


def _version_or_instant(text: object) -> int | Moment:
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal()
    return nth(text) if is_number else instant(text)


Point = Annotated[
    int | Moment,
    PlainValidator(_version_or_instant),
    WithJsonSchema(
        {"anyOf": [TypeAdapter(Nth).json_schema(), {"type": "string", "format": "date-time"}]}
    ),
]
"""A version, or an instant as a program writes it."""
_EITHER = "版本号，或者带时区的时刻"
Earlier = Annotated[Point, Query(alias="from", description=f"从哪里起：{_EITHER}")]
Later = Annotated[Point, Query(alias="to", description=f"到哪里止：{_EITHER}")]


def as_of_point(now: datetime, point: int | Moment) -> AsOf:
    """Returns what is asked for by a version or by a moment."""
    return AsOf(now, point) if isinstance(point, int) else AsOf(now, moment=point)
