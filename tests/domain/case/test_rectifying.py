"""Rectification (工作方案 四·七): every breach may first be rectified, by a date."""

from datetime import date

import pytest

from domain.case import events as e
from domain.case import values as f
from tests import stories as s
from tests.given import DECIDER, INSPECTOR, PROPOSER, SYSTEM, after, due, fact, given, on, told

LAST_DAY, DAY_AFTER = on("2026-11-13"), on("2026-11-14")
INADEQUATE, OVERDUE = f.Shortfall.INADEQUATE, f.Shortfall.OVERDUE
TOO_LATE = "整改完成日期不能晚于整改期限届满之日（工作方案 四·七）"
NOT_BY_THE_DECIDER = "作出决定的人员不得参与同一案件的核查和整改认定（I17）"
VERBS = {
    "order_rectification": (("配备人员",),),
    "accept_rectification": ("任命文件", date(2026, 11, 12)),
    "fail_rectification": (INADEQUATE, "不到位"),
    "refuse_rectification": (s.SIGNED_REFUSAL,),
}


# the order --------------------------------------------------------------------------------------


def test_a_breach_is_ordered_to_be_rectified_within_the_items_period():
    given(*s.BREACHED).when(
        "order_rectification", ("配备人员",), by=INSPECTOR, at=s.INSPECTION_DAY
    ).then(fact(e.RectificationOrdered, items=("配备人员",), rectify_by=due("2026-11-13"))).owes(
        ("rectify", "2026-11-13")
    )


def test_an_order_into_a_year_not_yet_arranged_has_a_provisional_date():
    late = on("2026-12-28")
    given(*s.BREACHED).when("order_rectification", ("配备人员",), by=INSPECTOR, at=late).then(
        fact(
            e.RectificationOrdered,
            items=("配备人员",),
            rectify_by=due("2027-01-12", provisional=True),
        )
    )


@pytest.mark.parametrize("verb", VERBS)
def test_the_decider_takes_no_part_in_the_rectification(verb):
    story = s.BREACHED if verb == "order_rectification" else s.RECTIFYING
    given(*story).when(verb, *VERBS[verb], by=DECIDER, at=LAST_DAY).refused(NOT_BY_THE_DECIDER)


@pytest.mark.parametrize(
    ("verb", "story", "stage"),
    [
        ("order_rectification", s.GRANTED, "已准予"),
        ("order_rectification", s.RECTIFYING, "整改中"),
        ("order_rectification", s.UNRECTIFIED, "整改未果"),
        *((verb, s.BREACHED, "发现违诺") for verb in list(VERBS)[1:]),
        *((verb, s.UNRECTIFIED, "整改未果") for verb in list(VERBS)[1:]),
        *((verb, s.RECTIFIED, "已履约") for verb in VERBS),
    ],
)
def test_a_rectification_is_open_only_between_the_breach_and_its_end(verb, story, stage):
    given(*story).when(verb, *VERBS[verb], by=INSPECTOR, at=LAST_DAY).refused(f"目前是“{stage}”")


# put right --------------------------------------------------------------------------------------


@pytest.mark.parametrize("done", [s.INSPECTION_DAY.date(), LAST_DAY.date()])
def test_a_breach_rectified_in_time_ends_the_case_without_a_bad_record(done):
    step = given(*s.RECTIFYING).when(
        "accept_rectification", "任命文件", done, by=INSPECTOR, at=on("2026-11-16")
    )
    step.then(fact(e.Rectified, evidence="任命文件", done_on=done, **s.PUT_RIGHT)).owes()
    assert step.it.stage.label == "已履约"


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (date(2026, 11, 14), TOO_LATE),
        (date(2026, 11, 17), TOO_LATE),
        (date(2026, 10, 29), "整改完成日期不能早于责令整改之日（工作方案 四·七）"),
        (date(2016, 1, 1), "整改完成日期不能早于责令整改之日（工作方案 四·七）"),
    ],
    ids=["late", "to come", "before the order", "ten years before the order"],
)
def test_a_rectification_done_outside_the_period_of_the_order_is_not_accepted(done, reason):
    given(*s.RECTIFYING).when(
        "accept_rectification", "任命文件", done, by=INSPECTOR, at=on("2026-11-16")
    ).refused(reason)


