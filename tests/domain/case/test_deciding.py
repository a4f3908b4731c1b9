"""The decision (工作方案 四·四): a promise, a fresh credit answer and the gate allow a grant."""

import pytest

from domain.case import events as e
from domain.case.promise.decisions import RefusalGround
from tests import stories as s
from tests.given import DECIDER, after, due, fact, given, on, told

WAITING = s.promised(after((), "open", s.DEFERRED, s.APPLICANT, s.DECIDED_LAST, ("M-01",)))
STALE = on("2026-09-30")


def granted(day: str, deliver_by: str = "2026-10-16") -> object:
    dates = {"inspect_by": due(day), "deliver_by": due(deliver_by)}
    return fact(e.ApplicationGranted, document=s.PERMIT, **dates)


def test_a_promise_earns_a_grant_which_is_inspected_within_the_period():
    given(*s.COMMITTED).when("grant", s.PERMIT, by=DECIDER).then(granted("2026-10-30")).owes(
        ("deliver", "2026-10-16"), ("inspect", "2026-10-30")
    )


def test_a_credit_answer_of_the_day_before_is_fresh_enough():
    given(*s.COMMITTED).when("grant", s.PERMIT, by=DECIDER, at=on("2026-09-29")).then(
        granted("2026-11-02", "2026-10-19")
    )


def test_nothing_is_granted_on_a_stale_credit_answer():
    given(*s.COMMITTED).when("grant", s.PERMIT, by=DECIDER, at=STALE).refused(
        "信用查询结果已过有效期，请先重新查询（I4）"
    )


def test_a_new_query_makes_a_grant_possible_again():
    requeried = after(s.COMMITTED, "query", s.CLEAN, at=STALE)
    given(*requeried).when("grant", s.PERMIT, by=DECIDER, at=STALE).then(
        granted("2026-11-03", "2026-10-20")
    )


def test_an_exclusion_found_on_the_new_query_rules_out_a_grant():
    diverted = after(s.COMMITTED, "query", s.EXCLUDED, at=STALE)
    given(*diverted).when("grant", s.PERMIT, by=DECIDER, at=STALE).refused("目前是“转原审批程序”")


def test_an_application_is_refused_even_on_a_stale_credit_answer():
    step = given(*s.COMMITTED).when(
        "refuse", s.REJECTION, s.UNFIT, "不属于本机关职权范围", at=STALE
    )
    step.then(
        fact(
            e.ApplicationRefused,
            document=s.REJECTION,
            ground=s.UNFIT,
            reason="不属于本机关职权范围",
            deliver_by=due("2026-10-20"),
        )
    ).owes(("deliver", "2026-10-20"))
    assert step.it.stage.label == "不予准予"


def test_nothing_is_refused_while_a_material_handed_in_awaits_review():
    story = after(s.DEFERRED_COMMITTED, "supply", "M-02", s.digest("M-02"))
    decided = ("refuse", s.REJECTION, s.UNFIT, "不符合条件")
    given(*story).when(*decided, by=DECIDER).refused(
        "有已经补交的材料还没有审核，请先审核，再作出不予准予的决定"
    )
    reviewed = after(story, "accept", "M-02")
    assert given(*reviewed).when(*decided, by=DECIDER).it.stage.label == "不予准予"


def test_bad_credit_is_no_ground_of_refusal():
    labels = "".join(ground.label for ground in RefusalGround)
    assert not {"信用", "失信"} & {labels[i : i + 2] for i in range(len(labels))}


def test_an_item_may_put_the_decision_before_the_materials():
    given(*s.DEFERRED_COMMITTED).when("grant", s.PERMIT, by=DECIDER).then(
        granted("2026-10-30")
    ).owes(
        ("supply", "2026-10-10", "M-02"),
        ("supply", "2026-10-10", "M-03"),
        ("inspect", "2026-10-30"),
    )


@pytest.mark.parametrize("supplied", [(), ("M-02",)])
def test_an_item_may_make_the_decision_wait_for_every_material(supplied):
    story = WAITING
    for material in supplied:
        story = after(after(story, "supply", material, s.digest(material)), "accept", material)
    given(*story).when("grant", s.PERMIT, by=DECIDER).refused(
        "该事项须待所缺材料补齐后才能作出准予决定"
    )


def test_a_material_handed_in_is_not_yet_a_material_accepted():
    story = after(WAITING, "supply", "M-02", s.digest("M-02"))
    story = after(after(story, "accept", "M-02"), "supply", "M-03", s.digest("M-03"))
    given(*story).when("grant", s.PERMIT, by=DECIDER).refused(
        "该事项须待所缺材料补齐后才能作出准予决定"
    )
    given(*after(story, "accept", "M-03")).when("grant", s.PERMIT, by=DECIDER).then(
        granted("2026-10-30")
    )


def test_nothing_is_decided_before_the_promise_or_twice():
    given(*s.NOTIFIED).when("grant", s.PERMIT, by=DECIDER).refused("目前是“已告知”")
    given(*s.NOTIFIED).when("refuse", s.REJECTION, s.UNFIT, "不符合条件").refused("目前是“已告知”")
    given(*s.GRANTED).when("refuse", s.REJECTION, s.UNFIT, "不符合条件").refused("目前是“已准予”")


def test_the_case_knows_who_decided():
    assert told(*s.COMMITTED).decided_by is None
    assert told(*s.GRANTED).decided_by == DECIDER.person
