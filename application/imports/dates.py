"""Reads a date as offices, databases and spreadsheets write it, or says which part is wrong."""

import re
from datetime import date

from domain.values.folding import fold, tidy
from domain.values.workdays import FIRST_YEAR, LAST_YEAR

_EXAMPLE = "应为日期，如2026-03-05"
_NO_YEAR = "日期缺年份，应写作2026-03-05"
_NO_DAY = "日期缺日，应写作2026-03-05"
_SHORT_YEAR = "日期的年份应写4位并放在最前面，如2026-03-05"
_YEAR_LAST = "日期的年份应放在最前面：月和日的先后分不清，应写作2026-03-05"
_MONTH_NAME = "日期的月份应写数字，如2026-03-05"
_SERIAL = "像是表格软件里日期的序号，请把单元格设为日期或者文本后重新填写，如2026-03-05"
_TIME = "日期后面带有零点以外的时间，请只写日期"
_ZONE = "日期后面带有时区，请只写当地日期"

_CALENDAR = r"(?P<y>\d{4})(?P<s>[-/·])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
_CHINESE = r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?"
_COMPACT = r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
_WEEKDAY = r"\(?(?:(?:星期|周|礼拜)(?P<w>[一二三四五六日天]))?\)?"
_TAKEN = [re.compile(shape + _WEEKDAY) for shape in (_CALENDAR, _CHINESE, _COMPACT)]

_REFUSED = [
    (re.compile(shape), reason)
    for shape, reason in (
        #  shape                                     reason
        (r"\d{4}[-/·]\d{1,2}|\d{4}年\d{1,2}月?", _NO_DAY),
        (r"(?:19|2[01])\d{2}(?:0[1-9]|1[0-2])", _NO_DAY),
        (r"\d{4}年?", "日期缺月和日，应写作2026-03-05"),
        (r"\d{1,2}[-/·]\d{1,2}|\d{1,2}月\d{1,2}[日号]?", _NO_YEAR),
        (r"\d{1,2}[-/·]\d{1,2}[-/·]\d{4}", _YEAR_LAST),
        (r"\d{1,3}[-/·]\d{1,2}[-/·]\d{1,3}|\d{1,3}年\d{1,2}月\d{1,2}[日号]?|\d{6}", _SHORT_YEAR),
        (r"\d{5}(?:·\d+)?", _SERIAL),
        (r".*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*", _MONTH_NAME),
        (r"\d{4}(?:[-/·]|年)\d{1,2}(?:[-/·]|月)\d{1,2}[日号]?", "日期的分隔符号前后不一致"),
    )
]
"""Shapes of folded texts that are close to a date, each with the part that is wrong."""

_WITH_TIME = re.compile(r"(?P<day>.*?)[T ]*(?P<time>(?:上午|下午|[AP]M)? *\d{1,2}:.*)", re.DOTALL)
_MIDNIGHT = re.compile(r"0?0:00(:00(\.0+)?)?|(12:00(:00)? *AM)|上午 *(12|0?0):00(:00)?")
_LOCAL = re.compile(r" *\+08:?(00)?$")
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


def parse_date(text: str) -> date:
    """Returns the day.  Raises ValueError with the part that is wrong; it never repeats the text.

    A time of day may follow only if it is midnight, as databases write it.
    """
    text = tidy(text)
    if timed := _WITH_TIME.fullmatch(text):
        text = timed["day"]
        _check_midnight(timed["time"].strip())
    plain = _with_digits(fold(text))
    for shape in _TAKEN:
        if found := shape.fullmatch(plain):
            return _day(int(found["y"]), int(found["m"]), int(found["d"]), found["w"])
    raise ValueError(next((why for shape, why in _REFUSED if shape.fullmatch(plain)), _EXAMPLE))


def _check_midnight(time: str) -> None:
    local = _LOCAL.sub("", time)
    if _ZONED.search(local):
        raise ValueError(_ZONE)
    if not _MIDNIGHT.fullmatch(local):
        raise ValueError(_TIME)


def _day(year: int, month: int, day: int, weekday: str | None) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"日期的年份应在{FIRST_YEAR}至{LAST_YEAR}之间")
    if not 1 <= month <= 12:  # noqa: PLR2004
        raise ValueError("日期的月份应在1至12之间")
    try:
        read = date(year, month, day)
    except ValueError:
        raise ValueError("日期的日不存在：这个月没有这一天") from None
    if weekday and "一二三四五六日".index(weekday.replace("天", "日")) != read.weekday():
        raise ValueError("日期与星期不符")
    return read


# --- Chinese numerals: 二〇二六年一月二十日 -----------------------------------------------------

_NUMERALS = {numeral: str(value) for value, numeral in enumerate("〇一二三四五六七八九")} | {
    "零": "0"
}
_IN_CHINESE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})([日号].*)"
)


def _with_digits(text: str) -> str:
    found = _IN_CHINESE.fullmatch(text)
    if not found:
        return text
    year, month, day, rest = found.groups()
    return f"{_digits(year)}年{_below_100(month)}月{_below_100(day)}{rest}"


def _digits(numerals: str) -> str:
    return "".join(_NUMERALS[numeral] for numeral in numerals)


def _below_100(numerals: str) -> str:
    """Returns the number, e.g. 20 of 二十; a text that is no number is returned as it is."""
    tens, ten, units = numerals.partition("十")
    if not ten:
        return _digits(numerals)
    return f"{_digits(tens) or '1'}{_digits(units) or '0'}"
