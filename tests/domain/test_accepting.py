"""Acceptance of an application that was received first; its correction is asked once."""

from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.case import events as e
from domain.case.acceptance.values import ToPutRight
from domain.case.letter import notice_digest
from domain.case.papers.composing import as_served
from domain.case.promise.materials import Reused, Scan, in_hand
from domain.case.stages import Acceptance, Stage
from domain.catalogue.terms import Disposition
from domain.documents.content import Letterhead
from domain.documents.kinds import DocumentKind
from domain.values.workdays import local_date
from tests import stories as s
from tests.domain.test_bounds import Trial, accepted_exactly
from tests.given import CLERK, DAY_1, MARKET_OFFICE, after, due, fact, given, on, told

LATER = on("2026-10-12")
NOT_ACCEPTED = (
    "申请还没有受理，请先办理“受理审查”；已经告知补正的，先登记收到的补正材料"
    "（《行政许可法》第三十二条）"
)
LACKS = (
    "补正只告知一次，没有提交又不能由承诺替代、不能容缺的材料须全部列入（《行政许可法》第三十二条）"
)
MAY_NOT_BE_ASKED = (
    "要求补正的材料里，有清单以外的，或者已经取消、部门内部共享、本市已经持有的，不得向申请人索要"
)
MAY_BE_MISSING = "没有提交的材料可以由承诺替代，或者可以容缺以后补交的，受理时不要求补正"


def pinned(**marked):
    """The item, of whose health certificates (M-02) something more is known."""
    materials = (s.FORM, s.HEALTH.model_copy(update=marked), s.PLAN)
    terms = s.TERMS.model_copy(update={"materials": materials})
    return s.PINNED.model_copy(update={"terms": terms})


def received(*submitted, kind=s.NOTICE, item=s.PINNED, **more):
    return after((), "open", kind, s.APPLICANT, item, submitted, accept_later=True, **more)


def documents(story):
    return [each.kind for each in story[-1].said["documents"]]


# received ---------------------------------------------------------------------------------------


def test_a_case_opened_as_ever_is_accepted_on_the_spot():
    case = told(*s.OPENED)
    assert (case.acceptance, case.accepted_at) == (Acceptance.ACCEPTED, DAY_1)
    assert documents(s.OPENED) == [DocumentKind.ACCEPTANCE]


def test_an_application_that_is_only_received_owes_its_acceptance_in_five_working_days():
    step = given().when(
        "open", s.NOTICE, s.APPLICANT, s.PINNED, ("M-01", "M-03"), accept_later=True
    )
    step.owes(("accept", "2026-10-10"))
    assert (step.it.acceptance, step.it.accepted_at) == (Acceptance.PENDING, None)
    assert step.it.pending_events[0].documents == ()
    assert step.it.pending_events[0].query_by is None


@pytest.mark.parametrize("kind", [s.NOTICE, s.DEFERRED])
def test_an_incomplete_application_is_received(kind):
    assert told(*received(kind=kind)).stage is Stage.RECEIVED


def test_an_application_is_received_without_what_may_not_be_asked():
    item = pinned(disposition=Disposition.CANCELLED)
    step = given().when("open", s.NOTICE, s.APPLICANT, item, s.ALL_IN, accept_later=True)
    assert step.refusal.rule == "only_what_may_be_asked_is_taken"


@pytest.mark.parametrize("story", [s.RECEIVED, s.ASKED, s.COMPLETED], ids=len)
@pytest.mark.parametrize("answer", [s.CLEAN, s.EXCLUDED], ids=["clean", "excluded"])
def test_nobody_is_asked_about_the_credit_before_the_acceptance(story, answer):
    given(*story).when("query", answer, at=LATER).refused(NOT_ACCEPTED)


@pytest.mark.parametrize("story", [s.RECEIVED, s.ASKED, s.COMPLETED], ids=len)
def test_an_applicant_may_withdraw_before_the_acceptance_which_ends_it(story):
    withdrawn = after(story, "withdraw", "不办了", at=LATER)
    assert told(*withdrawn).duties == ()
    verb = ("receive_correction", date(2026, 10, 12), ("M-02",))
    attempt = verb if story is s.ASKED else ("accept_application",)
    given(*withdrawn).when(*attempt, at=LATER).refused("案件已经转原审批程序办理，不再审查是否受理")


# asking -----------------------------------------------------------------------------------------


