"""Opening a case: materials are received for an active item."""

import pytest

from domain.case import events as e
from domain.case.case import Case
from tests import stories as s
from tests.given import DAY_1, Fact, due, fact, given, on, told


def opened(**said: object) -> Fact:
    usual = {"kind": s.NOTICE, "applicant": s.APPLICANT, "pinned": s.PINNED, "submitted": s.ALL_IN}
    unsaid = dict.fromkeys(("renamed", "guardian", "own_income", "legal_representative"))
    more = {"query_by": due("2026-09-28")} | unsaid
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


def test_a_deferred_case_with_all_materials_is_refused():
    given().when("open", s.DEFERRED, s.APPLICANT, s.PINNED, s.ALL_IN).refused(
        "材料已经齐全，不需要容缺受理，请选择告知承诺或者直接办理"
    )


def test_a_new_case_stands_at_the_start_of_its_main_line():
    case: Case = told(*s.OPENED)
    assert (case.stage, case.hearing, case.supplements) == ("received", "none", {})
    assert (case.region, case.created_on) == ("411281", DAY_1)
