"""Histories of tolerance reviews that tests start from, each one step longer than the last.

The market office requests, the commission checks, the organisation department decides.
"""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from domain.tolerance import grounds as g
from domain.tolerance import values as f
from domain.tolerance.review import ToleranceReview
from domain.values.parties import Actor, Department
from tests.given import MARKET_OFFICE, after, given, on
from tests.stories import DEFERRED, ITEM, NOTICE, Story, digest

CITY = Department(code="11411281005800162H", name="义马市人民政府")
COMMISSION = Department(code="114112810058003063", name="义马市发展和改革委员会")
ORGANISATION = Department(code="11411281005800277P", name="中共义马市委组织部")
PREFECTURE = Department(code="11411281005800293D", name="中共三门峡市委组织部")

LEAD = Actor(person="wu", role="department_lead", department=MARKET_OFFICE)
CHECKER = Actor(person="zheng", role="tolerance_reviewer", department=COMMISSION)
RECORDER = Actor(person="wang", role="tolerance_reviewer", department=COMMISSION)

DEFERRED_CASE, OTHER_CASE = UUID(int=0xDEF), UUID(int=0xCA5E)
OFFICER = f.Officer(person="zhao", department=MARKET_OFFICE, superior="han")
UNIT = f.Unit(department=MARKET_OFFICE)


def as_(person: str, department: Department = COMMISSION) -> Actor:
    """The recorder, but another person or of another department."""
    return RECORDER.model_copy(update={"person": person, "department": department})


def shown(statement: str = "有会议纪要") -> g.Evidence:
    return g.Evidence(shows=statement, digest=digest(statement))


FOUR = ("reform_direction", "not_prohibited", "lawful_procedure", "diligent")
LINKED = f.LinkedCase(id=DEFERRED_CASE, version=4, kind=DEFERRED)
IN_FULL = f.LinkedCase(id=OTHER_CASE, version=5, kind=NOTICE)

BREAKTHROUGH = g.ReformBreakthrough(
    ground="reform_breakthrough",
    rule_broken="现场核查须在受理前进行的内部规定",
    public_motive=shown("企业座谈会记录"),
    effect="两户企业的核查晚于发证",
    effect_on=date(2026, 7, 1),
    correction="已补做现场核查",
    corrected_on=date(2026, 7, 20),
)
ERROR = g.DeferredHandlingError(
    ground="deferred_handling_error",
    error="漏记一份次要材料的补交期限",
    cases=(g.CaseLink(id=DEFERRED_CASE, version=4),),
)
NOVELTY = g.NovelMethod(
    ground="novel_method",
    novelty="以远程视频代替现场核查",
    gap=g.Gap.NO_PRECEDENT,
    deviation="两处面积核定有误",
    loss=Decimal("1200.50"),
)
ACCUSED = g.AccidentOrFalseAccusation(
    ground="accident_or_false_accusation",
    kind=g.Mishap.FALSE_ACCUSATION,
    consequence="被举报索要材料，查无实据",
    harm=g.Harm.GENERAL,
)
LAW_THEN = g.LawAtTheTime(
    ground="law_at_the_time",
    citation="《河南省优化营商环境条例》第三十五条",
    as_of=date(2026, 3, 1),
    text="次要材料可以容缺后补",
    provides=g.Outcome.EXEMPTED,
)
GROUNDS = (BREAKTHROUGH, ERROR, NOVELTY, ACCUSED, LAW_THEN)

ASKED: dict[str, Any] = {
    "concerned": OFFICER,
    "superiors": (CITY,),
    "plan_followed": shown("工作方案办理台账"),
    "ground": ERROR,
    "conditions": f.Conditions(**{name: shown(name) for name in FOUR}),
    "cases": (LINKED,),
    "matters": (f.LinkedItem(code=ITEM.code, version=1, name=ITEM.name),),
}
"""The fields of the usual request."""


def findings(**otherwise: bool) -> f.Findings:
    """Findings that all four conditions are met, except those passed as False."""
    met = dict.fromkeys(FOUR, True) | otherwise
    return f.Findings(**{name: f.Finding(met=met[name], found="与材料一致") for name in FOUR})


def check(*, facts: bool = True, **otherwise: bool) -> f.Check:
    return f.Check(
        conditions=findings(**otherwise),
        facts_confirmed=facts,
        found="查阅台账并询问有关人员",
        evidence=(digest("record"),),
    )


def decision(**otherwise: Any) -> f.Decision:
    usual = {
        "authority": ORGANISATION,
        "kind": f.AuthorityKind.APPOINTING,
        "number": "义组〔2026〕7号",
        "issued_on": date(2026, 10, 19),
        "digest": digest("decision"),
        "deciders": ("jiang", "shen"),
        "reasons": "符合容错的情形和条件",
    }
    return f.Decision(**usual | otherwise)