def test_everything_is_asked_at_once_and_the_applicant_has_ten_working_days():
    step = given(*s.RECEIVED).when(*s.ASK)
    step.then(fact(e.CorrectionAsked, asked=s.ASK[1], correct_by=due("2026-10-16")))
    step.owes(("complete", "2026-10-16"))
    assert [each.kind for each in step.it.pending_events[0].documents] == [DocumentKind.CORRECTION]


def test_nobody_asks_a_second_time():
    given(*s.ASKED).when(*s.ASK, at=LATER).refused("目前是“已告知补正”")
    given(*s.COMPLETED).when(*s.ASK, at=LATER).refused("目前是“已补正”")


def test_what_lacks_is_asked_with_the_rest_or_not_at_all():
    given(*s.RECEIVED).when("ask_for_correction", (s.FORM_IS_INCOMPLETE,)).refused(LACKS)


@pytest.mark.parametrize("done", [Disposition.CANCELLED, Disposition.SHARED_INTERNALLY])
def test_nobody_asks_for_what_may_not_be_asked(done):
    story = received("M-01", "M-03", item=pinned(disposition=done))
    given(*story).when(*s.ASK).refused(MAY_NOT_BE_ASKED)


def test_nobody_asks_for_what_the_city_holds_or_for_what_is_not_on_the_list():
    held = Reused(material="M-02", digest=s.digest("h"), case=UUID(int=7), holder=MARKET_OFFICE)
    given(*received("M-01", "M-03", reused=(held,))).when(*s.ASK).refused(MAY_NOT_BE_ASKED)
    strange = ToPutRight(material="M-09", what="请提交")
    attempt = ("ask_for_correction", (s.HEALTH_IS_MISSING, strange))
    given(*s.RECEIVED).when(*attempt).refused(MAY_NOT_BE_ASKED)


def test_nobody_asks_for_what_a_promise_replaces_or_what_may_come_later():
    replaced = received("M-01", "M-03", item=pinned(replaced_by_promise=True))
    given(*replaced).when(*s.ASK).refused(MAY_BE_MISSING)
    given(*received("M-01", kind=s.DEFERRED)).when(*s.ASK).refused(MAY_BE_MISSING)


def test_what_was_handed_in_may_be_asked_to_be_put_right():
    unsigned = ToPutRight(material="M-01", what="没有盖章")
    step = given(*received("M-01", kind=s.DEFERRED)).when("ask_for_correction", (unsigned,))
    assert step.it.acceptance is Acceptance.ASKED


@pytest.mark.parametrize("rows", [(), (s.FORM_IS_INCOMPLETE,) * 2, (s.HEALTH_IS_MISSING,) * 2])
def test_a_request_names_something_and_each_thing_once(rows):
    with pytest.raises(ValidationError):
        given(*s.RECEIVED).when("ask_for_correction", rows)


def test_the_notice_tells_everything_that_must_be_put_right_and_until_when():
    asked = told(*s.ASKED)
    event = asked.past[-1]
    content = as_served(
        told(*s.RECEIVED), event, DocumentKind.CORRECTION, Letterhead(s.APPLICANT.name)
    )
    assert content.served == event.documents[0]
    text = "\n".join(line for block in content.blocks for line in block.lines)
    for told_of in ("《从业人员健康证明》：没有提交，请补交", "申请书：申请书第二页没有填写"):
        assert told_of in text
    assert "请在2026年10月20日以前补正" in text
    assert "（《行政许可法》第三十二条）" in text


# completing -------------------------------------------------------------------------------------


def test_what_came_is_examined_within_five_working_days_of_the_day_it_came():
    step = given(*s.ASKED).when(
        "receive_correction", date(2026, 10, 8), ("M-02",), at=on("2026-10-12")
    )
    said = {"received_on": date(2026, 10, 8), "submitted": ("M-02",), "scans": (), "form": None}
    step.then(fact(e.CorrectionReceived, **said, accept_by=due("2026-10-14")))
    step.owes(("accept", "2026-10-14"))


def test_something_must_have_come():
    attempt = ("receive_correction", date(2026, 10, 8), ())
    given(*s.ASKED).when(*attempt, at=LATER).refused("没有填写收到的补正材料，也没有补正的申请书")
    step = given(*s.ASKED).when(*attempt, form=s.digest("form"), at=LATER)
    assert step.it.acceptance is Acceptance.COMPLETED


