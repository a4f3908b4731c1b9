"""The substantive check by two officers, where the item needs it (行政许可法 34)."""

from datetime import date

import pytest

from domain.case import events as e
from domain.case.case import Case
from domain.case.papers.composing import as_served
from domain.catalogue.terms import Terms
from domain.documents.content import Letterhead
from domain.documents.kinds import DocumentKind
from domain.values.workdays import local_date
from tests import stories as s
from tests.domain.test_bounds import NOTICED, START, Trial, accepted_exactly
from tests.domain.test_events import loaded, stored
from tests.given import DECIDER, after, due, fact, given, history, on, told

NAMES = ("colleague", "checked_on", "finding", "found_true", "record")
CHECK = ("check", *s.FOUND_TRUE)
REFUSE = ("refuse", s.REJECTION, s.UNFIT, "场所与平面图不符")
BY_LAW = "（《行政许可法》第三十四条）"
LATER = on("2026-09-29")


def by_two(said: tuple[object, ...]) -> object:
    return fact(e.SubstanceChecked, **dict(zip(NAMES, said, strict=True)))


# checking ---------------------------------------------------------------------------------------


def test_a_check_by_two_is_recorded_and_the_promise_stands():
    step = given(*s.UNCHECKED).when(*CHECK, by=DECIDER)
    step.then(by_two(s.FOUND_TRUE)).owes(("decide", "2026-09-28"))
    assert step.it.stage is told(*s.COMMITTED).stage
    assert step.it.checked.officers == (DECIDER.person, "wu")


def test_a_check_stands_before_the_decision_and_is_due_with_it():
    assert [(duty.action, duty.due) for duty in told(*s.UNCHECKED).duties] == [
        ("check", due("2026-09-28")),
        ("decide", due("2026-09-28")),
    ]
    assert "check" not in {duty.action for duty in told(*s.COMMITTED).duties}


def test_an_item_that_needs_no_check_is_not_checked():
    given(*s.COMMITTED).when(*CHECK, by=DECIDER).refused(
        f"该事项的条款没有要求实质核查，不得另加核查，请直接作出决定{BY_LAW}"
    )


@pytest.mark.parametrize("alone", [DECIDER.person, "ＱＩＡＮ", "q1an"])
def test_nobody_checks_alone(alone):
    given(*s.UNCHECKED).when("check", alone, *s.FOUND_TRUE[1:], by=DECIDER).refused(
        f"实质核查须由两名以上工作人员进行，请填写录入人员以外的另一名核查人员{BY_LAW}"
    )


def test_nothing_is_checked_before_the_promise_or_after_the_decision():
    opened = after((), "open", s.NOTICE, s.APPLICANT, s.TO_CHECK, s.ALL_IN)
    notified = after(after(opened, "query", s.CLEAN), "notify")
    given(*opened).when(*CHECK, by=DECIDER).refused("目前是“已收件”")
    given(*notified).when(*CHECK, by=DECIDER).refused("目前是“已告知”")
    given(*s.CHECKED_AND_GRANTED).when(*CHECK, by=DECIDER).refused("目前是“已准予”")


def test_a_check_lies_between_the_promise_and_today():
    named, source = "实质核查日期", BY_LAW
    for day, reason in (
        (date(2026, 9, 27), f"{named}不能早于签署承诺之日{source}"),
        (date(2026, 9, 29), f"{named}不能晚于今天{source}"),
    ):
        said = (s.FOUND_TRUE[0], day, *s.FOUND_TRUE[2:])
        given(*s.UNCHECKED).when("check", *said, by=DECIDER).refused(reason)


def test_the_day_of_a_check_is_accepted_exactly_from_its_first_to_its_last_day():
    trial = Trial(
        s.UNCHECKED,
        lambda day: ("check", "wu", day, *s.FOUND_TRUE[2:]),
        DECIDER,
        NOTICED,
        START,
        local_date(NOTICED),
    )
    accepted_exactly(trial)


# deciding ---------------------------------------------------------------------------------------


