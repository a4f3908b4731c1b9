"""The facts behind a sanction, a reason for sparing, a refusal and an inadequate supplement."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.case import events as e
from domain.case import values as f
from domain.catalogue.terms import SanctionMeasure
from domain.values.parties import Department
from tests import stories as s
from tests.given import (
    DECIDER,
    INSPECTOR,
    Fact,
    after,
    given,
    history,
    on,
)

ELSEWHERE = f.Issuer(code="11411281005801851C", name="义马市住房和城乡建设局")
COURT = f.Issuer(name="义马市人民法院")
NOT_ON_FILE = "惩戒依据的法律文书须写明作出机关并登记文书（国办发〔2020〕49号）"
NOT_OF_THE_ITEM = "行政机关的文书应当由该事项的决定单位或者监管单位作出，否则与本案无关（I10）"
NOT_OF_THE_BREACH = "裁判文书、仲裁裁决书须摘录其中认定当事人违诺的内容，否则与本案无关（I10）"
UNPROVED = "不予惩戒的理由须有证据（《行政处罚法》第三十三条、《行政处罚法》第三十六条）"
NOT_CORRECTED = "以及时改正为理由不予惩戒的，须写明改正日期（《行政处罚法》第三十三条）"
NOT_FULFILLED = "整改未果的案件，没有改正日期和证据的，不能认定全部履行"
NOT_BARRED = "违诺行为终了之日起二年后才发现的，才超过追究时效（《行政处罚法》第三十六条）"
NOT_INADEQUATE = "没有经审核退回而尚未补正的容缺材料，不能认定补正材料不合格（I8）"
KEPT = f.Verdict(status=f.FulfilmentStatus.FULLY_FULFILLED)
CORRECTED = s.EVIDENCE.model_copy(update={"corrected_on": date(2026, 11, 20)})
Reason = f.SparedReason


def sanctioning(**basis: object) -> given:
    document = s.BASIS.model_copy(update=basis)
    facts = ((s.KEY_REVIEW,), f.Severity.SERIOUS, document, s.BROKEN)
    return given(*s.HEARD).when("penalize", *facts, by=DECIDER, at=s.VERDICT_DAY)


def sparing(
    why: Reason,
    proof: f.SparingProof | None = None,
    verdict: f.Verdict = s.BROKEN,
    story: tuple[Fact, ...] = s.UNRECTIFIED,
) -> given:
    facts = (why, "经审查符合规定", verdict, proof)
    return given(*story).when("spare", *facts, by=DECIDER, at=s.VERDICT_DAY)


# a basis document is of this case ---------------------------------------------------------------


def test_a_judgment_of_years_ago_grounds_no_sanction():
    sanctioning(
        kind=f.BasisKind.JUDGMENT,
        number="（2019）豫1281民初1号",
        issued_on=date(2019, 1, 1),
        served_on=date(2019, 1, 2),
        issuer=COURT,
        breach_quoted="未履行债务",
    ).refused(
        "法律文书作出日期不能早于首次发现违诺之日，裁判文书、仲裁裁决书不能早于签署承诺之日"
        "（国办发〔2020〕49号）"
    )


@pytest.mark.parametrize("missing", ["issuer", "digest"])
def test_a_basis_document_is_on_file_with_its_issuer(missing):
    sanctioning(**{missing: None}).refused(NOT_ON_FILE)


@pytest.mark.parametrize("kind", [k for k in f.BasisKind if k.is_of_an_administrative_organ])
@pytest.mark.parametrize("issuer", [ELSEWHERE, f.Issuer(name="义马市市场监督管理局")])
def test_an_administrative_document_is_of_an_organ_of_the_item(kind, issuer):
    sanctioning(kind=kind, issuer=issuer).refused(NOT_OF_THE_ITEM)


@pytest.mark.parametrize("kind", [f.BasisKind.JUDGMENT, f.BasisKind.ARBITRAL_AWARD])
def test_a_judgment_or_an_award_is_taken_from_any_court_if_it_says_what_was_breached(kind):
    sanctioning(kind=kind, issuer=COURT).refused(NOT_OF_THE_BREACH)
    said = sanctioning(kind=kind, issuer=COURT, breach_quoted="该公司没有配备承诺的人员")
    assert said.refusal is None


def test_the_supervising_organ_may_issue_the_document_too():
    supervisor = Department(code=ELSEWHERE.code or "", name=ELSEWHERE.name)
    item = s.PINNED.item.model_copy(update={"supervisor": supervisor})
    pinned = s.PINNED.model_copy(update={"item": item})
    story = (s.HEARD[0]._replace(said=s.HEARD[0].said | {"pinned": pinned}), *s.HEARD[1:])
    facts = (s.KEY_REVIEW,), f.Severity.GENERAL
    basis = s.BASIS.model_copy(update={"issuer": ELSEWHERE})
    step = given(*story).when("penalize", *facts, basis, s.BROKEN, by=DECIDER, at=s.VERDICT_DAY)
    assert step.refusal is None


# reasons for sparing ----------------------------------------------------------------------------


@pytest.mark.parametrize("why", Reason)
def test_no_reason_for_sparing_is_taken_without_evidence(why):
    sparing(why).refused(UNPROVED)


@pytest.mark.parametrize("why", [Reason.MINOR_AND_CORRECTED, Reason.FIRST_AND_SLIGHT])
def test_a_breach_that_was_never_put_right_is_not_spared_as_corrected(why):
    sparing(why, s.EVIDENCE).refused(NOT_CORRECTED)
    assert sparing(why, CORRECTED).refusal is None


@pytest.mark.parametrize("why", [Reason.NO_FAULT, Reason.TIME_BARRED])
def test_a_promise_counts_as_kept_in_full_only_if_the_breach_was_put_right(why):
    sparing(why, s.EVIDENCE, KEPT).refused(NOT_FULFILLED)


def test_a_breach_put_right_late_may_count_as_kept_in_full():
    assert sparing(Reason.NO_FAULT, CORRECTED, KEPT).refusal is None


@pytest.mark.parametrize("ended_on", [None, date(2026, 9, 28), date(2026, 10, 30)])
def test_a_breach_found_in_time_is_not_time_barred(ended_on):
    proof = s.EVIDENCE.model_copy(update={"ended_on": ended_on})
    sparing(Reason.TIME_BARRED, proof).refused(NOT_BARRED)


@pytest.mark.parametrize(
    ("ended_on", "barred"), [(date(2026, 10, 8), True), (date(2026, 10, 9), False)]
)
def test_a_breach_found_two_years_after_its_end_is_time_barred(ended_on, barred):
    found_at, order = on("2028-10-09"), ("配备人员",)
    breach = ("find_breach", f.BreachKind.NON_PERFORMANCE, "没有专职管理人员")
    found = after(s.GRANTED, *breach, by=INSPECTOR, at=found_at)
    ordered = after(found, "order_rectification", order, by=INSPECTOR, at=found_at)
    refused = after(ordered, "refuse_rectification", s.SIGNED_REFUSAL, by=INSPECTOR, at=found_at)
    proof = s.EVIDENCE.model_copy(update={"ended_on": ended_on})
    facts = (Reason.TIME_BARRED, "早已终了", s.BROKEN, proof)
    step = given(*refused).when("spare", *facts, by=DECIDER, at=found_at)
    if barred:
        assert step.refusal is None
    else:
        step.refused(NOT_BARRED)


# two officers, one measure, one demand ----------------------------------------------------------


@pytest.mark.parametrize(
    "officers",
    [
        ("i-01", "I-01"),
        ("i-01", "ｉ－０１"),
        ("i-01", "i–01", "I-01"),
        ("王 强", "王强"),
        ("阿依·古丽", "阿依•古丽"),
        ("马文", "⻢文"),
    ],
)
def test_two_spellings_of_one_officer_are_not_two_officers(officers):
    evidence = f.RefusalEvidence(
        proof=f.RefusalProof.RECORDED_BY_TWO, officers=officers, digest=s.digest("record")
    )
    given(*s.RECTIFYING).when(
        "refuse_rectification", evidence, by=INSPECTOR, at=on("2026-11-12")
    ).refused("沉默不等于拒绝：须有当事人书面材料，或者两名以上执法人员的记录")


H1 = SanctionMeasure.KEY_REVIEW
TWICE = {
    "a measure forewarned": (e.SanctionForewarned, {"measures": (H1, H1)}, s.FOREWARNED),
    "a measure imposed": (e.PenaltyImposed, {"measures": (H1, H1)}, s.PENALIZED),
    "a demand of an order": (e.RectificationOrdered, {"items": ("改正", "改 正")}, s.RECTIFYING),
    "a submitted material": (e.CaseOpened, {"submitted": ("M-01", "M-01")}, s.OPENED),
}


@pytest.mark.parametrize(("event", "change", "story"), TWICE.values(), ids=TWICE)
def test_nothing_is_listed_twice(event, change, story):
    said = story[-1]
    assert said.event is event
    with pytest.raises(ValidationError, match="同一项不能列两次"):
        history(*story[:-1], said._replace(said=said.said | change))


# an inadequate supplement -----------------------------------------------------------------------

INADEQUATE = ("find_breach", f.BreachKind.SUPPLEMENT_INADEQUATE, "补正材料不合格")
LATER = {"by": INSPECTOR, "at": on("2026-10-13")}


@pytest.mark.parametrize(
    "story",
    [
        s.GRANTED,
        s.DEFERRED_GRANTED,
        s.DEFERRED_SUPPLIED,
        s.DEFERRED_ACCEPTED,
        after(s.DEFERRED_RETURNED, "supply", "M-02", s.digest("new"), at=on("2026-10-10")),
    ],
    ids=["nothing promised", "not supplied", "not looked at", "accepted", "not looked at again"],
)
def test_a_supplement_is_inadequate_only_after_a_review_sent_it_back(story):
    given(*story).when(*INADEQUATE, **LATER).refused(NOT_INADEQUATE)


def test_a_supplement_that_was_sent_back_and_not_replaced_is_inadequate():
    step = given(*s.DEFERRED_RETURNED).when(*INADEQUATE, **LATER)
    assert step.refusal is None
