"""The correction of instants: a case that a wrong clock has poisoned goes on by ordinary rules."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.case.case import Case
from domain.case.due import DUE
from domain.catalogue.item import CatalogueItem
from domain.kernel.aggregate import Event
from domain.kernel.instants import as_of, instants_in_force
from domain.tolerance.review import ToleranceReview
from domain.values.workdays import Deadline, local_date
from tests import reviews as r
from tests import stories as s
from tests.domain.test_events import sampled
from tests.given import CALENDAR, CLERK, DAY_1, DECIDER, Fact, after, given, history, on, told
from tests.support.service_driver import STORIES

NOW = on("2026-09-28", 11)
AHEAD = timedelta(days=300)
SAID = ("服务器时钟快了三百天，已校准", s.digest("clock"), "wu")
BY = {"by": s.SUPERVISOR, "at": NOW}
POISONED_REVIEW = r.POISONED


def poisoned(story: tuple[Fact, ...], first: int) -> tuple[Fact, ...]:
    """The story as a clock 300 days ahead would have recorded it from the fact `first` on."""
    return (*story[:first], *(_ahead(each) for each in story[first:]))


def _ahead(fact: Fact) -> Fact:
    dates = {name: _later(fact.said[name]) for name in DUE.get(fact.event, {}) if fact.said[name]}
    return fact._replace(at=fact.at + AHEAD, said=fact.said | dates)


def _later(due: Deadline) -> Deadline:
    return due.model_copy(update={"on": due.on + AHEAD})


# case 16 ----------------------------------------------------------------------------------------


def test_a_poisoned_case_is_shut_until_its_instants_are_corrected():
    signed = s.letter(s.POISONED, NOW)
    given(*s.POISONED).when("commit", signed, s.code(NOW), at=NOW).refused(
        "签署日期不能早于告知之日（工作方案 四·二、四·三）"
    )
    step = given(*s.RETIMED).when("commit", signed, s.code(NOW), at=NOW)
    assert step.refusal is None


def test_the_right_instants_and_dates_hold_afterwards():
    case = told(*s.RETIMED)
    assert case.modified_on == NOW, "the latest instant has moved back"
    assert case.notice.day == date(2026, 9, 28)
    assert case.notice.commit_by.on == date(2026, 10, 10)
    assert case.credit_fresh_until.on == date(2026, 9, 29)
    assert [(duty.action, duty.due.on) for duty in case.duties] == [("commit", date(2026, 10, 10))]


def test_the_recorded_events_stay_as_they_are():
    events = history(*s.RETIMED)
    Case.replay(events)
    assert [str(event.timestamp)[:4] for event in events] == ["2026", "2027", "2027", "2026"]


def test_a_replay_equals_the_case_that_decided():
    events = history(*s.POISONED)
    case = Case.replay(events)
    case.retime({}, *SAID, CALENDAR, **BY)
    (corrected,) = case.collect_events()
    assert vars(Case.replay([*events, corrected])) == vars(case)


def test_a_moment_is_asked_for_by_the_right_instants():
    events = history(*s.RETIMED)
    assert [len(as_of(events, at)) for at in (DAY_1 - AHEAD, DAY_1, NOW, on("2027-08-01"))] == [
        *(0, 2, 4, 4)
    ]
    assert len(as_of(history(*s.POISONED), NOW)) == 1, "before the correction, two lie ahead"


def test_an_instant_that_nobody_states_is_that_of_the_next_step_or_now():
    step = given(*s.POISONED).when("retime", {}, *SAID, **BY)
    assert [each.at for each in step.it.pending_events[0].instants] == [NOW, NOW]
    stated = {3: on("2026-09-28", 10)}
    step = given(*s.POISONED).when("retime", stated, *SAID, **BY)
    assert [each.at for each in step.it.pending_events[0].instants] == [stated[3], stated[3]]


def test_a_case_opened_by_a_wrong_clock_was_opened_at_the_right_instant():
    opened = (s.OPENED[0]._replace(at=DAY_1 + AHEAD),)
    case = told(*after(opened, "retime", {1: DAY_1}, *SAID, **BY))
    assert case.created_on == DAY_1
    assert case.next_due(local_date(DAY_1)).due.on == local_date(DAY_1)


def test_instants_can_be_corrected_again_and_a_correction_itself_too():
    """The clock runs ahead a second time, while the first correction is recorded."""
    later = on("2027-10-01")
    first = after(s.POISONED, "retime", {}, *SAID, by=s.SUPERVISOR, at=NOW)
    wrong = (*first[:-1], first[-1]._replace(at=later))
    another = s.SUPERVISOR.model_copy(update={"person": "jin"})
    again = after(wrong, "retime", {4: NOW}, *SAID, by=another, at=NOW)
    case = told(*again)
    assert case.modified_on == NOW
    assert case.notice.day == date(2026, 9, 28)
    assert max(instants_in_force(history(*again)).values()) == NOW


# who may, and what is refused -------------------------------------------------------------------


def test_a_case_whose_instants_are_past_needs_no_correction():
    for story in (s.NOTIFIED, s.RETIMED, s.PENALIZED):
        given(*story).when("retime", {}, *SAID, by=s.SUPERVISOR, at=on("2027-01-01")).refused(
            "最后一步的时刻不晚于现在，不需要纠正"
        )


def test_a_difference_of_clocks_within_the_tolerance_is_no_poison():
    step = given(*s.POISONED).when(
        "retime", {}, *SAID, by=s.SUPERVISOR, at=s.AHEAD - timedelta(seconds=59)
    )
    step.refused("最后一步的时刻不晚于现在，不需要纠正")


def test_who_took_a_step_at_a_wrong_instant_does_not_correct_it():
    given(*s.POISONED).when("retime", {}, *SAID, by=CLERK, at=NOW).refused(
        "办理过时刻有误的步骤的人员，不得自己纠正"
    )


@pytest.mark.parametrize("approver", ["he", "HE", "zhao"])
def test_another_person_approves(approver):
    given(*s.POISONED).when("retime", {}, *SAID[:2], approver, **BY).refused(
        "批准人须是纠正的人员和办理过时刻有误的步骤的人员以外的人"
    )


@pytest.mark.parametrize(
    "stated",
    [
        {2: DAY_1 - timedelta(seconds=1)},
        {3: NOW + timedelta(seconds=1)},
        {2: on("2026-09-28", 10), 3: DAY_1},
        {2: s.AHEAD},
    ],
    ids=["before the last good step", "after the present", "out of order", "as recorded"],
)
def test_right_instants_keep_the_order_of_the_steps(stated):
    given(*s.POISONED).when("retime", stated, *SAID, **BY).refused(
        "纠正后的时刻须按各步的先后，不早于此前最后一步，不晚于现在"
    )


def test_only_instants_ahead_are_corrected():
    correction = s.RETIMED[-1]
    one = correction.said["instants"][1:]
    given(*s.POISONED).recording(
        correction._replace(said=correction.said | {"instants": one})
    ).refused("只能纠正时刻晚于现在的步骤")


# the kind ---------------------------------------------------------------------------------------

WHOLE = sorted(set(STORIES) - {"POISONED", "RETIMED"})


@pytest.mark.parametrize("name", WHOLE)
def test_every_case_poisoned_at_any_step_becomes_the_case_that_it_should_be(name):
    """The office's dates are those of the right days; the applicant's are no earlier."""
    story = STORIES[name]
    right, now = told(*story), story[-1].at + timedelta(hours=1)
    instants = {version: fact.at for version, fact in enumerate(story, start=1)}
    for first in range(len(story)):
        stated = {version: at for version, at in instants.items() if version > first}
        wrong = poisoned(story, first)
        case = told(*after(wrong, "retime", stated, *SAID, by=s.SUPERVISOR, at=now))
        assert case.modified_on == now
        assert case.stage == right.stage
        assert case.found_on == right.found_on
        assert [(d.action, d.about) for d in case.duties] == [
            (d.action, d.about) for d in right.duties
        ]
        for duty, ought in zip(case.duties, right.duties, strict=True):
            late = duty.action in ("complete", "commit", "rectify", "supply", "hear")
            assert duty.due.on >= ought.due.on if late else duty.due == ought.due


def test_no_date_of_an_event_is_forgotten():
    """Every date that due.py counts is counted anew in the story of its event."""
    for event in sampled().values():
        assert set(DUE.get(type(event), {})) <= set(event.facts)


def test_the_dates_of_deferred_materials_stay_as_the_notice_told_them():
    story = poisoned(s.DEFERRED_NOTIFIED, 2)
    case = told(*after(story, "retime", {}, *SAID, **BY))
    told_then = told(*s.DEFERRED_NOTIFIED).notice.deferred
    assert case.notice.deferred == told_then


def test_what_the_applicant_owes_is_counted_from_the_day_of_the_correction():
    later = on("2026-11-02")
    case = told(
        *after(s.POISONED, "retime", {2: DAY_1, 3: DAY_1}, *SAID, by=s.SUPERVISOR, at=later)
    )
    assert case.notice.commit_by.on == date(2026, 11, 9)
    assert case.notice.day == local_date(DAY_1)


# a tolerance review, a catalogue item -----------------------------------------------------------


def test_a_poisoned_review_is_shut_until_its_instants_are_corrected():
    decided = {"by": r.RECORDER, "at": r.DECISION_DAY}
    blocked = given(*r.POISONED, of=ToleranceReview).when("exempt", r.decision(), **decided)
    blocked.refused("决定日期不能早于核查之日（工作方案 五）")
    stated = {2: r.CHECK_DAY}
    supervisor = {"by": s.SUPERVISOR, "at": r.DECISION_DAY}
    open_again = after(r.POISONED, "retime", stated, *SAID, of=ToleranceReview, **supervisor)
    step = given(*open_again, of=ToleranceReview).when("exempt", r.decision(), **decided)
    assert step.refusal is None
    assert step.it.checked.day == local_date(r.CHECK_DAY)


@pytest.mark.parametrize("name", ["RECONSIDERING", "APPEALED", "APPEALED_AT_ONCE"])
def test_the_answer_to_a_poisoned_contest_is_due_from_its_right_day(name):
    story = r.REVIEWS[name]
    right, contest = told(*story, of=ToleranceReview), story[-1]
    settle_by = _later(contest.said["settle_by"])
    wrong = contest._replace(at=contest.at + AHEAD, said=contest.said | {"settle_by": settle_by})
    retimed = after(
        (*story[:-1], wrong),
        *("retime", {len(story): contest.at}, *SAID),
        of=ToleranceReview,
        by=s.SUPERVISOR,
        at=contest.at + timedelta(days=1),
    )
    review = told(*retimed, of=ToleranceReview)
    assert (review.settle_by, review.contested_on) == (right.settle_by, right.contested_on)


def test_an_item_is_never_shut_by_an_instant_in_the_future():
    """No rule of the catalogue reads a day, so an item needs no correction."""
    listed: Any = [event for event in sampled().values() if event.TOPIC.startswith("item/")]
    ahead = [event.model_copy(update={"timestamp": s.AHEAD}) for event in listed[:3]]
    item = CatalogueItem.replay(_one_stream(ahead))
    assert item.admit(s.NOTICE, s.APPLICANT)
    item.revise(s.TERMS, by=DECIDER, at=NOW)
    item.delist("法规修改", by=DECIDER, at=NOW)


def _one_stream(events: list[Event]) -> list[Event]:
    return [
        each.model_copy(update={"originator_version": version})
        for version, each in enumerate(events, start=1)
    ]
