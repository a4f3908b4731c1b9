"""A tolerance review (容错免责): request, check, decision of another authority, notice."""

from datetime import date

import pytest

from domain.law.acts import HENAN_BUSINESS
from domain.law.articles import TOLERANCE, Article
from domain.law.lawbook import PRINTED, Lawbook
from domain.tolerance import events as e
from domain.tolerance import grounds as g
from domain.tolerance import values as f
from domain.tolerance.periods import TO_RECONSIDER, open_until, remedies
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from domain.values.parties import Department
from tests import reviews as r
from tests.given import CALENDAR, DAY_1, MARKET_OFFICE, due, fact, history, told
from tests.reviews import (
    CHECKED,
    CHECKER,
    DECIDES,
    LEAD,
    NOTIFIES,
    RECONSIDERED,
    REQUESTED,
    SERVED_ON,
    SIGNED_OFF,
    as_,
    check,
    decision,
    given_review,
    requested,
    ruling,
)

SUBSIDIARY = Department(code="114112810058018784", name="义马市市场监管综合行政执法大队")


def stands(story):
    review = told(*story, of=ToleranceReview)
    return review.stage, review.outcome


# checking ---------------------------------------------------------------------------------------


def checking(story=REQUESTED, by=CHECKER):
    return given_review(*story).when("check", check(), by=by, at=r.CHECK_DAY)


def test_the_facts_are_checked_by_a_body_outside_the_chain():
    checking().then(fact(e.FactsChecked, check=check()))


@pytest.mark.parametrize("department", [MARKET_OFFICE, r.CITY], ids=["asks", "is above"])
def test_nobody_in_the_chain_of_departments_checks(department):
    checking(by=as_("zheng", department)).refused(
        "核查单位不能是申请单位、所涉单位或者它们的上级单位"
    )


@pytest.mark.parametrize("who", ["unit", "officer"])
def test_the_department_concerned_does_not_check(who):
    concerned = f.Unit(department=SUBSIDIARY)
    if who == "officer":
        concerned = r.OFFICER.model_copy(update={"department": SUBSIDIARY})
    checking(requested(concerned=concerned), as_("zheng", SUBSIDIARY)).refused(
        "核查单位不能是申请单位、所涉单位或者它们的上级单位"
    )


@pytest.mark.parametrize("person", ["wu", "zhao", "han"], ids=["asked", "concerned", "superior"])
def test_nobody_involved_checks_even_for_another_department(person):
    checking(by=as_(person)).refused("提出申请的人员、所涉人员和他的直接上级不得核查")


# deciding ---------------------------------------------------------------------------------------

HOW = pytest.mark.parametrize("verb", ["exempt", "mitigate", "refuse"])


def deciding(verb, story=CHECKED, document=None, sign_off=SIGNED_OFF, **otherwise):
    args = [document or decision(), *([sign_off] if verb == "refuse" else [])]
    return given_review(*story).when(verb, *args, **DECIDES | otherwise)


@pytest.mark.parametrize(
    ("verb", "event", "outcome"),
    [
        ("exempt", e.Exempted, g.Outcome.EXEMPTED),
        ("mitigate", e.Mitigated, g.Outcome.MITIGATED),
        ("refuse", e.NotExempted, g.Outcome.NOT_EXEMPTED),
    ],
)
def test_the_authoritys_decision_is_recorded_as_it_is(verb, event, outcome):
    more = {"sign_off": SIGNED_OFF} if verb == "refuse" else {}
    step = deciding(verb).then(fact(event, decision=decision(), wording=r.WORDING, **more))
    assert (step.it.stage, step.it.outcome) == (Stage.DECIDED, outcome)


@HOW
@pytest.mark.parametrize("person", ["wu", "zhao", "han", "zheng"])
def test_nobody_involved_in_the_review_records_the_decision(verb, person):
    deciding(verb, by=as_(person)).refused(
        "所涉单位和人员、他的直接上级以及提出申请、核查的人员，不得记录决定"
    )


@HOW
@pytest.mark.parametrize("department", [MARKET_OFFICE, SUBSIDIARY], ids=["asks", "concerned"])
def test_nobody_of_a_department_involved_records_the_decision(verb, department):
    story = r.checked(requested(concerned=f.Unit(department=SUBSIDIARY)))
    deciding(verb, story, by=as_("stranger", department)).refused(
        "所涉单位和人员、他的直接上级以及提出申请、核查的人员，不得记录决定"
    )


@HOW
@pytest.mark.parametrize("person", ["wu", "zhao", "han", "zheng"])
def test_nobody_involved_in_the_review_decides(verb, person):
    deciding(verb, document=decision(deciders=("jiang", person))).refused(
        "所涉人员、他的直接上级以及提出申请、核查的人员，不得参与决定"
    )