def test_a_rectification_still_to_come_is_not_accepted_within_the_period_either():
    given(*s.RECTIFYING).when(
        "accept_rectification", "任命文件", LAST_DAY.date(), by=INSPECTOR, at=on("2026-11-12")
    ).refused("整改完成日期不能晚于今天（工作方案 四·七）")


def test_no_rectification_is_accepted_while_a_material_is_missing():
    day = on("2026-10-13")
    given(*s.DEFERRED_RECTIFYING).when(
        "accept_rectification", "已补", day.date(), by=INSPECTOR, at=day
    ).refused("还有容缺材料没有补齐")
    supplied = after(s.DEFERRED_RECTIFYING, "supply", "M-03", s.digest("plan"), at=day)
    complete = after(supplied, "accept", "M-03", at=day)
    given(*complete).when("accept_rectification", "已补", day.date(), by=INSPECTOR, at=day).then(
        fact(e.Rectified, evidence="已补", done_on=day.date(), **s.PUT_RIGHT)
    ).owes()


# not put right ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shortfall", "at", "by"),
    [(OVERDUE, DAY_AFTER, SYSTEM), (INADEQUATE, LAST_DAY, INSPECTOR)],
)
def test_a_failed_rectification_leads_to_a_sanction_within_ninety_days_of_the_breach(
    shortfall, at, by
):
    given(*s.RECTIFYING).when("fail_rectification", shortfall, "仍未配备", by=by, at=at).then(
        fact(
            e.RectificationFailed,
            shortfall=shortfall,
            finding="仍未配备",
            forewarn_by=due("2026-11-20"),
            penalize_by=due("2027-01-28"),
        )
    ).owes(("forewarn", "2026-11-20"), ("penalize", "2027-01-28"))


def test_a_rectification_is_not_overdue_on_its_last_day():
    given(*s.RECTIFYING).when(
        "fail_rectification", OVERDUE, "仍未配备", by=SYSTEM, at=on("2026-11-13", hour=23)
    ).refused("整改期限未到，不能认定逾期未整改")


BY_TWO = f.RefusalProof.RECORDED_BY_TWO


@pytest.mark.parametrize(
    "evidence",
    [
        s.SIGNED_REFUSAL,
        f.RefusalEvidence(proof=BY_TWO, officers=("sun", "li"), digest=s.digest("record")),
    ],
)
def test_a_refusal_to_rectify_is_proved_in_writing_or_by_two_officers(evidence):
    given(*s.RECTIFYING).when("refuse_rectification", evidence, by=INSPECTOR, at=LAST_DAY).then(
        fact(
            e.RectificationRefused,
            evidence=evidence,
            forewarn_by=due("2026-11-20"),
            penalize_by=due("2027-01-28"),
        )
    ).owes(("forewarn", "2026-11-20"), ("penalize", "2027-01-28"))


@pytest.mark.parametrize("officers", [(), ("sun",), ("sun", "sun")])
def test_silence_is_no_refusal(officers):
    silence = f.RefusalEvidence(proof=BY_TWO, officers=officers, digest=s.digest("record"))
    given(*s.RECTIFYING).when("refuse_rectification", silence, by=INSPECTOR, at=LAST_DAY).refused(
        "沉默不等于拒绝：须有当事人书面材料，或者两名以上执法人员的记录"
    )


@pytest.mark.parametrize(
    "attempt",
    [("fail_rectification", INADEQUATE, "不到位"), ("refuse_rectification", s.SIGNED_REFUSAL)],
)
def test_the_finder_of_a_failed_or_refused_rectification_is_an_investigator_from_then_on(attempt):
    story = after(s.RECTIFYING, *attempt, by=PROPOSER, at=LAST_DAY)
    assert told(*story).investigators == {INSPECTOR.person, PROPOSER.person}


def test_a_breach_found_during_a_rectification_starts_over_with_a_new_order():
    again = after(
        s.RECTIFYING,
        "find_breach",
        f.BreachKind.NON_PERFORMANCE,
        "又一处",
        by=INSPECTOR,
        at=LAST_DAY,
    )
    assert told(*again).rectify_by is None
    ordered = after(again, "order_rectification", ("第二处",), by=INSPECTOR, at=on("2026-11-16"))
    assert told(*ordered).rectify_by == due("2026-11-30")
    overdue = after(
        ordered, "fail_rectification", OVERDUE, "未整改", by=SYSTEM, at=on("2026-12-01")
    )
    given(*overdue).owes(("forewarn", "2026-12-08"), ("penalize", "2027-02-11"))
