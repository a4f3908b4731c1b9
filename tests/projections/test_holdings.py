"""The register of holdings: what a case adds to it, and when."""

from datetime import date
from typing import Any

import pytest

from domain.case.acceptance.values import ToPutRight
from domain.case.promise.decisions import RefusalGround
from domain.case.promise.materials import Reused, Scan
from domain.case.values import BreachKind
from domain.catalogue.terms import Disposition
from domain.values.folding import fold
from projections.holdings.projection import HOLDINGS
from projections.read_model.projection import Rows
from tests import stories as s
from tests.given import CASE_ID, DECIDER, INSPECTOR, MARKET_OFFICE, Fact, after, history, on

SCAN = Scan(material="M-02", digest=s.digest("health"))
SUPPLY_DAY, REVIEW_DAY = on("2026-10-09"), on("2026-10-12")


SHARED = {"shareable": True, "replaced_by_promise": True}


def shared(health: Any = SHARED, plan: Any = SHARED) -> Any:
    """The pinned item of the stories, with these changes of its secondary materials."""
    materials = (s.FORM, s.HEALTH.model_copy(update=health), s.PLAN.model_copy(update=plan))
    terms = s.TERMS.model_copy(update={"materials": materials})
    return s.PINNED.model_copy(update={"terms": terms})


def register(*facts: Fact) -> list[dict[str, Any]]:
    rows: Rows = ()
    for position, event in enumerate(history(*facts), 7):
        if event.TOPIC in HOLDINGS.topics:
            rows = HOLDINGS.fold(rows, event, position)
    return list(rows)


def held(*facts: Fact) -> list[str]:
    return [row["material"] for row in register(*facts) if row["position"]]


def opened(
    *in_: str, kind: Any = s.NOTICE, who: Any = s.APPLICANT, **more: Any
) -> tuple[Fact, ...]:
    pinned = more.pop("pinned", shared())
    return after((), "open", kind, who, pinned, ("M-01", *in_), **more)


def test_what_was_scanned_is_held_from_the_opening_on():
    (row,) = register(*opened("M-02", scans=(SCAN,)))
    assert row == {
        "case_id": CASE_ID,
        "material": "M-02",
        "subject": s.APPLICANT.code,
        "name": fold(s.HEALTH.name),
        "holder": MARKET_OFFICE.name,
        "holder_code": MARKET_OFFICE.code,
        "digest": SCAN.digest,
        "valid_until": None,
        "held_on": on("2026-09-28").date(),
        "version": 1,
        "position": 7,
    }


def test_a_person_stands_there_by_reference():
    (row,) = register(*opened("M-02", who=s.PERSON, scans=(SCAN,)))
    assert row["subject"] == str(s.PERSON.ref)


@pytest.mark.parametrize("in_", [("M-02",), ("M-02", "M-03"), ()])
def test_what_was_not_scanned_is_not_held(in_):
    assert register(*opened(*in_)) == []


def test_what_is_not_shareable_is_not_held():
    kept = shared(health={"replaced_by_promise": True})
    assert register(*opened("M-02", pinned=kept, scans=(SCAN,))) == []


def test_what_nobody_may_ask_for_is_not_awaited():
    cancelled = shared(health={"shareable": True, "disposition": Disposition.CANCELLED}, plan={})
    assert register(*opened(kind=s.DEFERRED, pinned=cancelled)) == []


def test_what_is_reused_is_held_by_the_other_case_alone():
    other = Reused(material="M-02", digest=SCAN.digest, case=CASE_ID, holder=MARKET_OFFICE)
    rows = register(*opened(kind=s.DEFERRED, reused=(other,)))
    assert [(row["material"], row["position"]) for row in rows] == [("M-03", None)]


def test_a_deferred_material_is_held_once_it_is_accepted():
    story = _granted(opened(kind=s.DEFERRED))
    assert held(*story) == []
    supplied = after(story, "supply", "M-02", SCAN.digest, at=SUPPLY_DAY)
    assert held(*supplied) == []
    accepted = after(supplied, "accept", "M-02", by=DECIDER, at=REVIEW_DAY)
    (row,) = [row for row in register(*accepted) if row["material"] == "M-02"]
    assert (row["digest"], row["held_on"]) == (SCAN.digest, REVIEW_DAY.date())
    assert held(*accepted) == ["M-02"]


