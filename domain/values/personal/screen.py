"""Personal data in free text (个人信息保护法 4): found in any spelling, refused or masked.

Finds numbers of citizens, telephones and bank cards, mailboxes, plates, and labelled accounts and
documents.  No personal data: 统一社会信用代码, 承诺编码, document numbers, dates, amounts, digests.
  A name alone is not found: no rule tells it from other words.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from domain.values.characters import INVISIBLE
from domain.values.folding import fold
from domain.values.labels import Labelled
from domain.values.personal.countries import is_foreign
from domain.values.personal.numbers import (
    SEPARATOR,
    Span,
    is_abroad,
    is_bank_card,
    is_citizen_number,
    is_day,
    is_landline,
    is_mobile,
    is_old_citizen_number,
    numbers,
)


class PersonalData(Labelled):
    """Kinds of personal data that a text must not contain."""

    CITIZEN_NUMBER = "citizen_number", "公民身份号码"
    MOBILE = "mobile", "手机号码"
    LANDLINE = "landline", "电话号码"
    BANK_CARD = "bank_card", "银行卡号"
    EMAIL = "email", "电子邮箱地址"
    PLATE = "plate", "机动车号牌"
    ACCOUNT = "account", "社交账号"
    DOCUMENT = "document", "个人证件号码"
    HOME = "home", "住址"


class Found(NamedTuple):
    """A kind of personal data, and where it stands in the text."""

    kind: PersonalData
    start: int
    end: int


MASK = "〔个人信息已隐去〕"
_REFUSAL = "文字里有{kinds}，请删去后再提交；需要说明某人时写“当事人”或者其代号"

# --- reading -------------------------------------------------------------------------------------

_UNSEEN = frozenset(("Mn", "Me", "Mc"))  # marks, such as the frame of a keycap
_DOTS = frozenset("。｡")
_DIGIT = re.compile("[0-9]")


_FEW = 0x20000


class _Readings(dict[int, str]):
    """The reading of each character; those of the first planes are kept once computed."""

    def __missing__(self, code: int) -> str:
        reading = _reading(chr(code))
        if code < _FEW:
            self[code] = reading
        return reading


def _reading(character: str) -> str:
    if ord(character) in INVISIBLE or (category := unicodedata.category(character)) in _UNSEEN:
        return ""
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    if (digit := unicodedata.digit(character, None)) is not None:
        return _MARKERS[digit]
    if category.startswith("Z") or category == "Cc":
        return " "
    if character in _DOTS:
        return "。"
    folded = fold(character) or "."  # the folding drops a dot that stands alone
    return "#" if _DIGIT.search(folded) else folded  # ⑩, ㏠, ½


_READINGS = _Readings()
_MARKERS = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008\ue009"
"""Readings of digits in circles, in brackets or raised, which may also mark the item of a list."""
_AS_DIGITS = str.maketrans(_MARKERS, "0123456789")
_MARKER = re.compile(f"[{_MARKERS}]")
_WORDS = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两貳參陸"
_SPOKEN = str.maketrans(_WORDS, "00123456789123456789" + "12236")
_SPOKEN_DIGIT = re.compile(f"[{_WORDS}]")
_FEWEST_SPOKEN = 3
"""A number with fewer Chinese digits than this is looked for in the other digits only."""

_ONE_AS_A_WORD = re.compile("一(?=[并起同些致般律切样个名种次份定直旦式])")

# --- kinds that are no plain number --------------------------------------------------------------

_AT = r"\s*(?:@|[(【]\s*(?:at|@)\s*[)】]|艾特)\s*"
_DOT = r"\s*(?:[.。]|[(]\s*(?:dot|点|\.)\s*[)])\s*"
_LABEL = "(?:[a-z0-9][a-z0-9-]{0,62}|[一-鿿]{1,20})"
_TOP = "(?:[a-z]{2,24}|中国|中國|公司|网络|政务|公益|在线|中文网|网站|网址|商城|集团|香港|台湾)"
_EMAIL = re.compile(
    rf"(?:[a-z0-9][a-z0-9._%+-]{{0,63}}|[一-鿿]{{1,8}}){_AT}(?:{_LABEL}{_DOT}){{1,4}}{_TOP}"
    r"|[a-z0-9][a-z0-9._%+-]{0,63} at [a-z0-9-]+ dot (?:com|cn|net|org)(?![a-z])"
)
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_GAP = r"[ .\-:_]{0,2}"
_LETTERS = "[a-hj-np-z]"
_FREE = "[a-hj-np-z0-9]"
_EMBASSY = "(?:(?<![致即促迫驱大公特天指假纵行])使|(?<![申认带引占本纲首])领)"
_PLATE = re.compile(
    rf"{_PROVINCE}{_GAP}{_LETTERS}{_GAP}(?:临{_GAP})?"
    rf"(?=(?:{_FREE}{_GAP}){{0,6}})(?:{_FREE}{{5,6}}|{_FREE}{{4}}{_GAP}[学警港澳挂应急领使试超])"
    r"(?![a-z0-9])"
    rf"|wj{_GAP}{_PROVINCE}{_GAP}[0-9]{{4}}[0-9a-z](?![a-z0-9])"
    rf"|{_EMBASSY}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}(?![0-9a-z.%元万亿年人件户吨米个份次台套名家])"
    rf"|(?<![0-9])[0-9]{{3}}{_GAP}[0-9]{{3}}使(?![一-鿿])"
)
_FEWEST_PLATE_DIGITS = 3
_TELEPHONE = re.compile(
    r"(?:电话|座机|手机|传真|热线|联系方式|致电|来电|tel|phone)[^0-9,;。;]{0,8}?"
    r"(?P<what>[2-8][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])"
)
_TELLS = rf"(?:号码?|id|账号|帐号|群)?\s*(?:是|为|{SEPARATOR})\s*"
_CHAT = "(?:微信|wechat|weixin|vx|v信|薇信|威信)"
_ACCOUNT_WORD = re.compile(f"{_CHAT}|qq|扣扣")
_ACCOUNT = re.compile(
    rf"{_CHAT}(?:{_TELLS}|号码?|id)(?P<chat>[a-z][a-z0-9_-]{{5,19}})"
    rf"|(?:qq|扣扣)(?:{_TELLS}|(?:号码?|群)?\s*)(?P<qq>[1-9][0-9]{{4,11}})(?![0-9])"
)
_DOCUMENT = re.compile(
    r"(?:护照|通行证|居留证|居留身份证|回乡证|台胞证|军官证|士官证|驾驶证|社保卡|社会保障卡)"
    rf"(?:号码?|编号|档案编号)?\s*(?:是|为|{SEPARATOR})?\s*(?P<what>[a-z]{{0,3}}[0-9]{{7,12}})(?![a-z0-9])"
)
_UNLABELLED = re.compile(
    r"(?<![a-z0-9字])(?P<permit>[hm][ -]?(?P<life>[0-9]{8})(?:[ -]?[0-9]{2})?)(?![a-z0-9])"
    r"|(?<![a-z0-9])(?P<foreigner>(?P<country>[a-z]{3})[ -]?[0-9]{12})(?![a-z0-9])"
)
"""Numbers that say without a word what they are: of a 港澳居民来往内地通行证, and of a
外国人永久居留身份证 until 2023.  国药准字H20123456 is the number of a medicine."""
_HOUSE = "[0-9一二三四五六七八九十百]+(?:号楼|号院|号|室|户|单元|栋|幢|组|楼)"
_HOME = re.compile(
    r"(?:家庭住址|家庭地址|户籍地址|户籍所在地|居住地址|现住址|住址|家住|现住|居住在|住在"
    r"|(?:^|[,;:。、( ])住(?![建房所宿宅院户]))"
    rf"(?P<what>[^,;。!?\n]{{1,40}}?{_HOUSE}(?:[^,;。!?\n]{{0,6}}?{_HOUSE})*)"
)
_NUMBERS = (
    (PersonalData.CITIZEN_NUMBER, is_citizen_number),
    (PersonalData.CITIZEN_NUMBER, is_old_citizen_number),
    (PersonalData.MOBILE, is_mobile),
    (PersonalData.LANDLINE, is_landline),
    (PersonalData.LANDLINE, is_abroad),
    (PersonalData.BANK_CARD, is_bank_card),
)
_PATTERNS = (
    (PersonalData.LANDLINE, _DIGIT, _TELEPHONE),
    (PersonalData.EMAIL, re.compile("@|at|艾特"), _EMAIL),
    (PersonalData.PLATE, _DIGIT, _PLATE),
    (PersonalData.ACCOUNT, _ACCOUNT_WORD, _ACCOUNT),
    (PersonalData.DOCUMENT, _DIGIT, _DOCUMENT),
    (PersonalData.DOCUMENT, _DIGIT, _UNLABELLED),
    (PersonalData.HOME, re.compile("[住址地]"), _HOME),
)
"""Each kind: what a text must contain to be searched for it, and its form."""


def found_in(text: str, *, homes: bool = False) -> list[Found]:
    """Returns the personal data in a text, in its order; `homes` looks for addresses too."""
    readings = _readings(text)
    found = set(_all(next(readings), homes=homes))
    for reading in readings:
        found |= set(_all(reading, homes=False))
    if not found:
        return []
    place = [at for at, each in enumerate(text) for _ in each.translate(_READINGS)]
    return sorted(
        (Found(kind, place[span.start], place[span.end - 1] + 1) for kind, span in found),
        key=lambda each: (each.start, each.end, each.kind),
    )


def _readings(text: str) -> Iterator[str]:
    """Yields the readings of a text, all of one length: of its digits only, then of other signs."""
    plain = text.translate(_READINGS)
    readings = [plain, plain.translate(_AS_DIGITS)] if _MARKER.search(plain) else [plain]
    yield from readings
    if len(_SPOKEN_DIGIT.findall(plain)) >= _FEWEST_SPOKEN:
        for reading in readings:
            yield _ONE_AS_A_WORD.sub("#", reading).translate(_SPOKEN)


def _all(reading: str, *, homes: bool) -> Iterator[tuple[PersonalData, Span]]:
    if _DIGIT.search(reading):
        yield from numbers(reading, _NUMBERS)
    for kind, needed, pattern in _PATTERNS:
        if (kind is not PersonalData.HOME or homes) and needed.search(reading):
            for match in pattern.finditer(reading):
                if _is_meant(kind, match):
                    yield kind, Span(*match.span(match.lastgroup or 0))


def _is_meant(kind: PersonalData, match: re.Match[str]) -> bool:
    """False for a plate with hardly a digit, a day after the word for telephone or after H."""
    match kind:
        case PersonalData.PLATE:
            return sum(map(str.isdecimal, match[0])) >= _FEWEST_PLATE_DIGITS
        case PersonalData.LANDLINE:
            return not is_day(match["what"])
        case PersonalData.DOCUMENT if match.re is _UNLABELLED:
            return is_foreign(match["country"]) if match["country"] else not is_day(match["life"])
        case _:
            return True


# --- what becomes of them ------------------------------------------------------------------------


def without_personal_data(text: str, *, homes: bool = False, mailboxes: bool = False) -> str:
    """Returns the text.  Raises ValueError, which names the kinds found and repeats nothing.

    `mailboxes` lets the addresses of mailboxes pass.
    """
    found = found_in(text, homes=homes)
    if mailboxes:
        found = [each for each in found if each.kind is not PersonalData.EMAIL]
    if found:
        kinds = "、".join(dict.fromkeys(each.kind.label for each in found))
        raise ValueError(_REFUSAL.format(kinds=kinds))
    return text


def masked(text: str, *, homes: bool = True) -> str:
    """Returns the text with a mark in place of the personal data, as the public may see it."""
    parts, seen = [], 0
    for _, start, end in found_in(text, homes=homes):
        if start >= seen:
            parts += [text[seen:start], MASK]
        elif end > seen:
            parts += [] if parts else [MASK]
        seen = max(seen, end)
    return "".join(parts) + text[seen:]
