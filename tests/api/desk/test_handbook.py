"""The handbook of a role says what its forms say."""

import re

import pytest

from api.site.desk.handbook import TABLES, chapters
from application.access.permissions import PERSONS_ROLES, RIGHTS, Role
from tests.api.conftest import Walk
from tests.support.browser_client import Visitor


@pytest.mark.parametrize("role", sorted(PERSONS_ROLES))
def test_the_handbook_names_each_step_that_the_role_may_take_and_no_other(
    visitor: Visitor, role: Role
):
    visitor.sign_in(visitor.token(role))
    page = visitor.looks("/desk/handbook")
    assert page.status_code == 200, page.text
    told = re.findall(r"<dt>([^<]+)</dt>", page.text)
    may = [
        outcome.LABEL
        for _, prefix, verbs in TABLES
        for verb in verbs
        if role in RIGHTS[prefix + verb.name].roles
        for outcome in verb.outcomes
    ]
    assert told == may


def test_the_words_of_the_handbook_are_those_of_the_form(visitor: Visitor, walk: Walk):
    walk.to("committed")
    visitor.sign_in(visitor.token(Role.DECISION_OFFICER))
    page = visitor.looks(f"/desk/cases/{walk.view['id']}/decide").text
    (case, *_) = chapters(Role.DECISION_OFFICER)
    steps = {step.label: step for step in case.steps}
    for label in ("准予", "不予准予"):
        assert f"{steps[label].help}。" in page
        assert all(words in page for words in steps[label].asked)


def test_everybody_may_read_every_handbook(visitor: Visitor):
    visitor.sign_in(visitor.token(Role.AUDITOR))
    assert "窗口受理手册" in visitor.looks("/desk/handbook?role=intake_clerk").text
    assert "审计手册" in visitor.looks("/desk/handbook?role=system").text
