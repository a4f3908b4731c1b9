"""The sweep: the system acts once on every missed deadline and changes nothing else."""

import pytest

from application.case.commands import supervision, supplement
from application.case.deadlines import overdue
from application.execution.context import event_name
from domain.case import events as e
from domain.case import values as f
from domain.case.case import Case
from domain.case.stages import Stage
from domain.catalogue.terms import PinnedItem
from domain.kernel.aggregate import Event
from infrastructure.projector.projector import PROJECTIONS
from tests import stories as s
from tests.given import after, history, on
from tests.support.service_driver import HOUSING_OFFICE, STORIES, Office

ONE_LEFT = s.DEFERRED_ACCEPTED
BOTH_LEFT = s.DEFERRED_GRANTED
DECIDED_LAST = s.promised(after((), "open", s.DEFERRED, s.APPLICANT, s.DECIDED_LAST, ("M-01",)))


class Sweeping:
    """Sets the clock, updates the worklist and sweeps."""

    def __init__(self, service, clock):
        self.office, self.service, self.clock = Office(service), service, clock

    def on(self, day, hour=9, catch_up=True):
        self.clock.now = on(day, hour)
        if catch_up:
            self.service.projector.catch_up(PROJECTIONS["worklist"])
        return list(self.service.sweep.run(self.clock.now))

    def case(self, id) -> Case:
        return self.service.repository.get(Case, id)

    def last(self, id) -> Event:
        return self.service.repository.history(id)[-1].event


@pytest.fixture
def sweep(service, clock):
    return Sweeping(service, clock)


def test_a_missed_supplement_is_found_once_on_the_day_after_it_was_due(sweep):
    id = sweep.office.remembers(BOTH_LEFT)
    assert sweep.on("2026-10-10", hour=23) == []
    ((found, command),) = sweep.on("2026-10-11", hour=0)
    assert (found, command.kind) == (id, f.BreachKind.SUPPLEMENT_OVERDUE)
    assert sweep.case(id).stage is Stage.BREACHED
    assert sweep.on("2026-10-11", hour=1) == sweep.on("2026-10-12") == []
    assert sweep.case(id).version == len(BOTH_LEFT) + 1


def test_an_overdue_supplement_names_exactly_the_missing_materials(sweep):
    one, both = (sweep.office.remembers(story) for story in (ONE_LEFT, BOTH_LEFT))
    sweep.on("2026-10-11")
    assert sweep.last(one).finding == "补交期限已过，《经营场所布局图》仍未补齐"
    missing = "《从业人员健康证明》、《经营场所布局图》"
    assert sweep.last(both).finding == f"补交期限已过，{missing}仍未补齐"


def test_an_overdue_rectification_is_found_once_on_the_day_after_it_was_due(sweep):
    id = sweep.office.remembers(s.RECTIFYING)
    assert sweep.on("2026-11-13", hour=23) == []
    ((found, command),) = sweep.on("2026-11-14", hour=0)
    assert (found, command.shortfall) == (id, f.Shortfall.OVERDUE)
    assert sweep.case(id).stage is Stage.UNRECTIFIED
    assert sweep.on("2026-11-14", hour=1) == sweep.on("2026-11-20") == []
    assert isinstance(sweep.last(id), e.RectificationFailed)


def test_a_sweep_over_a_stale_worklist_repeats_no_command(sweep):
    ids = [sweep.office.remembers(story) for story in (BOTH_LEFT, s.DEFERRED_RECTIFYING)]
    assert len(sweep.on("2026-12-01")) == 2
    versions = [sweep.case(id).version for id in ids]
    assert sweep.on("2026-12-01", catch_up=False) == []
    assert [sweep.case(id).version for id in ids] == versions


def test_a_sweep_over_a_stale_worklist_respects_commands_executed_since(sweep):
    id = sweep.office.remembers(s.DEFERRED_SUPPLIED)
    sweep.on("2026-10-10")
    plan = supplement.Supply(material="M-03", digest=s.digest("plan"))
    sweep.office.acts(id, plan)
    for material in ("M-02", "M-03"):
        sweep.office.acts(id, supplement.AcceptMaterial(material=material), by=s.DECIDER)
    assert sweep.on("2026-10-11", catch_up=False) == []
    assert sweep.case(id).stage is Stage.GRANTED


@pytest.mark.parametrize("day", ["2026-10-11", "2028-01-01"])
def test_the_sweep_leaves_alone_what_only_a_person_may_decide(sweep, day):
    acted_on = {"DEFERRED_GRANTED", "DEFERRED_SUPPLIED", "DEFERRED_ACCEPTED", "DEFERRED_RETURNED"}
    acted_on |= {"RECTIFYING", "DEFERRED_RECTIFYING"}
    others = [story for name, story in STORIES.items() if name not in acted_on]
    for story in (*others, DECIDED_LAST):
        sweep.office.remembers(story)
    size = sweep.service.repository.recorder.max_notification_id()
    assert sweep.on(day) == []
    assert sweep.service.repository.recorder.max_notification_id() == size


def test_one_sweep_acts_on_every_case_the_longest_overdue_first(sweep):
    rectifying = sweep.office.remembers(s.RECTIFYING)
    short = sweep.office.remembers(BOTH_LEFT)
    done = sweep.on("2026-12-01")
    assert [(id, type(command)) for id, command in done] == [
        (short, supervision.FindBreach),
        (rectifying, supervision.FailRectification),
    ]


def test_the_sweep_acts_as_the_system_for_the_office_that_supervises(sweep):
    item = s.ITEM.model_copy(update={"supervisor": HOUSING_OFFICE})
    pinned = PinnedItem(item=item, version=1, terms=s.TERMS)
    first, *others = BOTH_LEFT
    story = (first._replace(said=first.said | {"pinned": pinned}), *others)
    id = sweep.office.remembers(story)
    sweep.on("2026-10-11")
    recorded = sweep.service.repository.history(id)[-1]
    by = recorded.event.by
    assert (by.person, by.role, by.department) == ("system", "system", HOUSING_OFFICE)
    assert recorded.event.timestamp == sweep.clock.now
    assert recorded.channel == "system"


@pytest.mark.parametrize(
    ("story", "setting"),
    [
        (BOTH_LEFT, e.CommitmentMade),
        (s.DEFERRED_RETURNED, e.MaterialReturned),
        (s.RECTIFYING, e.RectificationOrdered),
    ],
    ids=("promised", "returned", "ordered"),
)
def test_the_cause_of_a_command_of_the_sweep_is_the_event_that_set_the_deadline(
    sweep, story, setting
):
    id = sweep.office.remembers(story)
    sweep.on("2026-12-01")
    *earlier, last = sweep.service.repository.history(id)
    causes = [each.event for each in earlier if type(each.event) is setting]
    assert last.causation == event_name(causes[-1])


def test_a_missed_deadline_that_only_a_person_may_judge_yields_no_command():
    for story in (s.GRANTED, s.BREACHED, DECIDED_LAST):
        case = Case.replay(history(*story))
        assert all(overdue(case, duty.action) is None for duty in case.duties)
