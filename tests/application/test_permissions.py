"""Permissions: every role and every action, compared with golden/permissions.txt.

`python -m tests.application.test_permissions` rewrites that file; review the difference first.
"""

from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from application.access.permissions import (
    RIGHTS,
    Role,
    allowed,
    entitled,
    permit,
    permit_reading,
    permit_reading_review,
    reviews_of,
)
from domain.case.lifecycle import ACTIONS as CASE_ACTIONS
from domain.catalogue.lifecycle import ACTIONS as ITEM_ACTIONS
from domain.catalogue.terms import PinnedItem
from domain.kernel.errors import NotPermitted
from domain.logbook.lifecycle import ACTIONS as LOG_ACTIONS
from domain.tolerance.lifecycle import ACTIONS as REVIEW_ACTIONS
from domain.tolerance.review import ToleranceReview
from domain.values.parties import Actor, Department
from domain.wording.lifecycle import ACTIONS as ARTICLE_ACTIONS
from tests import stories as s
from tests.given import MARKET_OFFICE, Fact, told
from tests.reviews import REQUESTED
from tests.support.service_driver import HOUSING_OFFICE

GOLDEN = Path(__file__).parents[1] / "golden" / "permissions.txt"
LABOUR_OFFICE = Department(code="11411281005802440Q", name="义马市人力资源和社会保障局")
ITEM = s.ITEM.model_copy(update={"supervisor": HOUSING_OFFICE})
PLACES = {"accepting": MARKET_OFFICE, "supervising": HOUSING_OFFICE, "any other": LABOUR_OFFICE}
"""The office that accepts the case, the one that supervises it, and an unrelated one."""
REVIEW_PLACES = {"requesting": MARKET_OFFICE, "any other": LABOUR_OFFICE}

BOUND = {"tolerance/withdraw", "tolerance/read"}
"""Rights to a review that only the requesting department has."""
OF_THE_LOG = {f"restoration/{action}" for action in LOG_ACTIONS}
UNBOUND = OF_THE_LOG | {f"article/{action}" for action in ARTICLE_ACTIONS}
OTHERS = {"desk", "credit", "slip", "file/file"}
READING = {"read", "read_all", "identify", "audit", "operate", "board"}
OF_REVIEWS = {f"tolerance/{action}" for action in (*REVIEW_ACTIONS, "read", "read_all")}
REVIEW = told(*REQUESTED, of=ToleranceReview)
"""A review that the market office requested."""
EVERY_ROLE = pytest.mark.parametrize("role", Role, ids=str)


def someone(role: str, place: Department = MARKET_OFFICE) -> Actor:
    return Actor(person="chen", role=role, department=place)


def where(role: Role, action: str) -> str:
    """Returns the offices in which this role may do this."""
    of, places = (REVIEW, REVIEW_PLACES) if action in OF_REVIEWS else (ITEM, PLACES)
    return ", ".join(
        place for place, office in places.items() if allowed(someone(role, office), action, of)
    )


def drawn() -> str:
    """Returns the permission table as text: every action with the roles and offices that may."""
    lines = []
    for action in RIGHTS:
        lines.append(action)
        lines += [f"    {role:17} {places}" for role in Role if (places := where(role, action))]
    return "\n".join(lines) + "\n"


def case_of(item):
    first, *_ = s.OPENED
    pinned = PinnedItem(item=item, version=1, terms=s.TERMS)
    return told(Fact(first.event, first.said | {"pinned": pinned}, first.by, first.at))


def test_the_permission_table_equals_its_golden_file():
    assert drawn() == GOLDEN.read_text(), "python -m tests.application.test_permissions"


def test_every_action_has_a_right_and_every_right_is_used():
    assert set(RIGHTS) == {*CASE_ACTIONS, *ITEM_ACTIONS} | READING | OTHERS | OF_REVIEWS | UNBOUND


def test_every_right_has_a_role_and_every_role_has_a_right():
    assert all(right.roles for right in RIGHTS.values())
    assert set().union(*(right.roles for right in RIGHTS.values())) == set(Role)


@pytest.mark.parametrize("role", ["mayor", "INSPECTOR", "系统"])
def test_an_unknown_role_may_do_nothing_anywhere(role):
    for action in RIGHTS:
        assert not allowed(someone(role), action)
        for of in (ITEM, REVIEW):
            assert not any(allowed(someone(role, office), action, of) for office in PLACES.values())


@EVERY_ROLE
def test_without_a_case_only_rights_bound_to_no_office_are_granted(role):
    anywhere = {"desk", "read_all", "audit", "operate", "board", "credit", "retime", "file/file"}
    unbound = {*anywhere, *ITEM_ACTIONS, *UNBOUND}
    unbound |= OF_REVIEWS - BOUND
    done = {action for action in RIGHTS if allowed(someone(role), action)}
    assert done <= unbound or role is Role.SYSTEM
    assert not done & BOUND


@EVERY_ROLE
def test_nobody_but_the_system_acts_on_a_case_of_another_office(role):
    elsewhere = someone(role, LABOUR_OFFICE)
    done = {action for action in CASE_ACTIONS if allowed(elsewhere, action, ITEM)}
    by_role = {Role.SYSTEM: {"inspect", "rectify"}, Role.SUPERVISOR: {"retime"}}
    assert done == by_role.get(role, set())