@HOW
@pytest.mark.parametrize("kind", [f.AuthorityKind.CIVIL_SERVICE, f.AuthorityKind.NEXT_HIGHER])
def test_only_an_appointing_or_disciplinary_authority_decides(verb, kind):
    deciding(verb, document=decision(kind=kind)).refused(
        "容错的决定应当由任免机关或者纪检监察机关作出"
    )


@HOW
def test_no_department_decides_on_itself(verb):
    deciding(verb, document=decision(authority=MARKET_OFFICE)).refused(
        "申请单位或者所涉单位不能自己作出决定"
    )


@HOW
@pytest.mark.parametrize(
    ("issued_on", "reason"),
    [
        (date(2026, 10, 11), "决定日期不能早于核查之日（工作方案 五）"),
        (date(2026, 10, 21), "决定日期不能晚于今天（工作方案 五）"),
    ],
)
def test_a_decision_is_dated_after_the_check_and_not_in_the_future(verb, issued_on, reason):
    deciding(verb, document=decision(issued_on=issued_on)).refused(reason)


@pytest.mark.parametrize("verb", ["exempt", "mitigate"])
def test_unconfirmed_facts_allow_no_exemption_and_no_mitigation(verb):
    deciding(verb, r.UNCONFIRMED).refused("核查没有确认该情形的事实，不能免责或者从轻")


@pytest.mark.parametrize("condition", r.FOUR)
def test_no_exemption_unless_all_four_conditions_are_met(condition):
    three = r.checked(REQUESTED, **{condition: False})
    deciding("exempt", three).refused(
        "四项条件没有全部满足，不能免责（自2026年3月1日起施行的《河南省优化营商环境条例》）"
    )
    deciding("mitigate", three).then(fact(e.Mitigated, decision=decision(), wording=r.WORDING))
    deciding("refuse", three, sign_off=None).then(
        fact(e.NotExempted, decision=decision(), sign_off=None, wording=r.WORDING)
    )


def test_a_law_that_only_mitigated_does_not_exempt():
    milder = r.LAW_THEN.model_copy(update={"provides": g.Outcome.MITIGATED})
    story = r.checked(requested(ground=milder))
    deciding("exempt", story).refused("事发当时的规定只是从轻追究，不能免责")
    deciding("mitigate", story).then(fact(e.Mitigated, decision=decision(), wording=r.WORDING))


NOT_SIGNED = (
    "四项条件全部满足而不予免责的，须有另一名上级签批"
    "（自2026年3月1日起施行的《河南省优化营商环境条例》）"
)


@pytest.mark.parametrize("senior", [None, "jiang", "wang", "wu", "zhao", "han", "zheng"])
def test_a_refusal_although_all_conditions_are_met_needs_a_senior_who_is_not_involved(senior):
    sign_off = senior and SIGNED_OFF.model_copy(update={"person": senior})
    deciding("refuse", sign_off=sign_off).refused(NOT_SIGNED)


def test_a_refusal_of_unconfirmed_facts_needs_no_senior():
    deciding("refuse", r.UNCONFIRMED, sign_off=None).then(
        fact(e.NotExempted, decision=decision(), sign_off=None, wording=r.WORDING)
    )


# notifying --------------------------------------------------------------------------------------


def notifying(story=r.EXEMPTED, recipient="zhao", served_on=SERVED_ON):
    return given_review(*story).when("notify", recipient, served_on, **NOTIFIES)


def test_the_notice_of_the_decision_tells_the_remedies():
    until = due("2026-11-20")
    notifying().then(
        fact(
            e.DecisionNotified,
            recipient="zhao",
            served_on=SERVED_ON,
            remedies=remedies(until),
            reconsider_by=until,
            appeal_by=until,
        )
    )
    assert "2026年11月20日前" in remedies(until)
    assert "三十日" in remedies(until)
    assert "十五日" in remedies(until)


def test_an_officer_is_served_in_person_and_a_unit_by_one_of_its_staff():
    notifying(recipient="han").refused("决定应当送达所涉人员本人")
    of_unit = r.checked(requested(concerned=r.UNIT))
    decided = r.after_review(of_unit, "exempt", decision(), **DECIDES)
    assert notifying(decided, recipient="han").refusal is None


@pytest.mark.parametrize(
    ("served_on", "reason"),
    [
        (date(2026, 10, 18), "决定的送达日期不能早于决定作出之日（《公务员法》第九十五条）"),
        (date(2026, 10, 23), "决定的送达日期不能晚于今天（《公务员法》第九十五条）"),
    ],
)
def test_a_decision_is_served_after_it_was_made_and_not_in_the_future(served_on, reason):
    notifying(served_on=served_on).refused(reason)


