"""The duties that can be done on a day: of a sanction only its next step, never two at once."""

from datetime import date

import pytest

from domain.case.case import Case
from domain.case.events import RectificationFailed
from tests import stories as s
from tests.domain.test_events import loaded
from tests.given import told
from tests.support.service_driver import STORIES

LAST_DAY_TO_ANSWER = date(2026, 11, 23)


def ready(story, day):
    """The duties on the line; the delivery of the decision is owed beside it."""
    return [duty.action for duty in told(*story).ready(day) if duty.action != "deliver"]


@pytest.mark.parametrize(
    ("story", "next_step"),
    [
        (s.UNRECTIFIED, "forewarn"),
        (STORIES["UNCOOPERATIVE"], "forewarn"),
        (s.FOREWARNED, "hear"),
        (s.HEARD, "penalize"),
        (s.WAIVED, "penalize"),
    ],
    ids=len,
)
def test_a_sanction_is_owed_step_by_step(story, next_step):
    assert ready(story, date(2026, 11, 16)) == [next_step]


def test_a_party_that_lets_its_period_pass_need_not_be_heard_any_more():
    assert ready(s.FOREWARNED, LAST_DAY_TO_ANSWER) == ["hear"]
    assert ready(s.FOREWARNED, date(2026, 11, 24)) == ["penalize"]


def test_a_notice_that_is_late_is_still_the_next_step():
    assert ready(s.UNRECTIFIED, date(2027, 3, 1)) == ["forewarn"]


def test_an_event_of_an_earlier_release_owes_the_notice_by_the_day_that_it_recorded():
    failed = s.UNRECTIFIED[-1]
    case = told(*s.UNRECTIFIED)
    state = case.past[-1].model_dump(mode="json", exclude={"originator_id", "originator_version"})
    del state["forewarn_by"]
    line = {"topic": RectificationFailed.TOPIC, "id": str(case.id), "version": case.version}
    old = Case.replay([*case.past[:-1], loaded(line | {"state": state})])
    line = [duty for duty in old.duties if duty.action != "deliver"]
    assert [(duty.action, duty.due) for duty in line] == [
        ("forewarn", failed.said["penalize_by"]),
        ("penalize", failed.said["penalize_by"]),
    ]
    first = [duty.action for duty in old.ready(date(2026, 11, 16))]
    assert first == ["deliver", "forewarn"]


def test_a_correction_of_an_earlier_release_leaves_the_notice_owed():
    """It recorded the duties that its release knew: the sanction alone."""
    unrectified, known = told(*s.UNRECTIFIED), ("penalize", s.UNRECTIFIED[-1].said["penalize_by"])
    correction = next(fact for fact in s.RETIMED if fact.event.TOPIC == "case/instants-corrected")
    said = correction.said | {"instants": (), "owed": (known,)}
    story = (*s.UNRECTIFIED, correction._replace(said=said, at=unrectified.modified_on))
    assert [duty.action for duty in told(*story).duties] == ["forewarn", "penalize"]