@pytest.mark.parametrize(
    ("codes", "scanned", "rule"),
    [
        (("M-09",), (), "materials_are_on_the_list"),
        (("M-02",), ("M-03",), "scans_are_of_what_is_in"),
        (("M-02",), ("M-02", "M-02"), "scans_are_of_what_is_in"),
    ],
)
def test_what_comes_with_a_correction_is_taken_as_at_an_opening(codes, scanned, rule):
    scans = tuple(Scan(material=each, digest=s.digest(each)) for each in scanned)
    attempt = ("receive_correction", date(2026, 10, 8), codes)
    assert given(*s.ASKED).when(*attempt, scans=scans, at=LATER).refusal.rule == rule


def test_what_was_cancelled_is_not_taken_with_a_correction_either():
    story = received("M-01", item=pinned(disposition=Disposition.CANCELLED))
    plan = ToPutRight(material="M-03", what="请补交")
    asked = after(story, "ask_for_correction", (plan,))
    attempt = ("receive_correction", date(2026, 10, 8), ("M-02",))
    refusal = given(*asked).when(*attempt, at=LATER).refusal
    assert refusal.rule == "only_what_may_be_asked_is_taken"


def test_nothing_comes_that_was_not_asked():
    attempt = ("receive_correction", date(2026, 9, 28), ("M-02",))
    given(*s.RECEIVED).when(*attempt).refused("目前是“待受理”")


def test_what_came_again_takes_the_place_of_what_was_there():
    first = tuple(Scan(material=each, digest=s.digest(each)) for each in ("M-01", "M-03"))
    story = received("M-01", "M-03", scans=first)
    asked = after(story, *s.ASK)
    better = (Scan(material="M-02", digest=s.digest("health")),)
    came = ("receive_correction", date(2026, 9, 28), ("M-02", "M-03"))
    case = told(*after(asked, *came, scans=better))
    assert case.in_hand.submitted == ("M-01", "M-03", "M-02")
    assert case.in_hand.scans == (first[0], *better)
    assert in_hand(case.opened, []).scans == first


# accepting --------------------------------------------------------------------------------------


def test_an_acceptance_serves_its_notice_and_owes_the_query():
    step = given(*s.COMPLETED).when("accept_application", at=LATER)
    step.then(fact(e.ApplicationAccepted, query_by=due("2026-10-12"))).owes(("query", "2026-10-12"))
    assert [each.kind for each in step.it.pending_events[0].documents] == [DocumentKind.ACCEPTANCE]
    assert (step.it.acceptance, step.it.accepted_at) == (Acceptance.ACCEPTED, LATER)


def test_a_complete_application_is_accepted_without_a_correction():
    step = given(*received(*s.ALL_IN)).when("accept_application")
    assert step.it.acceptance is Acceptance.ACCEPTED


@pytest.mark.parametrize("kind", [s.NOTICE, s.DEFERRED])
def test_nothing_is_accepted_without_its_primary_materials(kind):
    refusal = given(*received("M-02", kind=kind)).when("accept_application").refusal
    assert refusal.rule == "primary_materials_are_in"


def test_nothing_is_accepted_without_what_no_promise_replaces():
    refusal = given(*received("M-01", "M-03")).when("accept_application").refusal
    assert refusal.rule == "promise_replaces_what_is_missing"


def test_a_deferred_application_defers_something():
    story = received(*s.ALL_IN, kind=s.DEFERRED)
    assert given(*story).when("accept_application").refusal.rule == "something_is_deferred"


def test_what_came_counts_at_the_acceptance_and_ever_after():
    case = told(*s.ACCEPTED)
    notified = after(after(s.ACCEPTED, "query", s.CLEAN, at=LATER), "notify", at=LATER)
    assert case.replaced == ()
    digest = notice_digest(case.id, case.pinned, (), (), local_date(LATER))
    assert told(*notified).notice.digest == digest


def test_only_what_neither_came_nor_is_held_is_deferred():
    story = received(kind=s.DEFERRED)
    form = ToPutRight(material="M-01", what="没有提交，请补交")
    asked = after(story, "ask_for_correction", (form,))
    came = after(asked, "receive_correction", local_date(DAY_1), ("M-01", "M-02"))
    assert told(*after(came, "accept_application")).missing == {"M-03"}


def test_the_notice_of_conditions_is_due_five_working_days_after_the_acceptance():
    step = given(*s.ACCEPTED).when("query", s.CLEAN, at=LATER)
    assert step.it.pending_events[0].notify_by == due("2026-10-19")


# the typed date ---------------------------------------------------------------------------------


def test_the_day_of_a_correction_lies_between_the_asking_and_today():
    def attempt(day):
        return "receive_correction", day, ("M-02",)

    bounds = (date(2026, 9, 30), local_date(LATER))
    accepted_exactly(Trial(s.ASKED, attempt, CLERK, LATER, *bounds))
