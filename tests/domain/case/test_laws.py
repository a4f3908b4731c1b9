"""Laws that hold for every case: random actors try random actions while time passes."""

from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.case import events as e
from domain.case import values as f
from domain.case.case import Case
from domain.case.delivery.values import DeliveryManner
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Hearing, Stage
from domain.kernel.aggregate import Event
from domain.kernel.errors import DomainError
from domain.kernel.lifecycle import Attempt
from domain.values.parties import Actor
from domain.values.workdays import local_date
from tests import stories as s
from tests.given import CHAIR, CLERK, DECIDER, INSPECTOR, PROPOSER, SYSTEM, after, done, history

OPENED_SHORT = after((), "open", s.DEFERRED, s.APPLICANT, s.DECIDED_LAST, ("M-01",))
BEGINNINGS = {
    "received": s.RECEIVED,
    "asked": s.ASKED,
    "completed": s.COMPLETED,
    "opened": s.OPENED,
    "opened short": OPENED_SHORT,
    "committed": s.COMMITTED,
    "committed short": s.promised(OPENED_SHORT),
    "unchecked": s.UNCHECKED,
    "granted short": s.DEFERRED_GRANTED,
    "one supplied": s.DEFERRED_SUPPLIED,
    "breached": s.BREACHED,
    "rectifying short": s.DEFERRED_RECTIFYING,
    "unrectified": s.UNRECTIFIED,
    "forewarned": s.FOREWARNED,
    "retimed": s.RETIMED,
}
STRANGER = CLERK.model_copy(update={"person": "wu"})
NEWCOMER = CLERK.model_copy(update={"person": "zheng"})  # is offered actions, takes none
ACTORS = (CLERK, DECIDER, INSPECTOR, PROPOSER, CHAIR, SYSTEM, STRANGER)
ENDS = {Stage.REFUSED, Stage.FULFILLED, Stage.PENALIZED, Stage.SPARED, Stage.DIVERTED}
KEPT = f.Verdict(status=f.FulfilmentStatus.FULLY_FULFILLED)
NAMES = (s.APPLICANT.name, "义马市百味食品有限公司")
MEASURES, GENERAL = (s.KEY_REVIEW,), f.Severity.GENERAL
NAMINGS = (e.CaseOpened, e.IdentityCorrected)
DECISIONS = (e.ApplicationGranted, e.ApplicationRefused, e.DecisionCorrected)
AFTER_THE_END = {"correct", "contact", "deliver", "amend"}
CREDIT = (e.CreditCleared, e.CreditReconfirmed)

Move = tuple[str, tuple[Any, ...]]
"""A verb with its arguments."""
Moves = dict[str, list[Move]]


def moves(case: Case, action: str, now: datetime) -> list[Move]:
    """The verbs of an action, each with arguments that may fit at that moment."""
    line = accepting(now) | up_to_the_decision(case, now) | checking(now)
    line |= after_the_decision(now)
    return (line | delivering(now) | beside_the_line())[action]


def accepting(now: datetime) -> Moves:
    asked = ((s.HEALTH_IS_MISSING,), (s.FORM_IS_INCOMPLETE,))
    came = (("M-02",), ("M-09",), ())
    return {
        "accept": [
            *(("ask_for_correction", (each,)) for each in asked),
            ("accept_application", ()),
        ],
        "complete": [("receive_correction", (local_date(now), codes)) for codes in came],
    }


def up_to_the_decision(case: Case, now: datetime) -> Moves:
    notice_digest = case.notice.digest if case.notice else s.digest("no notice")
    signed = s.letter_for(case, now, notice_digest=notice_digest)
    return {
        "query": [("query", (answer,)) for answer in (s.CLEAN, s.CLEAN, s.CLEAN, s.EXCLUDED)],
        "notify": [("notify", ())],
        "renotify": [("renotify", ("补交期限有误",))],
        "commit": [("commit", (signed, s.code(now)))] * 3 + [("decline", ("改走一般程序",))],
        "decide": [("grant", (s.PERMIT,))] * 3 + [("refuse", (s.REJECTION, s.UNFIT, "不符合条件"))],
        "withdraw": [("withdraw", ("暂缓",))],
    }


