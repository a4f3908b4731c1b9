"""The sanction (工作方案 四·七, 四·八): prior notice, hearing, other judges, document in effect."""

from datetime import date

import pytest

from domain.case import events as e
from domain.case import values as f
from domain.case.periods import Publicity
from domain.catalogue.terms import SanctionMeasure
from tests import stories as s
from tests.given import (
    CHAIR,
    DECIDER,
    INSPECTOR,
    PROPOSER,
    SYSTEM,
    Fact,
    after,
    due,
    fact,
    given,
    on,
)

BOTH = (s.KEY_REVIEW, s.KEY_SUPERVISION)
NOT_FOREWARNED = SanctionMeasure.NO_FACILITATION  # in the item, but not in the prior notice
NOT_THE_ITEMS = SanctionMeasure.FUNDING_LIMITS
GENERAL, NO_FAULT = f.Severity.GENERAL, f.SparedReason.NO_FAULT
KEPT = f.Verdict(status=f.FulfilmentStatus.FULLY_FULFILLED)
NOT_BY_INVESTIGATORS = "核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"
UNHEARD = "惩戒前须送达事先告知，并听取陈述申辩、由当事人书面放弃或者待期限届满（I9）"
TEXTS_DISAGREE = "全部履行时不得填写未履行内容和追究内容，未全部履行时两项都必须填写（I19）"


def sanctioning(story: tuple[Fact, ...], **otherwise: object) -> given:
    usual = {"measures": BOTH, "severity": GENERAL, "basis": s.BASIS, "verdict": s.BROKEN}
    how = {"by": DECIDER, "at": s.VERDICT_DAY}
    return given(*story).when("penalize", **usual | how | otherwise)


def sparing(story: tuple[Fact, ...], **otherwise: object) -> given:
    usual = {
        "reason": NO_FAULT,
        "explanation": "系统故障",
        "verdict": s.BROKEN,
        "proof": s.EVIDENCE,
    }
    how = {"by": DECIDER, "at": s.VERDICT_DAY}
    return given(*story).when("spare", **usual | how | otherwise)


def penalty(**said: object) -> Fact:
    public = Publicity(earliest_end=date(2027, 2, 24), latest_end=date(2027, 11, 24))
    usual = {"measures": BOTH, "severity": GENERAL, "basis": s.BASIS, "verdict": s.BROKEN}
    return fact(e.PenaltyImposed, **usual | {"publicity": public} | said)


def sparing_event(verdict: f.Verdict, proof: f.SparingProof) -> Fact:
    said = {"reason": NO_FAULT, "explanation": "系统故障", "verdict": verdict, "proof": proof}
    return fact(e.PenaltyWaived, **said)


# the prior notice -------------------------------------------------------------------------------


def test_a_prior_notice_gives_five_working_days_to_answer():
    given(*s.UNRECTIFIED).when("forewarn", BOTH, "逾期未整改", by=PROPOSER, at=s.SANCTION_DAY).then(
        fact(
            e.SanctionForewarned,
            measures=BOTH,
            reason="逾期未整改",
            statement_until=due("2026-11-23"),
        )
    ).owes(("hear", "2026-11-23"), ("penalize", "2027-01-28"))


@pytest.mark.parametrize("story", [s.GRANTED, s.BREACHED, s.RECTIFYING], ids=len)
def test_no_prior_notice_is_served_before_a_rectification_failed(story):
    given(*story).when("forewarn", BOTH, "违诺", by=PROPOSER, at=s.SANCTION_DAY).refused(
        "整改不到位或者拒绝整改之后，才能告知拟实施的惩戒"
    )


def test_the_decider_does_not_propose_a_sanction():
    given(*s.UNRECTIFIED).when("forewarn", BOTH, "违诺", by=DECIDER, at=s.SANCTION_DAY).refused(
        "作出决定的人员不得参与同一案件的核查和整改认定（I17）"
    )


def test_a_prior_notice_contains_only_measures_of_the_item():
    beyond = (s.KEY_REVIEW, NOT_THE_ITEMS)
    given(*s.UNRECTIFIED).when("forewarn", beyond, "违诺", by=PROPOSER, at=s.SANCTION_DAY).refused(
        "惩戒措施不在该事项管理办法规定的范围内"
    )


def test_a_prior_notice_is_not_served_twice():
    given(*s.FOREWARNED).when("forewarn", BOTH, "违诺", by=PROPOSER, at=s.SANCTION_DAY).refused(
        "目前是“已事先告知”"
    )


