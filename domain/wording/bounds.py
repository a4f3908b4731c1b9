"""The table of typed dates of an entered article: the first and the last day, with the source."""

from datetime import date

from domain.kernel.dates import TypedDate
from domain.law.lawbook import PRINTED
from domain.values.workdays import add_months
from domain.wording import events as e


def the_revision(_: object, event: e.ArticleEntered) -> date:
    """法规修订后施行之日"""
    return PRINTED.revised_on(event.cites.label)


def a_year_from_now(_: object, event: e.ArticleEntered) -> date:
    """一年以后的今天"""
    return add_months(event.day, 12)


# fmt: off
BOUNDS = (
    #          in this event        date             called      not before        not after           source
    TypedDate((e.ArticleEntered,), "in_force_from", "施行日期", (the_revision,), (a_year_from_now,), "法规附则"),
)
# fmt: on