def test_a_material_that_was_returned_is_held_only_when_another_is_accepted():
    story = after(
        _granted(opened(kind=s.DEFERRED)), "supply", "M-02", s.digest("blurred"), at=SUPPLY_DAY
    )
    returned = after(story, "hand_back", "M-02", "看不清", by=DECIDER, at=SUPPLY_DAY)
    assert held(*returned) == []
    again = after(returned, "supply", "M-02", SCAN.digest, at=SUPPLY_DAY)
    accepted = after(again, "accept", "M-02", by=DECIDER, at=REVIEW_DAY)
    assert [row["digest"] for row in register(*accepted) if row["position"]] == [SCAN.digest]


@pytest.mark.parametrize(
    ("kind", "left"), [(BreachKind.FALSE_STATEMENT, 0), (BreachKind.NON_PERFORMANCE, 1)]
)
def test_no_other_case_relies_on_the_papers_of_a_false_statement(kind: BreachKind, left: int):
    granted = _granted(opened("M-02", scans=(SCAN,)))
    breached = after(granted, "find_breach", kind, "与实际不符", by=INSPECTOR, at=REVIEW_DAY)
    assert len(register(*breached)) == left


@pytest.mark.parametrize(
    ("ground", "left"), [(RefusalGround.UNTRUE, 0), (RefusalGround.CONDITIONS, 1)]
)
def test_nor_on_those_of_an_application_that_was_refused_as_untrue(ground, left: int):
    promised = _promised(opened("M-02", scans=(SCAN,)))
    refused = after(promised, "refuse", s.REJECTION, ground, "伪造的证明", by=DECIDER)
    assert len(register(*refused)) == left


def test_the_day_is_that_of_the_corrected_instant():
    ahead = opened("M-02", scans=(SCAN,), at=on("2030-01-01"))
    retimed = after(
        ahead,
        "retime",
        {},
        "时钟有误",
        s.digest("evidence"),
        "wu",
        by=SUPERVISOR,
        at=on("2026-09-28"),
    )
    (row,) = register(*retimed)
    assert row["held_on"] == on("2026-09-28").date()


SUPERVISOR = DECIDER.model_copy(update={"person": "zheng", "role": "supervisor"})


def _granted(story: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return after(_promised(story), "grant", s.PERMIT, by=DECIDER)


def _promised(story: tuple[Fact, ...]) -> tuple[Fact, ...]:
    cleared = after(story, "query", s.CLEAN)
    notified = after(cleared, "notify")
    return after(notified, "commit", s.letter(notified), s.code())


# an application that is accepted later ------------------------------------------------------------

HEALTH = ToPutRight(material="M-02", what="没有盖章，请重新提交")
PLAN = ToPutRight(material="M-03", what="没有提交，请补交")
NEW = Scan(material="M-02", digest=s.digest("health again"), valid_until=date(2028, 1, 1))


def received(*in_: str, **more: Any) -> tuple[Fact, ...]:
    pinned = shared({"shareable": True}, {"shareable": True})
    return opened(*in_, pinned=pinned, accept_later=True, **more)


def test_what_must_be_put_right_is_held_only_once_it_came_again():
    story = received("M-02", scans=(SCAN,))
    assert held(*story) == ["M-02"]
    asked = after(story, "ask_for_correction", (HEALTH, PLAN))
    assert held(*asked) == []
    came = ("receive_correction", SUPPLY_DAY.date(), ("M-02", "M-03"))
    (health,) = [
        row
        for row in register(*after(asked, *came, scans=(NEW,), at=SUPPLY_DAY))
        if row["position"]
    ]
    assert (health["digest"], health["valid_until"]) == (NEW.digest, NEW.valid_until)
    assert (health["held_on"], health["version"]) == (SUPPLY_DAY.date(), 3)


def test_what_comes_for_the_first_time_with_a_correction_is_held_from_then_on():
    lacking = ToPutRight(material="M-02", what="没有提交，请补交")
    asked = after(received("M-03"), "ask_for_correction", (lacking,))
    came = ("receive_correction", SUPPLY_DAY.date(), ("M-02",))
    assert held(*asked) == []
    assert held(*after(asked, *came, scans=(NEW,), at=SUPPLY_DAY)) == ["M-02"]
    assert held(*after(asked, *came, at=SUPPLY_DAY)) == []