# being heard ------------------------------------------------------------------------------------


def test_the_party_is_heard():
    step = given(*s.FOREWARNED).when("hear", "正在招聘", "不采纳", by=CHAIR, at=s.SANCTION_DAY)
    said = {"statement": "正在招聘", "opinion": "不采纳", "verbatim_because": None}
    step.then(fact(e.StatementHeard, **said)).owes(("penalize", "2027-01-28"))
    assert step.it.hearing.label == "已听取陈述申辩"


def test_a_statement_that_must_be_recorded_as_it_was_made_keeps_its_personal_data():
    said = {"statement": "证人电话138-0013-8000", "opinion": "不采纳", "verbatim_because": "待核实"}
    step = given(*s.FOREWARNED).when("hear", *said.values(), by=CHAIR, at=s.SANCTION_DAY)
    step.then(fact(e.StatementHeard, **said))


def test_the_party_may_waive_the_hearing_in_writing():
    paper = s.digest("waiver")
    step = given(*s.FOREWARNED).when("waive_hearing", paper, by=CHAIR, at=s.SANCTION_DAY)
    step.then(fact(e.StatementWaived, digest=paper)).owes(("penalize", "2027-01-28"))
    assert step.it.hearing.label == "已书面放弃陈述申辩"


HEARINGS = [("hear", "正在招聘", "不采纳"), ("waive_hearing", s.digest("waiver"))]


@pytest.mark.parametrize("attempt", HEARINGS, ids=lambda a: a[0])
@pytest.mark.parametrize("by", [INSPECTOR, PROPOSER], ids=["inspector", "proposer"])
def test_an_investigator_does_not_hear_the_party(attempt, by):
    given(*s.FOREWARNED).when(*attempt, by=by, at=s.SANCTION_DAY).refused(NOT_BY_INVESTIGATORS)


@pytest.mark.parametrize("attempt", HEARINGS, ids=lambda a: a[0])
@pytest.mark.parametrize(
    ("story", "stage"),
    [
        (s.UNRECTIFIED, "未告知惩戒"),
        (s.HEARD, "已听取陈述申辩"),
        (s.WAIVED, "已书面放弃陈述申辩"),
    ],
)
def test_the_party_is_not_heard_before_the_prior_notice_or_twice(attempt, story, stage):
    given(*story).when(*attempt, by=CHAIR, at=s.SANCTION_DAY).refused(f"目前是“{stage}”")


@pytest.mark.parametrize("attempt", HEARINGS, ids=lambda a: a[0])
def test_the_party_is_not_heard_once_the_case_is_over(attempt):
    sanctioned_unheard = after(
        s.FOREWARNED, "penalize", BOTH, GENERAL, s.BASIS, s.BROKEN, by=DECIDER, at=s.VERDICT_DAY
    )
    given(*sanctioned_unheard).when(*attempt, by=CHAIR, at=s.VERDICT_DAY).refused(
        "整改不到位或者拒绝整改之后，才能告知拟实施的惩戒"
    )


# the sanction -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "story", [s.HEARD, s.WAIVED, s.FOREWARNED], ids=["heard", "waived", "silent"]
)
def test_a_sanction_ends_the_case(story):
    step = sanctioning(story)
    step.then(penalty()).owes()
    assert step.it.stage.label == "已惩戒"


def test_a_party_is_not_sanctioned_unheard_on_its_last_day_to_answer():
    early = s.BASIS.model_copy(
        update={"issued_on": date(2026, 11, 23), "served_on": date(2026, 11, 23)}
    )
    last_day = on("2026-11-23", hour=23)
    sanctioning(s.FOREWARNED, basis=early, at=last_day).refused(UNHEARD)
    sanctioning(s.UNRECTIFIED).refused(UNHEARD)


@pytest.mark.parametrize("act", [sanctioning, sparing])
@pytest.mark.parametrize("by", [INSPECTOR, PROPOSER], ids=["inspector", "proposer"])
def test_an_investigator_does_not_judge(act, by):
    act(s.HEARD, by=by).refused(NOT_BY_INVESTIGATORS)