@pytest.mark.parametrize(
    ("served_on", "last"),
    [
        ("2026-10-21", "2026-11-20"),
        ("2026-09-03", "2026-10-08"),  # 3 October is a day off: the next working day
        ("2026-10-22", "2026-11-23"),  # 21 November is a Saturday
        ("2026-09-10", "2026-10-10"),  # a Saturday, made a working day
    ],
)
def test_the_thirty_days_end_on_a_working_day(served_on, last):
    assert open_until(date.fromisoformat(served_on), TO_RECONSIDER, CALENDAR) == due(last)


def test_a_period_that_ends_in_a_year_not_arranged_is_provisional():
    assert open_until(date(2029, 3, 1), TO_RECONSIDER, CALENDAR).provisional


# the table --------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", [REQUESTED, CHECKED], ids=["requested", "checked"])
def test_an_undecided_request_can_be_withdrawn(story):
    given_review(*story).when("withdraw", "材料不全", by=LEAD, at=r.CHECK_DAY).then(
        fact(e.RequestWithdrawn, reason="材料不全")
    )


VERBS = {
    "check": ("check", (check(),)),
    "decide": ("exempt", (decision(),)),
    "notify": ("notify", ("zhao", SERVED_ON)),
    "reconsider": ("reconsider", ("不服",)),
    "appeal": ("appeal", ("不服",)),
    "settle": ("settle", (ruling(),)),
    "withdraw": ("withdraw", ("材料不全",)),
}
OFFERED = {
    "REQUESTED": ["check", "withdraw"],
    "CHECKED": ["decide", "withdraw"],
    "UNCONFIRMED": ["decide", "withdraw"],
    "EXEMPTED": ["notify"],
    "MITIGATED": ["notify"],
    "NOT_EXEMPTED": ["notify"],
    "NOTIFIED": ["reconsider", "appeal"],
    "RECONSIDERING": ["settle"],
    "RECONSIDERED": ["appeal"],
    "KEPT": ["appeal"],
    "APPEALED": ["settle"],
    "APPEALED_AT_ONCE": ["settle"],
    "FINAL": [],
    "WITHDRAWN": [],
}


@pytest.mark.parametrize("name", OFFERED)
def test_a_review_offers_what_may_be_done_and_refuses_all_else(name):
    story = r.REVIEWS[name]
    at, somebody = story[-1].at, as_("stranger")
    review = told(*story, of=ToleranceReview)
    assert review.open_actions(somebody, at) == OFFERED[name]
    for action in set(VERBS) - set(OFFERED[name]):
        verb, args = VERBS[action]
        given_review(*story).when(verb, *args, by=somebody, at=at).refused(
            f"目前是“{review.stage.label}”"
        )


def test_the_checker_is_not_offered_the_decision_and_the_chain_not_the_check():
    review = told(*CHECKED, of=ToleranceReview)
    assert review.open_actions(CHECKER, r.DECISION_DAY) == ["withdraw"]
    review = told(*REQUESTED, of=ToleranceReview)
    assert review.open_actions(LEAD, DAY_1) == ["withdraw"]


def test_the_latest_decision_or_ruling_sets_the_outcome():
    assert stands(r.NOT_EXEMPTED) == (Stage.DECIDED, g.Outcome.NOT_EXEMPTED)
    assert stands(r.KEPT) == (Stage.RECONSIDERED, g.Outcome.NOT_EXEMPTED)
    assert stands(RECONSIDERED) == (Stage.RECONSIDERED, g.Outcome.MITIGATED)
    assert stands(r.FINAL) == (Stage.FINAL, g.Outcome.EXEMPTED)
    assert stands(r.WITHDRAWN) == (Stage.WITHDRAWN, None)


# the wording of the conditions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued_on", "words"),
    [
        (date(2025, 3, 3), "《河南省优化营商环境条例》第八十一条（2021年1月1日起施行的文本）"),
        (date(2026, 2, 28), "《河南省优化营商环境条例》第八十一条（2021年1月1日起施行的文本）"),
        (date(2026, 3, 1), r.WORDING),
        (date(2026, 10, 19), r.WORDING),
    ],
)
def test_a_decision_says_on_which_wording_of_its_own_day_the_four_conditions_rest(issued_on, words):
    assert PRINTED.rests(TOLERANCE, issued_on) == words


def test_a_decision_after_the_new_wording_was_entered_rests_on_it():
    new = Article(TOLERANCE, HENAN_BUSINESS, date(2026, 3, 1), "第九十条", "有下列情形的，免除责任")
    deciding("exempt", law=Lawbook((new,))).then(
        fact(
            e.Exempted,
            decision=decision(),
            wording="《河南省优化营商环境条例》第九十条（2026年3月1日起施行的文本）",
        )
    )


def test_a_decision_recorded_before_wordings_were_shows_the_one_it_rested_on():
    facts = [each._replace(said=each.said | {"wording": None}) for each in r.EXEMPTED[-1:]]
    old = ToleranceReview.replay(history(*r.CHECKED, *facts, of=ToleranceReview))
    assert old is not None and old.wording == r.WORDING
