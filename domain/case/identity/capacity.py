"""Capacity for civil acts (民法典 17 to 24): who acts for a minor, and what the law asks for."""

from datetime import date
from typing import NamedTuple

from domain.case.promise.guardians import GuardiansPart

FULL_AGE, OF_OWN_INCOME, OWN_CONSENT, LIMITED = 18, 16, 14, 8
"""Full years: 民法典 17; 民法典 18; 个人信息保护法 31; 民法典 19, 20."""

_GIVE = "请填写监护人、与申请人的关系和证明文件（guardian）"
_UNDER_8 = f"申请人不满八周岁，须由监护人代理办理（〔依据·不满八周岁〕）：{_GIVE}，选择代理"
_UNDER_18 = (
    "申请人不满十八周岁，须由监护人代理或者经监护人同意（〔依据·不满十八周岁〕）："
    f"{_GIVE}；已满十六周岁、以自己的劳动收入为主要生活来源的，改填认定情况（own_income，〔依据·自己的劳动收入〕）"
)
_UNDER_14 = (
    "申请人不满十四周岁，处理其个人信息须取得监护人的同意（〔依据·监护人同意处理〕）："
    "请取得同意以后填写（guardian.agrees_to_processing）"
)
_NO_GUARDIAN = "监护人不满十八周岁，不具有监护能力（〔依据·监护能力〕）：请填写其他监护人"
_NO_INCOME = (
    "只有已满十六周岁、不满十八周岁的申请人才填写劳动收入的认定（own_income，〔依据·自己的劳动收入〕）："
    "请去掉这一项"
)


class Involved(NamedTuple):
    """A guardian's part, as far as the law asks for it."""

    born: date
    part: GuardiansPart
    agrees_to_processing: bool


def age_on(day: date, born: date) -> int:
    """Returns the full years of somebody born on a day; a year is full on the birthday."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def what_is_missing(
    born: date, today: date, guardian: Involved | None, *, own_income: bool
) -> str | None:
    """Says what an applicant lacks in order to apply today, with article and next step.

    Returns None if nothing is missing.  An adult whose capacity a court has limited may have a
    guardian too (民法典 21, 22, 24).
    """
    age = age_on(today, born)
    if own_income and not OF_OWN_INCOME <= age < FULL_AGE:
        return _NO_INCOME
    if guardian and age_on(today, guardian.born) < FULL_AGE:
        return _NO_GUARDIAN
    if age < LIMITED and (guardian is None or guardian.part is not GuardiansPart.REPRESENTS):
        return _UNDER_8
    if age < FULL_AGE and guardian is None and not own_income:
        return _UNDER_18
    if age < OWN_CONSENT and not (guardian and guardian.agrees_to_processing):
        return _UNDER_14
    return None