def ruling(changed_to: g.Outcome | None = None, **otherwise: Any) -> f.Ruling:
    """A ruling on a reconsideration; `otherwise` changes fields of its decision."""
    usual = {"number": "义组复〔2026〕1号", "issued_on": date(2026, 11, 16)}
    served_on = otherwise.pop("served_on", date(2026, 11, 18))
    return f.Ruling(
        decision=decision(**usual | otherwise), changed_to=changed_to, served_on=served_on
    )


WORDING = (
    "《河南省优化营商环境条例》第八十一条（2021年1月1日至2026年2月28日施行的文本；"
    "2026年3月1日起施行修订后的文本，新的条文还没有经两人录入）"
)
"""On which wording a decision of today rests."""
SIGNED_OFF = f.SignOff(person="tang", reason="情节特殊", digest=digest("sign-off"))

given_review = partial(given, of=ToleranceReview)
after_review = partial(after, of=ToleranceReview)

CHECK_DAY, DECISION_DAY = on("2026-10-12"), on("2026-10-20")
NOTICE_DAY, CONTEST_DAY, RULING_DAY = on("2026-10-22"), on("2026-11-02"), on("2026-11-19")
APPEAL_DAY, LAST_DAY = on("2026-11-30"), on("2027-01-20")
DECIDES = {"by": RECORDER, "at": DECISION_DAY}
NOTIFIES = {"by": RECORDER, "at": NOTICE_DAY}
CONTESTS = {"by": RECORDER, "at": CONTEST_DAY}
RULES = {"by": RECORDER, "at": RULING_DAY}
SERVED_ON = date(2026, 10, 21)
LAST_WORD = {
    "authority": PREFECTURE,
    "kind": f.AuthorityKind.CIVIL_SERVICE,
    "number": "三公申〔2027〕2号",
    "issued_on": date(2027, 1, 15),
    "served_on": date(2027, 1, 19),
    "deciders": ("cao",),
}
"""The fields in which the ruling on an appeal differs from `ruling()`."""


def requested(**otherwise: Any) -> Story:
    return after_review((), "request", by=LEAD, **ASKED | otherwise)


def checked(story: Story, **otherwise: bool) -> Story:
    return after_review(story, "check", check(**otherwise), by=CHECKER, at=CHECK_DAY)


REQUESTED = requested()
CHECKED = checked(REQUESTED)
UNCONFIRMED = checked(REQUESTED, facts=False)
EXEMPTED = after_review(CHECKED, "exempt", decision(), **DECIDES)
MITIGATED = after_review(CHECKED, "mitigate", decision(reasons="情节较轻"), **DECIDES)
NOT_EXEMPTED = after_review(
    CHECKED, "refuse", decision(reasons="损失尚未挽回"), SIGNED_OFF, **DECIDES
)
NOTIFIED = after_review(NOT_EXEMPTED, "notify", "zhao", SERVED_ON, **NOTIFIES)
RECONSIDERING = after_review(NOTIFIED, "reconsider", "损失已经挽回", **CONTESTS)
RECONSIDERED = after_review(RECONSIDERING, "settle", ruling(g.Outcome.MITIGATED), **RULES)
KEPT = after_review(RECONSIDERING, "settle", ruling(), **RULES)
APPEALED = after_review(RECONSIDERED, "appeal", "应当免责", by=RECORDER, at=APPEAL_DAY)
APPEALED_AT_ONCE = after_review(NOTIFIED, "appeal", "应当免责", **CONTESTS)
FINAL = after_review(
    APPEALED, "settle", ruling(g.Outcome.EXEMPTED, **LAST_WORD), by=RECORDER, at=LAST_DAY
)
POISONED = after_review(REQUESTED, "check", check(), by=CHECKER, at=on("2027-07-25"))
"""A clock 300 days ahead recorded the check."""
RETIMED = after_review(
    POISONED,
    "retime",
    {},
    "服务器时钟快了三百天，已校准",
    digest("clock"),
    "tang",
    by=as_("he").model_copy(update={"role": "supervisor"}),
    at=DECISION_DAY,
)
WITHDRAWN = after_review(REQUESTED, "withdraw", "材料不全", by=LEAD)

REVIEWS: dict[str, Story] = {
    name: story
    for name, story in globals().items()
    if name.isupper() and isinstance(story, tuple) and hasattr(story[0], "event")
} | {ground.ground.name: requested(ground=ground) for ground in GROUNDS}
"""Every story of a review, by its name."""
