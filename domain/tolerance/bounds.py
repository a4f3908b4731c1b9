"""The table of typed dates of a review: the first and the last day of each, with the source.

Dates that the service computes stand in periods.py.  Each bound becomes a rule of the lifecycle.
"""

from datetime import date

from domain.kernel.dates import TypedDate, today
from domain.tolerance import events as e
from domain.tolerance.state import ReviewState

PLAN_ISSUED_ON = date(2020, 12, 28)
"""The day of the city's plan (义政数〔2020〕17号); it forgives no error made before it."""


def the_plan(_: object, __: object) -> date:
    """工作方案印发之日（2020年12月28日）"""
    return PLAN_ISSUED_ON


def its_effect(_: object, event: e.ToleranceRequested) -> date | None:
    """不良影响发生之日"""
    return getattr(event.ground, "effect_on", None)


def the_check(review: ReviewState, _: object) -> date | None:
    """核查之日"""
    return review.checked.day if review.checked else None


def the_decision(review: ReviewState, _: object) -> date | None:
    """决定作出之日"""
    return review.decision.issued_on if review.decision else None


def the_contest(review: ReviewState, _: object) -> date | None:
    """提出复核、申诉之日"""
    return review.contested_on


def its_ruling(_: object, event: e.ReconsiderationSettled | e.AppealSettled) -> date:
    """复核、申诉决定作出之日"""
    return event.ruling.decision.issued_on


DECIDED = (e.Exempted, e.Mitigated, e.NotExempted)
RULED = (e.ReconsiderationSettled, e.AppealSettled)
# fmt: off
BOUNDS = (
    #          in these events            date                         called                    not before        not after  source
    TypedDate((e.ToleranceRequested,),   "ground.effect_on",          "不良影响发生日期",       (the_plan,),      (today,),  "〔依据·方案·创新突破〕"),
    TypedDate((e.ToleranceRequested,),   "ground.corrected_on",       "补正日期",               (its_effect,),    (today,),  "〔依据·方案·创新突破〕"),
    TypedDate((e.ToleranceRequested,),   "ground.as_of",              "事发日期",               (the_plan,),      (today,),  "〔依据·方案·当时规定〕"),
    TypedDate(DECIDED,                   "decision.issued_on",        "决定日期",               (the_check,),     (today,),  "〔依据·方案·容错〕"),
    TypedDate((e.DecisionNotified,),     "served_on",                 "决定的送达日期",         (the_decision,),  (today,),  "〔依据·公务员复核申诉〕"),
    TypedDate(RULED,                     "ruling.decision.issued_on", "复核、申诉决定日期",     (the_contest,),   (today,),  "〔依据·复核申诉的处理〕"),
    TypedDate(RULED,                     "ruling.served_on",          "复核、申诉决定的送达日期", (its_ruling,),  (today,),  "〔依据·复核申诉的处理〕"),
)
# fmt: on