def checking(now: datetime) -> Moves:
    found = (("已核对", True), ("不符", False))
    said = [("wu", local_date(now), text, true, s.digest("record")) for text, true in found]
    return {"check": [("check", each) for each in said]}


def after_the_decision(now: datetime) -> Moves:
    today = local_date(now)
    basis = s.BASIS.model_copy(update={"issued_on": today, "served_on": today})
    breaches: list[Move] = [("find_breach", (kind, "与承诺不符")) for kind in f.BreachKind]
    failures: list[Move] = [("fail_rectification", (short, "未改正")) for short in f.Shortfall]
    penalties: list[Move] = [("penalize", (MEASURES, GENERAL, basis, v)) for v in (s.BROKEN, KEPT)]
    spared: Move = ("spare", (f.SparedReason.NO_FAULT, "没有过错", s.BROKEN, s.EVIDENCE))
    return {
        "inspect": [("pass_inspection", ("一致",)), *breaches],
        "rectify": [
            ("order_rectification", (("改正",),)),
            ("accept_rectification", ("已改正", today)),
            *failures,
            ("refuse_rectification", (s.SIGNED_REFUSAL,)),
        ],
        "penalize": [
            *penalties,
            spared,
        ],
    }


def delivering(now: datetime) -> Moves:
    said = (s.DATED_PERMIT, s.PERMIT.model_copy(update={"title": "许可证"}))
    return {
        "deliver": [("deliver", (DeliveryManner.AT_COUNTER, local_date(now), s.RECEIPT))],
        "amend": [("amend", (each, "笔误", "wu")) for each in said],
    }


def beside_the_line() -> Moves:
    accepted: list[Move] = [("accept", (material,)) for material in ("M-02", "M-03")]
    return {
        "supply": [("supply", (m, s.digest(m))) for m in ("M-01", "M-02", "M-03")],
        "review": [*accepted, ("hand_back", ("M-02", "缺页"))],
        "forewarn": [("forewarn", (MEASURES, "未改正"))],
        "retime": [("retime", ({}, "时钟快了", s.digest("clock"), "wu"))],
        "contact": [("agree_to_messages", (UUID(int=1),)), ("withdraw_messages", ())],
        "correct": [("correct", (name, "录入有误", s.digest(name))) for name in NAMES],
        "hear": [("hear", ("陈述", "不采纳")), ("waive_hearing", (s.digest("waiver"),))],
    }


def reread(event: Event) -> Event:
    """The event after a round trip through JSON, as the store returns it."""
    return type(event).model_validate_json(event.model_dump_json())


def offered(case: Case, by: Actor, at: datetime) -> set[str]:
    """The actions that the tables open to this actor, computed without the machine."""
    return {
        step.action
        for lifecycle in Case.LIFECYCLES
        for part in case._parts(lifecycle)
        for step in lifecycle.steps
        if getattr(part, lifecycle.attribute) in step.source
        and all(condition(case, Attempt(by, at)) for condition in step.when)
    }


def ran(case: Case, by: Actor, at: datetime) -> list[str]:
    """The actions that the machines open to this actor; each runs on a throw-away cursor."""
    actions = []
    for lifecycle in Case.LIFECYCLES:
        for part in case._parts(lifecycle):
            stage = getattr(part, lifecycle.attribute)
            for action in lifecycle.machine.get_triggers(stage):
                run, cursor = lifecycle.machine.events[action].trigger, SimpleNamespace(state=stage)
                actions += [action] if run(cursor, case, Attempt(by, at)) else []
    return list(dict.fromkeys(actions))


