"""Stories of an entered article."""

from datetime import date
from functools import partial
from typing import Any

from domain.values.parties import Actor
from domain.wording.entry import ArticleEntry
from domain.wording.values import Revised
from tests.given import MARKET_OFFICE, after, given, on

REVIEWER = Actor(person="wu", role="legal_reviewer", department=MARKET_OFFICE)
OTHER = Actor(person="tang", role="catalog_admin", department=MARKET_OFFICE)
DAY, NEXT_DAY = on("2026-11-02"), on("2026-11-03")
ARTICLE: dict[str, Any] = {
    "cites": Revised.DEFERRED_MATERIALS,
    "article": "第四十条",
    "provision": "次要申请材料欠缺的，先行受理，并一次性告知补交期限。",
    "in_force_from": date(2026, 3, 1),
    "found_in": "河南省人民代表大会常务委员会公报2025年第6号",
}
given_entry = partial(given, of=ArticleEntry)
after_entry = partial(after, of=ArticleEntry)


def entered(**otherwise: Any) -> tuple[Any, ...]:
    return after_entry((), "enter", by=REVIEWER, at=DAY, **ARTICLE | otherwise)


ENTERED = entered()
APPROVED = after_entry(ENTERED, "approve", by=OTHER, at=NEXT_DAY)
RETURNED = after_entry(ENTERED, "hand_back", "条号与公报不一致", by=OTHER, at=NEXT_DAY)
ENTRIES = (ENTERED, APPROVED, RETURNED)