def test_the_office_that_decides_does_not_inspect_and_the_one_that_inspects_does_not_decide():
    for action, role in (("decide", "decision_officer"), ("penalize", "decision_officer")):
        assert where(Role(role), action) == "accepting"
    for action in ("inspect", "rectify", "forewarn"):
        assert where(Role.INSPECTOR, action) == "supervising"


def test_the_system_never_decides_against_anybody():
    judged = ("decide", "penalize", "forewarn", "hear", "review")
    assert not any(where(Role.SYSTEM, action) for action in judged)


def test_a_role_that_acts_on_cases_has_no_part_in_reviews_and_a_requester_never_decides():
    acts = set(CASE_ACTIONS) - {"retime"}  # whoever supervises the service corrects its clock
    on_cases = {role for role in Role if any(where(role, action) for action in acts)}
    on_reviews = {role for role in Role if any(where(role, action) for action in OF_REVIEWS)}
    assert not on_cases & on_reviews
    for action in ("check", "decide", "notify", "reconsider", "appeal", "settle"):
        assert {r for r in Role if where(r, f"tolerance/{action}")} == {Role.TOLERANCE_REVIEWER}
    for action in ("request", "withdraw"):
        assert {r for r in Role if where(r, f"tolerance/{action}")} == {Role.DEPARTMENT_LEAD}


@EVERY_ROLE
def test_the_office_matters_only_for_the_lead_who_requested_the_review(role):
    for action in OF_REVIEWS - BOUND:
        assert where(role, action) in ("", "requesting, any other")
    for action in BOUND:
        assert where(role, action) == ("requesting" if role is Role.DEPARTMENT_LEAD else "")


def test_no_role_that_acts_on_cases_may_audit_operate_or_change_the_catalogue():
    for role in Role:
        acts = any(where(role, action) for action in CASE_ACTIONS)
        others = [a for a in ("audit", "operate", *ITEM_ACTIONS, *OF_THE_LOG) if where(role, a)]
        assert not (acts and others), role


@EVERY_ROLE
def test_entitled_names_exactly_the_roles_and_departments_that_are_allowed(role):
    for action, office, of in product(RIGHTS, PLACES.values(), (ITEM, REVIEW)):
        roles, departments = entitled(action, of)
        there = role is Role.SYSTEM or departments is None or office in departments
        assert allowed(someone(role, office), action, of) == (role in roles and there)


@EVERY_ROLE
def test_permit_raises_exactly_where_it_is_not_allowed(role):
    for action, office, of in product(RIGHTS, PLACES.values(), (ITEM, REVIEW)):
        by = someone(role, office)
        if allowed(by, action, of):
            permit(by, action, of)
        else:
            with pytest.raises(NotPermitted):
                permit(by, action, of)


def test_a_refusal_names_the_required_roles_or_the_wrong_office():
    with pytest.raises(NotPermitted, match=r"^您的岗位不能办理这一步，需要的岗位：监管核查$"):
        permit(someone("auditor"), "inspect", ITEM)
    with pytest.raises(NotPermitted, match=r"需要的岗位：审批决定、窗口受理$"):
        permit(someone("auditor"), "query", ITEM)
    with pytest.raises(NotPermitted, match=r"^本案不属于您所在的单位$"):
        permit(someone("inspector", LABOUR_OFFICE), "inspect", ITEM)


READERS = {"auditor", "supervisor", "credit_collector"}
OFFICERS = {"intake_clerk", "decision_officer", "inspector", "legal_reviewer", "hearing_chair"}


@pytest.mark.parametrize(
    ("place", "readers"),
    [
        ("accepting", READERS | OFFICERS),
        ("supervising", READERS | OFFICERS),
        ("any other", READERS),
    ],
)
def test_officers_read_their_own_offices_cases_and_supervision_reads_all(place, readers):
    case = case_of(ITEM)

    def may_read(role):
        try:
            permit_reading(someone(role, PLACES[place]), case)
        except NotPermitted:
            return False
        return True

    assert {role for role in Role if may_read(role)} == readers


REVIEW_READERS = {"tolerance_reviewer", "auditor", "supervisor"}


@pytest.mark.parametrize(
    ("office", "readers"),
    [(MARKET_OFFICE, REVIEW_READERS | {"department_lead"}), (LABOUR_OFFICE, REVIEW_READERS)],
    ids=["requesting", "any other"],
)
def test_a_department_reads_its_own_reviews_and_reviewers_auditors_supervisors_read_all(
    office, readers
):
    readable, listed = set(), {}
    for role in Role:
        with suppress(NotPermitted):
            permit_reading_review(someone(role, office), REVIEW)
            readable.add(role)
        with suppress(NotPermitted):
            listed[role] = reviews_of(someone(role, office))
    assert readable == readers
    everything = dict.fromkeys(REVIEW_READERS)
    assert listed == everything | {"department_lead": office.code}


if __name__ == "__main__":
    GOLDEN.write_text(drawn())
