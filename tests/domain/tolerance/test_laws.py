"""Laws that hold for every tolerance review: random actors try random actions on any ground."""

from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.kernel.errors import DomainError
from domain.kernel.lifecycle import Attempt
from domain.tolerance import events as e
from domain.tolerance import grounds as g
from domain.tolerance.lifecycle import ACTIONS, REVIEW
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from domain.tolerance.state import OUTCOMES
from domain.values.workdays import local_date
from tests import reviews as r
from tests.domain.case.test_laws import reread
from tests.given import MARKET_OFFICE, done, history

PEOPLE = ("wu", "zhao", "han", "zheng", "wang", "jiang", "stranger")
BODIES = (r.COMMISSION, r.COMMISSION, r.ORGANISATION, MARKET_OFFICE, r.CITY)
ACTORS = [
    r.RECORDER.model_copy(update={"person": person, "department": body})
    for person in PEOPLE
    for body in BODIES
]
DECISIONS = (e.Exempted, e.Mitigated, e.NotExempted)
RULINGS = (e.ReconsiderationSettled, e.AppealSettled)
BOOLS = st.booleans() | st.just(True)
SOME_PEOPLE = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
DECIDERS = st.just(("shen", "cao")) | SOME_PEOPLE.map(tuple)
AUTHORITIES = st.sampled_from((r.ORGANISATION, r.ORGANISATION, r.PREFECTURE, MARKET_OFFICE))
BEGINNINGS = {ground.ground.name: r.requested(ground=ground) for ground in r.GROUNDS} | {
    name: r.REVIEWS[name]
    for name in ("CHECKED", "UNCONFIRMED", "MITIGATED", "NOT_EXEMPTED", "NOTIFIED", "RECONSIDERED")
}


@st.composite
def documents(draw, today):
    """The decision of a random authority, dated today or yesterday."""
    issued_on = today - timedelta(days=draw(st.sampled_from((0, 0, 1))))
    authority, deciders = draw(AUTHORITIES), draw(DECIDERS)
    return r.decision(authority=authority, deciders=deciders, issued_on=issued_on)


@st.composite
def moves(draw, action, today):
    """A verb of this action, with arguments that may fit or not."""
    if action == "check":
        met = {name: draw(BOOLS) for name in ("facts", *r.FOUR)}
        return "check", (r.check(**met),)
    if action == "decide":
        document = draw(documents(today))
        senior = draw(st.sampled_from((None, r.SIGNED_OFF)))
        verbs = [("exempt", (document,)), ("mitigate", (document,)), ("refuse", (document, senior))]
        return draw(st.sampled_from(verbs))
    if action == "settle":
        document, changed = draw(documents(today)), draw(st.sampled_from((None, *g.Outcome)))
        return "settle", (r.f.Ruling(decision=document, changed_to=changed, served_on=today),)
    if action == "notify":
        return "notify", (draw(st.sampled_from(("zhao", "zhao", "han"))), today)
    if action == "retime":
        return "retime", ({}, "时钟快了", r.digest("clock"), "wu")
    return action, ("理由",)


class AnyReview(RuleBasedStateMachine):
    @initialize(story=st.sampled_from(list(BEGINNINGS)))
    def begins(self, story):
        self.events = history(*BEGINNINGS[story], of=ToleranceReview)
        self.review = ToleranceReview.replay(self.events)
        self.now = self.events[-1].timestamp

    @rule(days=st.sampled_from([0, 1, 1, 3, 15, 31]))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(by=st.sampled_from(ACTORS), data=st.data())
    def someone_does_what_is_offered(self, by, data):
        if actions := self.review.open_actions(by, self.now):
            self.try_it(data.draw(st.sampled_from(actions)), by, data)

    @rule(data=st.data())
    def the_competent_actor_takes_the_next_step(self, data):
        by = r.CHECKER if self.review.stage is Stage.REQUESTED else r.RECORDER
        actions = self.review.open_actions(by, self.now)
        if further := [action for action in actions if action != "withdraw"]:
            self.try_it(data.draw(st.sampled_from(further)), by, data)

    @rule(action=st.sampled_from(list(ACTIONS)[1:]), by=st.sampled_from(ACTORS), data=st.data())
    def someone_does_anything(self, action, by, data):
        self.try_it(action, by, data)

    def try_it(self, action, by, data):
        verb, args = data.draw(moves(action, local_date(self.now)))
        was_offered = self.review.open_actions(by, self.now)
        try:
            done(self.review, verb, *args, by=by, at=self.now)
        except DomainError as refusal:
            assert any("\u4e00" <= character <= "\u9fff" for character in str(refusal))
        else:
            assert action in was_offered
            assert len(self.review.pending_events) == 1
        self.events += self.review.collect_events()

    def recorded(self, *classes):
        return [event for event in self.events if isinstance(event, classes)]

    @invariant()
    def a_replayed_review_equals_the_live_review(self):
        assert ToleranceReview.replay(map(reread, self.events)) == self.review

    @invariant()
    def a_review_offers_what_the_table_allows_and_nothing_once_it_is_over(self):
        for by in ACTORS[:: len(BODIES)]:
            listed = self.review.open_actions(by, self.now)
            allowed = {
                step.action
                for step in REVIEW.steps
                if self.review.stage in step.source
                and all(rule(self.review, Attempt(by, self.now)) for rule in step.when)
            }
            assert set(listed) == allowed
            assert not (listed and self.review.stage in (Stage.FINAL, Stage.WITHDRAWN))

    @invariant()
    def nobody_involved_checks_decides_or_rules(self):
        request, *_ = self.events
        involved = {request.by.person, request.concerned.person, request.concerned.superior}
        checks = self.recorded(e.FactsChecked)
        assert not involved & {event.by.person for event in checks}
        barred = involved | {event.by.person for event in checks}
        for event in self.recorded(*DECISIONS):
            assert not barred & {event.by.person, *event.decision.deciders}
        for event in self.recorded(*RULINGS):
            assert not barred & {event.by.person, *event.ruling.decision.deciders}

    @invariant()
    def no_error_is_forgiven_without_confirmed_facts(self):
        for event in self.recorded(e.Exempted, e.Mitigated):
            (checked,) = self.recorded(e.FactsChecked)
            assert checked.check.facts_confirmed
            assert checked.check.conditions.all_met or isinstance(event, e.Mitigated)

    @invariant()
    def no_request_that_meets_all_conditions_is_refused_without_a_senior(self):
        for event in self.recorded(e.NotExempted):
            (checked,) = self.recorded(e.FactsChecked)
            assert event.sign_off or not checked.check.all_four_met

    @invariant()
    def the_outcome_never_gets_worse(self):
        outcomes = [OUTCOMES[type(event)] for event in self.recorded(*DECISIONS)]
        outcomes += [x.ruling.changed_to for x in self.recorded(*RULINGS) if x.ruling.changed_to]
        burdens = [outcome.burden for outcome in outcomes]
        assert burdens == sorted(burdens, reverse=True)
        assert self.review.outcome == (outcomes[-1] if outcomes else None)


AnyReview.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
)
test_laws_of_a_review = AnyReview.TestCase