def test_the_system_that_found_a_rectification_overdue_does_not_judge():
    overdue = after(
        s.RECTIFYING,
        "fail_rectification",
        f.Shortfall.OVERDUE,
        "未整改",
        by=SYSTEM,
        at=s.SANCTION_DAY,
    )
    sparing(overdue, by=SYSTEM).refused(NOT_BY_INVESTIGATORS)


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        (NOT_THE_ITEMS, "惩戒措施不在该事项管理办法规定的范围内"),
        (NOT_FOREWARNED, "惩戒措施超出了事先告知的范围"),
    ],
)
def test_a_sanction_is_no_heavier_than_forewarned(measure, reason):
    sanctioning(s.HEARD, measures=(s.KEY_REVIEW, measure)).refused(reason)


def test_a_sanction_may_be_lighter_than_forewarned():
    sanctioning(s.HEARD, measures=(s.KEY_REVIEW,)).then(penalty(measures=(s.KEY_REVIEW,)))


@pytest.mark.parametrize(
    ("issued", "served", "reason"),
    [
        (24, 23, "法律文书送达日期不能早于文书作出之日（国办发〔2020〕49号）"),
        (24, 25, "法律文书送达日期不能晚于今天（国办发〔2020〕49号）"),
        (25, 25, "法律文书作出日期不能晚于今天（国办发〔2020〕49号）"),
    ],
    ids=["served before issued", "not served yet", "not issued yet"],
)
def test_a_sanction_rests_on_a_document_already_served(issued, served, reason):
    days = {"issued_on": date(2026, 11, issued), "served_on": date(2026, 11, served)}
    sanctioning(s.HEARD, basis=s.BASIS.model_copy(update=days)).refused(reason)


@pytest.mark.parametrize("act", [sanctioning, sparing])
@pytest.mark.parametrize("status", list(f.FulfilmentStatus)[1:])
@pytest.mark.parametrize("left_out", ["unfulfilled_content", "breach_consequence"])
def test_a_verdict_on_a_broken_promise_states_the_breach_and_its_consequence(act, status, left_out):
    verdict = s.BROKEN.model_copy(update={"status": status, left_out: None})
    act(s.HEARD, verdict=verdict).refused(TEXTS_DISAGREE)


@pytest.mark.parametrize("act", [sanctioning, sparing])
@pytest.mark.parametrize("written", ["unfulfilled_content", "breach_consequence"])
def test_a_verdict_on_a_kept_promise_states_no_breach_and_no_consequence(act, written):
    act(s.HEARD, verdict=KEPT.model_copy(update={written: "写错了"})).refused(TEXTS_DISAGREE)


def test_a_kept_promise_is_not_sanctioned_but_spared():
    sanctioning(s.HEARD, verdict=KEPT).refused("承诺已全部履行的，不得实施惩戒")
    corrected = f.SparingProof(digest=s.digest("evidence"), corrected_on=date(2026, 11, 20))
    sparing(s.HEARD, verdict=KEPT, proof=corrected).then(sparing_event(KEPT, corrected))


@pytest.mark.parametrize(
    ("severity", "public"),
    [
        (f.Severity.MINOR, None),
        (GENERAL, ("2027-02-28", "2027-11-30")),
        (f.Severity.SERIOUS, ("2027-11-30", "2029-11-30")),
    ],
)
def test_a_sanction_is_public_for_months_by_severity_counted_from_its_document(severity, public):
    last = {"issued_on": date(2026, 11, 30), "served_on": date(2026, 11, 30)}
    basis, day = s.BASIS.model_copy(update=last), on("2026-11-30")
    step = sanctioning(s.HEARD, severity=severity, basis=basis, at=day)
    until = step.it.last(e.PenaltyImposed).publicity
    assert until == (public and Publicity(earliest_end=public[0], latest_end=public[1]))


@pytest.mark.parametrize("story", [s.UNRECTIFIED, s.FOREWARNED, s.HEARD, s.WAIVED], ids=len)
def test_a_party_may_be_spared_with_or_without_a_prior_notice(story):
    step = sparing(story)
    step.then(sparing_event(s.BROKEN, s.EVIDENCE)).owes()
    assert step.it.stage.label == "不予惩戒"


@pytest.mark.parametrize("act", [sanctioning, sparing])
@pytest.mark.parametrize(
    ("story", "stage"),
    [
        (s.GRANTED, "已准予"),
        (s.BREACHED, "发现违诺"),
        (s.RECTIFYING, "整改中"),
        (s.PENALIZED, "已惩戒"),
        (s.SPARED, "不予惩戒"),
    ],
)
def test_a_sanction_waits_for_the_rectification_and_comes_once(act, story, stage):
    act(story).refused(f"目前是“{stage}”")