def test_nothing_is_granted_before_the_check_that_the_item_needs():
    given(*s.UNCHECKED).when("grant", s.PERMIT, by=DECIDER).refused(
        f"该事项须先由两名以上工作人员核查材料的实质内容，请先办理实质核查{BY_LAW}"
    )


def test_what_was_checked_and_found_true_is_granted_by_one_of_the_two():
    step = given(*s.CHECKED).when("grant", s.PERMIT, by=DECIDER)
    assert step.refusal is None
    assert {duty.action for duty in step.it.duties} == {"deliver", "inspect"}


def test_what_was_found_untrue_is_not_granted():
    given(*s.DOUBTED).when("grant", s.PERMIT, by=DECIDER).refused(
        f"实质核查认定材料内容不真实，不能准予，请不予准予，情况有变化的重新核查{BY_LAW}"
    )


def test_the_last_check_counts():
    again = ("wu", date(2026, 9, 29), "已经重新布局", True, s.digest("second record"))
    mended = after(s.DOUBTED, "check", *again, by=DECIDER, at=LATER)
    assert given(*mended).when("grant", s.PERMIT, by=DECIDER, at=LATER).refusal is None
    worse = after(s.CHECKED, "check", *s.FOUND_UNTRUE, by=DECIDER, at=LATER)
    assert given(*worse).when("grant", s.PERMIT, by=DECIDER, at=LATER).refusal


@pytest.mark.parametrize("story", [s.UNCHECKED, s.CHECKED, s.DOUBTED], ids=len)
def test_a_refusal_needs_no_check_and_settles_its_duty(story):
    step = given(*story).when(*REFUSE, by=DECIDER)
    assert step.refusal is None
    assert {duty.action for duty in step.it.duties} == {"deliver"}


def test_whoever_withdraws_owes_nobody_a_check():
    given(*s.UNCHECKED).when("withdraw", "暂缓开店").owes()


# papers -----------------------------------------------------------------------------------------


def told_in(kind: DocumentKind, *story: object) -> str:
    """The whole text of the decision with which a story ends."""
    *before, decision = history(*story)
    head = Letterhead(s.APPLICANT.name)
    content = as_served(Case.replay(before), decision, kind, head)
    return "\n".join(line for block in content.blocks for line in block.lines)


def test_a_decision_tells_the_check_that_came_before_it():
    said = "2026年9月28日，工作人员qian、wu核查了申请材料的实质内容" + BY_LAW
    granted = told_in(DocumentKind.GRANT, *s.CHECKED_AND_GRANTED)
    assert f"{said}，认定材料内容真实：现场核对经营场所，与布局图一致" in granted
    refused = told_in(DocumentKind.REFUSAL, *after(s.DOUBTED, *REFUSE, by=DECIDER))
    assert f"{said}，认定材料内容不真实：布局图所示的场所另租他人" in refused


def test_a_correction_tells_the_check_of_its_decision():
    amended = after(
        s.CHECKED_AND_GRANTED, "amend", s.DATED_PERMIT, "漏写", "wu", by=DECIDER, at=LATER
    )
    assert "核查了申请材料的实质内容" in told_in(DocumentKind.GRANT, *amended)


@pytest.mark.parametrize(
    ("kind", "story"), [(DocumentKind.GRANT, s.GRANTED), (DocumentKind.REFUSAL, s.REFUSED)]
)
def test_a_decision_without_a_check_tells_of_none(kind, story):
    assert "实质内容" not in told_in(kind, *story)


# the stored form --------------------------------------------------------------------------------


def test_terms_and_promises_of_before_load_without_a_check_and_keep_their_bytes():
    assert "substantive_check" not in s.TERMS.model_dump(mode="json")
    assert not Terms.model_validate(s.TERMS.model_dump(mode="json")).substantive_check
    promise = history(*s.COMMITTED)[-1]
    assert "substantive_check" not in stored(promise)["state"]
    assert not loaded(stored(promise)).substantive_check
    assert stored(history(*s.UNCHECKED)[-1])["state"]["substantive_check"] is True
