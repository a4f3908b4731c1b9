"""Opening a case: materials are received for an active item."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import events as e
from domain.case.case import Case
from domain.case.promise.materials import Reused, Scan
from domain.catalogue.terms import Disposition, PinnedItem
from tests import stories as s
from tests.given import DAY_1, MARKET_OFFICE, Fact, after, due, fact, given, on, told

NOT_TO_BE_ASKED = (
    "收到的材料里，有已经取消、部门内部共享或者本市已经持有的，"
    "不得向申请人索要，请从收到的材料中去掉"
)


def opened(**said: object) -> Fact:
    usual = {"kind": s.NOTICE, "applicant": s.APPLICANT, "pinned": s.PINNED, "submitted": s.ALL_IN}
    unsaid = dict.fromkeys(("renamed", "guardian", "own_income", "legal_representative"))
    more = {"query_by": due("2026-09-28"), "scans": (), "reused": (), "accept_by": None} | unsaid
    return fact(e.CaseOpened, **usual | more | said)


def test_a_case_with_all_materials_opens_and_its_query_is_due_the_same_day():
    given().when("open", s.NOTICE, s.APPLICANT, s.PINNED, s.ALL_IN).then(opened()).owes(
        ("query", "2026-09-28")
    )


def test_a_case_opened_late_at_night_is_opened_on_the_day_it_is_in_shanghai():
    late = on("2026-09-28", hour=23)
    given().when("open", s.NOTICE, s.APPLICANT, s.PINNED, s.ALL_IN, at=late).then(opened())


def test_a_natural_person_may_apply():
    given().when("open", s.NOTICE, s.PERSON, s.PINNED, s.ALL_IN).then(opened(applicant=s.PERSON))


def test_a_deferred_case_opens_without_its_secondary_materials():
    given().when("open", s.DEFERRED, s.APPLICANT, s.PINNED, ("M-01",)).then(
        opened(kind=s.DEFERRED, submitted=("M-01",))
    )


def test_only_a_deferred_materials_case_has_missing_materials():
    assert told(*s.DEFERRED_OPENED).missing == {"M-02", "M-03"}
    assert told(opened(submitted=("M-01",))).missing == set()


def test_a_material_outside_the_items_list_is_refused():
    given().when("open", s.NOTICE, s.APPLICANT, s.PINNED, (*s.ALL_IN, "M-09")).refused(
        "收取的材料不在该事项的材料清单内，清单之外不得索要"
    )


@pytest.mark.parametrize("kind", [s.NOTICE, s.DEFERRED])
def test_no_case_opens_without_a_primary_material(kind):
    given().when("open", kind, s.APPLICANT, s.PINNED, ("M-02",)).refused(
        "主要申请材料不齐全，不能启用信用承诺（自2026年3月1日起施行的《河南省优化营商环境条例》）"
    )


def item_with(**marked: object) -> PinnedItem:
    """The item, of whose health certificates (M-02) something more is known."""
    materials = (s.FORM, s.HEALTH.model_copy(update=marked), s.PLAN)
    terms = s.TERMS.model_copy(update={"materials": materials})
    return s.PINNED.model_copy(update={"terms": terms})


ALL_BUT_HEALTH = ("M-01", "M-03")
HELD = Reused(material="M-02", digest=s.digest("held"), case=UUID(int=7), holder=MARKET_OFFICE)


def test_a_promise_replaces_only_what_the_item_says_it_replaces():
    given().when("open", s.NOTICE, s.APPLICANT, s.PINNED, ALL_BUT_HEALTH).refused(
        "没有提交的材料里，有清单没有写明可以由承诺替代的；请收取这些材料，或者采用容缺受理"
    )
    pinned = item_with(replaced_by_promise=True)
    given().when("open", s.NOTICE, s.APPLICANT, pinned, ALL_BUT_HEALTH).then(
        opened(pinned=pinned, submitted=ALL_BUT_HEALTH)
    )


def test_a_promise_may_replace_even_a_primary_material_but_nobody_defers_one():
    materials = (s.FORM.model_copy(update={"replaced_by_promise": True}), s.HEALTH, s.PLAN)
    terms = s.TERMS.model_copy(update={"materials": materials})
    pinned = s.PINNED.model_copy(update={"terms": terms})
    case = told(*after((), "open", s.NOTICE, s.APPLICANT, pinned, ("M-02", "M-03")))
    assert [each.code for each in case.replaced] == ["M-01"]
    given().when("open", s.DEFERRED, s.APPLICANT, pinned, ("M-02",)).refused(
        "主要申请材料不齐全，不能启用信用承诺（自2026年3月1日起施行的《河南省优化营商环境条例》）"
    )


@pytest.mark.parametrize("kind", [s.NOTICE, s.DEFERRED])
@pytest.mark.parametrize("done", [Disposition.CANCELLED, Disposition.SHARED_INTERNALLY])
def test_what_was_cancelled_or_is_shared_is_neither_taken_nor_missed(kind, done):
    pinned = item_with(disposition=done)
    given().when("open", kind, s.APPLICANT, pinned, ("M-01", "M-02")).refused(NOT_TO_BE_ASKED)
    submitted = ALL_BUT_HEALTH if kind is s.NOTICE else ("M-01",)
    case = told(*after((), "open", kind, s.APPLICANT, pinned, submitted))
    assert "M-02" not in case.missing


def test_what_the_city_holds_is_neither_taken_nor_missed():
    open_ = ("open", s.DEFERRED, s.APPLICANT, s.PINNED)
    given().when(*open_, ("M-01", "M-02"), reused=(HELD,)).refused(NOT_TO_BE_ASKED)
    case = told(*after((), *open_, ("M-01",), reused=(HELD,)))
    assert case.missing == {"M-03"}
    given().when(*open_, ("M-01", "M-03"), reused=(HELD,)).refused(
        "材料已经齐全，不需要容缺受理，请选择告知承诺或者直接办理"
    )


@pytest.mark.parametrize("scanned", [("M-02",), ("M-01", "M-01")])
def test_a_scan_is_of_one_material_that_was_handed_in(scanned):
    scans = tuple(Scan(material=each, digest=s.digest(each)) for each in scanned)
    given().when("open", s.DEFERRED, s.APPLICANT, s.PINNED, ("M-01",), scans=scans).refused(
        "电子件对应的材料不在收到的材料里，或者同一份材料的电子件重复"
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@for_all(distance=st.integers(-1, 1) | st.integers(-2500, 2500), late=st.booleans())
def test_a_scan_is_valid_on_the_day_it_is_taken_and_for_fifty_years_at_most(distance, late):
    first, last = date(2026, 9, 28), date(2076, 9, 28)
    day = (last if late else first) + timedelta(days=distance)
    scan = Scan(material="M-02", digest=s.digest("health"), valid_until=day)
    application = (s.NOTICE, s.APPLICANT, s.PINNED, s.ALL_IN)
    refusal = given().when("open", *application, scans=(scan,)).refusal
    assert (refusal is None) == (first <= day <= last)


def test_a_deferred_case_with_all_materials_is_refused():
    given().when("open", s.DEFERRED, s.APPLICANT, s.PINNED, s.ALL_IN).refused(
        "材料已经齐全，不需要容缺受理，请选择告知承诺或者直接办理"
    )


def test_a_new_case_stands_at_the_start_of_its_main_line():
    case: Case = told(*s.OPENED)
    assert (case.stage, case.hearing, case.supplements) == ("received", "none", {})
    assert (case.region, case.created_on) == ("411281", DAY_1)