class AnyCase(RuleBasedStateMachine):
    @initialize(story=st.sampled_from(list(BEGINNINGS)))
    def begins(self, story):
        self.events = history(*BEGINNINGS[story])
        self.case = Case.replay(self.events)
        self.now = self.events[-1].timestamp

    @rule(days=st.sampled_from([0, 1, 2, 5, 12, 25]), hours=st.integers(0, 20))
    def time_passes(self, days, hours):
        self.now += timedelta(days=days, hours=hours)

    @precondition(lambda self: self.case.stage not in ENDS)
    @rule(by=st.sampled_from(ACTORS), data=st.data())
    def someone_does_what_is_offered(self, by, data):
        if actions := self.case.open_actions(by, self.now):
            self.try_it(data.draw(st.sampled_from(actions)), by, data)

    @precondition(lambda self: self.case.stage not in ENDS)
    @rule(data=st.data())
    def a_stranger_does_what_is_owed(self, data):
        owed = self.case.ready(local_date(self.now))
        self.try_it(data.draw(st.sampled_from(owed)).action, STRANGER, data)

    @rule(action=st.sampled_from(list(ACTIONS)[1:]), by=st.sampled_from(ACTORS), data=st.data())
    def someone_does_anything(self, action, by, data):
        self.try_it(action, by, data)

    def try_it(self, action, by, data):
        verb, args = data.draw(st.sampled_from(moves(self.case, action, self.now)))
        was_offered = self.case.open_actions(by, self.now)
        try:
            done(self.case, verb, *args, by=by, at=self.now)
        except DomainError as refusal:
            assert any("\u4e00" <= character <= "\u9fff" for character in str(refusal))
        else:
            assert action in was_offered
            assert len(self.case.pending_events) == 1
        self.events += self.case.collect_events()

    @invariant()
    def a_replayed_case_equals_the_live_case(self):
        assert Case.replay(map(reread, self.events)) == self.case
        assert [event.originator_version for event in self.events] == [
            *range(1, len(self.events) + 1)
        ]

    @invariant()
    def every_open_case_has_a_next_due_date_and_a_closed_one_owes_a_delivery_at_most(self):
        next_due, ready = self.next_due_and_ready()
        on_the_line = [duty for duty in ready if duty.action != "deliver"]
        assert (not on_the_line) == (self.case.stage in ENDS)
        assert next_due == min(ready, key=lambda d: d.due.on, default=None)

    @invariant()
    def of_a_sanction_only_the_next_step_is_ready(self):
        _, ready = self.next_due_and_ready()
        steps = [duty.action for duty in ready if duty.action in ("forewarn", "hear", "penalize")]
        assert len(steps) == (self.case.stage is Stage.UNRECTIFIED)
        if "penalize" in steps:
            told, today = self.case.statement_until, local_date(self.now)
            assert told and (self.case.hearing_is_closed or told.passed(today))

    def next_due_and_ready(self):
        today = local_date(self.now)
        return self.case.next_due(today), self.case.ready(today)

    @invariant()
    def every_action_owed_is_open_to_somebody(self):
        _, ready = self.next_due_and_ready()
        assert {duty.action for duty in ready} <= offered(self.case, NEWCOMER, self.now)
        supplies = {(d.action, d.about) for d in self.case.duties if d.about}
        owed_as = {"awaited": "supply", "supplied": "review"}
        for action, material in supplies:
            assert owed_as[self.case.supplements[material].supply] == action

    @invariant()
    def the_case_offers_what_the_tables_allow_and_once_it_is_over_only_what_mends_it(self):
        for by in ACTORS:
            listed = self.case.open_actions(by, self.now)
            assert set(listed) == offered(self.case, by, self.now)
            assert listed == ran(self.case, by, self.now)
            assert len(listed) == len(set(listed))
            assert set(listed) <= AFTER_THE_END or self.case.stage not in ENDS

    @invariant()
    def nothing_is_asked_of_the_platform_before_the_acceptance(self):
        classes = [type(event) for event in self.events]
        assert classes.count(e.CorrectionAsked) <= 1
        if self.case.is_accepted_later and any(each in CREDIT for each in classes):
            first = min(classes.index(each) for each in CREDIT if each in classes)
            assert e.ApplicationAccepted in classes[:first]

    @invariant()
    def a_decision_is_owed_to_the_applicant_until_it_is_delivered(self):
        owed = [duty for duty in self.case.duties if duty.action == "deliver"]
        assert len(owed) == (self.case.decided is not None and self.case.delivered is None)

    @invariant()
    def the_decision_in_force_is_the_one_that_was_said_last(self):
        said = [each for each in self.events if isinstance(each, DECISIONS)]
        assert (self.case.decision_document is None) == (not said)
        assert not said or self.case.decision_document.number == said[-1].document.number
        amended = [each for each in said if isinstance(each, e.DecisionCorrected)]
        assert all(each.approved_by != each.by.person for each in amended)

    @invariant()
    def a_name_is_corrected_by_another_than_who_gave_it(self):
        given = [each for each in self.events if isinstance(each, NAMINGS)]
        assert all(one.by.person != other.by.person for one, other in pairwise(given))
        corrected = [each for each in given if isinstance(each, e.IdentityCorrected)]
        assert self.case.applicant.name == (corrected[-1].name if corrected else s.APPLICANT.name)

    @invariant()
    def nothing_is_granted_without_a_fresh_clean_answer(self):
        seen: list[Event] = []
        for event in self.events:
            if isinstance(event, e.ApplicationGranted):
                answer = [past for past in seen if isinstance(past, CREDIT)][-1]
                assert not answer.answer.findings
                assert event.day <= answer.fresh_until.on
            seen.append(event)

    @invariant()
    def where_a_check_is_needed_two_found_it_true_before_a_grant(self):
        seen: list[Event] = []
        for event in self.events:
            if isinstance(event, e.ApplicationGranted) and self.case.terms.substantive_check:
                check = [past for past in seen if isinstance(past, e.SubstanceChecked)][-1]
                assert check.found_true
                assert len(set(check.officers)) == 2
            seen.append(event)
        assert self.case.terms.substantive_check or not self.case.checked

    @invariant()
    def a_check_is_owed_until_it_is_done(self):
        owed = [duty for duty in self.case.duties if duty.action == "check"]
        waits = self.case.stage is Stage.COMMITTED and self.case.terms.substantive_check
        assert len(owed) == (waits and not self.case.checked)

    @invariant()
    def a_sanction_follows_an_order_and_a_hearing_or_its_last_day(self):
        if penalty := self.case.last(e.PenaltyImposed):
            classes = [type(event) for event in self.events]
            order = classes.index(e.RectificationOrdered)
            assert order < classes.index(e.SanctionForewarned) < classes.index(e.PenaltyImposed)
            assert self.case.hearing is not Hearing.NONE
            silent = self.case.hearing is Hearing.FOREWARNED
            assert not silent or penalty.day > self.case.statement_until.on

    @invariant()
    def deciders_investigators_and_judges_are_different_people(self):
        by = {type(event): set() for event in self.events}
        for event in self.events:
            by[type(event)].add(event.by.person)
        judges = by.get(e.PenaltyImposed, set()) | by.get(e.PenaltyWaived, set())
        hearers = by.get(e.StatementHeard, set()) | by.get(e.StatementWaived, set())
        findings = (e.BreachFound, e.RectificationFailed, e.RectificationRefused)
        investigators = set().union(
            *(by.get(event, set()) for event in (*findings, e.SanctionForewarned))
        )
        assert not investigators & judges
        assert not investigators & hearers
        inspectors = investigators | by.get(e.InspectionPassed, set()) | by.get(e.Rectified, set())
        assert not by.get(e.ApplicationGranted, set()) & inspectors


AnyCase.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),  # Phase.explain takes minutes
)
test_laws_of_a_case = AnyCase.TestCase
