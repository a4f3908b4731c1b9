"""Use cases of a tolerance review: permissions, links, and that no linked case ever changes."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from application.access.permissions import Role
from application.tolerance import commands as c
from domain.case.case import Case
from domain.kernel.errors import ActionRefused, KeyReused, NotFound, NotPermitted, StaleVersion
from domain.tolerance.grounds import CaseLink, Outcome
from domain.tolerance.stages import Stage
from infrastructure.database.schema import events
from tests import reviews as r
from tests import stories as s
from tests.given import CLERK, MARKET_OFFICE, on
from tests.papers import lodge
from tests.support.service_driver import AUDITOR, Office, as_of, elsewhere, everything

BODY = {name: value for name, value in r.ASKED.items() if name not in ("cases", "matters")}
OTHER_LEAD = elsewhere(r.LEAD)


class ReviewOffice(Office):
    """An office whose actors also request and decide tolerance reviews."""

    def asks(self, case, by=r.LEAD, context=None, **otherwise):
        ground = r.ERROR.model_copy(update={"cases": (CaseLink(id=case, version=4),)})
        facts = BODY | {"ground": ground} | otherwise
        request = self.service.tolerance.request
        command = c.RequestTolerance(**facts)
        lodge(self.service, by, command.model_dump_json())
        return request(self.context(by, **context or {}), command)

    def goes_on(self, id, command, by=r.RECORDER, day=None, **how):
        if day:
            self.service.clock.now = day
        lodge(self.service, by, command.model_dump_json())
        return self.service.tolerance.act(self.context(by, **how), id, command)

    def sees_it_through(self, case):
        """Drives a whole review: refused, kept on reconsideration, exempted on appeal."""
        id = self.asks(case, matters=({"code": s.ITEM.code, "version": 1},)).aggregate.id
        self.goes_on(id, c.CheckFacts(check=r.check()), r.CHECKER, r.CHECK_DAY)
        refusal = c.RefuseExemption(decision=r.decision(), sign_off=r.SIGNED_OFF)
        self.goes_on(id, refusal, day=r.DECISION_DAY)
        self.goes_on(
            id, c.NotifyDecision(recipient="zhao", served_on=r.SERVED_ON), day=r.NOTICE_DAY
        )
        self.goes_on(id, c.Reconsider(reason="不服"), day=r.CONTEST_DAY)
        kept = r.ruling()
        self.goes_on(
            id, c.KeepDecision(decision=kept.decision, served_on=kept.served_on), day=r.RULING_DAY
        )
        self.goes_on(id, c.FileAppeal(reason="应当免责"), day=r.APPEAL_DAY)
        last = r.ruling(**r.LAST_WORD)
        word = {"decision": last.decision, "served_on": last.served_on}
        return self.goes_on(id, c.ChangeDecision(to="exempted", **word), day=r.LAST_DAY).aggregate


@pytest.fixture
def office(service):
    office = ReviewOffice(service)
    office.lists()
    return office


@pytest.fixture
def case(office):
    """A deferred-materials case in which an error was made."""
    return office.remembers(s.DEFERRED_GRANTED)


def stored(service, *ids):
    """The stored events of these streams, as rows."""
    rows = select(events).where(events.c.stream_id.in_(ids)).order_by(events.c.position)
    with service.engine.connect() as db:
        return [tuple(row) for row in db.execute(rows)]


def test_a_whole_review_leaves_the_case_and_its_item_byte_for_byte_as_they_were(
    office, service, case
):
    bystander = office.remembers(s.PENALIZED)
    with service.engine.connect() as db:
        before = [tuple(row) for row in db.execute(select(events).order_by(events.c.position))]
    tables = everything(service.engine)
    review = office.sees_it_through(case)
    assert (review.stage, review.outcome, review.version) == (Stage.FINAL, Outcome.EXEMPTED, 8)
    known = {row[1] for row in before}
    assert {case, bystander} <= known
    assert stored(service, *known) == before
    grown = {name for name, rows in everything(service.engine).items() if rows != tables[name]}
    own = {"events", "log_head", "document_numbers", "files", "file_keys"}
    assert grown == own, "no line, no message, no serial of anybody's case"


@pytest.mark.parametrize("ground", r.GROUNDS, ids=lambda ground: ground.ground)
def test_tolerance_can_be_requested_on_every_ground(office, case, ground):
    if ground is r.ERROR:
        ground = ground.model_copy(update={"cases": (CaseLink(id=case, version=4),)})
    review = office.asks(case, ground=ground).aggregate
    assert review.requested.ground == ground
    assert review.department == MARKET_OFFICE


def test_a_link_records_the_version_and_the_type_of_a_case(office, case):
    other = office.remembers(s.GRANTED)
    review = office.asks(
        case,
        cases=({"id": other, "version": 2},),
        matters=({"code": s.ITEM.code, "version": 1},),
    ).aggregate
    linked = [(link.id, link.version, link.kind) for link in review.requested.cases]
    assert linked == [(case, 4, s.DEFERRED), (other, 2, s.NOTICE)]
    assert [(i.code, i.version, i.name) for i in review.requested.matters] == [
        (s.ITEM.code, 1, s.ITEM.name)
    ]


@pytest.mark.parametrize(
    ("links", "rule"),
    [
        ({"cases": ({"id": UUID(int=404), "version": 1},)}, "linked_cases_exist"),
        ({"matters": ({"code": "000131001999", "version": 0},)}, "linked_items_exist"),
        ({"matters": ({"code": s.ITEM.code, "version": 2},)}, "linked_items_exist"),
    ],
    ids=["no such case", "no such item", "no such version of the item"],
)
def test_a_link_to_an_unknown_case_item_or_version_is_refused(office, service, case, links, rule):
    before = everything(service.engine)
    with pytest.raises(ActionRefused) as refusal:
        office.asks(case, **links)
    assert refusal.value.rule == rule
    assert everything(service.engine) == before


def test_a_link_to_a_version_that_the_case_has_not_reached_is_refused(office, case):
    ahead = r.ERROR.model_copy(update={"cases": (CaseLink(id=case, version=99),)})
    with pytest.raises(ActionRefused) as refusal:
        office.asks(case, ground=ahead)
    assert refusal.value.rule == "linked_cases_exist"


def test_a_link_to_a_stream_that_is_no_case_is_refused(office, case):
    review = office.asks(case).aggregate.id
    with pytest.raises(ActionRefused) as refusal:
        office.asks(case, cases=({"id": review, "version": 1},))
    assert refusal.value.rule == "linked_cases_exist"


def test_the_ground_of_deferred_handling_refuses_a_case_of_another_type(office):
    with pytest.raises(ActionRefused) as refusal:
        office.asks(office.remembers(s.GRANTED))
    assert refusal.value.rule == "its_cases_are_deferred"


# permissions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [r for r in Role if r != Role.DEPARTMENT_LEAD], ids=str)
def test_only_the_lead_of_a_department_requests_tolerance(office, service, case, role):
    before = everything(service.engine)
    with pytest.raises(NotPermitted):
        office.asks(case, by=r.LEAD.model_copy(update={"role": role}))
    assert everything(service.engine) == before


def test_only_the_requesting_department_withdraws_a_review(office, case):
    id = office.asks(case).aggregate.id
    withdrawal = c.WithdrawRequest(reason="材料不全")
    for stranger in (OTHER_LEAD, r.RECORDER):
        with pytest.raises(NotPermitted):
            office.goes_on(id, withdrawal, by=stranger)
    assert office.goes_on(id, withdrawal, by=r.LEAD).aggregate.stage is Stage.WITHDRAWN


def test_the_requesting_lead_neither_checks_nor_decides(office, case):
    id = office.asks(case).aggregate.id
    for command in (c.CheckFacts(check=r.check()), c.Exempt(decision=r.decision())):
        with pytest.raises(NotPermitted):
            office.goes_on(id, command, by=r.LEAD)


def test_a_department_sees_its_own_reviews_and_reviewers_see_all(office, service, case):
    id = office.asks(case).aggregate.id
    for by in (r.LEAD, r.CHECKER, AUDITOR):
        assert service.tolerance.show(by, id).id == id
        assert len(service.tolerance.history(by, id)) == 1
    for by in (OTHER_LEAD, CLERK):
        for look in (service.tolerance.show, service.tolerance.history):
            with pytest.raises(NotPermitted):
                look(by, id)


def test_a_reviewer_sees_a_linked_case_at_the_linked_version_and_no_other_case(
    office, service, case
):
    id, other = office.asks(case).aggregate.id, office.remembers(s.GRANTED)
    seen = service.tolerance.linked_case(r.CHECKER, id, case)
    assert (seen.id, seen.version) == (case, 4)
    assert service.repository.get(Case, case).version > 4
    for unlinked in (other, uuid4()):
        with pytest.raises(NotFound):
            service.tolerance.linked_case(r.CHECKER, id, unlinked)
    for by in (r.LEAD, CLERK):
        with pytest.raises(NotPermitted):
            service.tolerance.linked_case(by, id, case)
    with pytest.raises(NotPermitted):
        service.casework.show(r.CHECKER, case)


def test_the_actions_offered_are_those_of_the_actor(office, service, case):
    review = office.asks(case).aggregate
    offered = {
        by.person: service.tolerance.actions(review, by, review.modified_on)
        for by in (r.LEAD, r.CHECKER, AUDITOR)
    }
    assert offered == {"wu": ["withdraw"], "zheng": ["check"], "feng": []}
    inside = r.CHECKER.model_copy(update={"department": r.CITY})
    assert service.tolerance.actions(review, inside, review.modified_on) == []
    assert service.tolerance.actions(review, OTHER_LEAD, review.modified_on) == []


# repeated requests and versions -----------------------------------------------------------------


def test_a_repeated_request_gets_the_first_review_and_records_nothing(office, service, case):
    first = office.asks(case, context={"key": "k"})
    size = service.repository.recorder.max_notification_id()
    again = office.asks(case, context={"key": "k"})
    assert again.repeated and not first.repeated
    assert again.aggregate == first.aggregate
    assert service.repository.recorder.max_notification_id() == size
    with pytest.raises(KeyReused):
        office.asks(case, context={"key": "k"}, concerned=r.UNIT)


def test_a_command_on_a_stale_version_is_refused(office, case):
    id = office.asks(case).aggregate.id
    office.goes_on(id, c.CheckFacts(check=r.check()), r.CHECKER, r.CHECK_DAY)
    with pytest.raises(StaleVersion):
        office.goes_on(id, c.WithdrawRequest(reason="x"), by=r.LEAD, seen=1)


def test_a_review_is_shown_at_any_version_or_instant(office, service, case):
    review = office.sees_it_through(case)
    stages = [
        service.tolerance.show(AUDITOR, review.id, as_of(version=n)).stage for n in range(1, 9)
    ]
    assert stages == [
        Stage.REQUESTED,
        Stage.CHECKED,
        Stage.DECIDED,
        Stage.NOTIFIED,
        Stage.RECONSIDERING,
        Stage.RECONSIDERED,
        Stage.APPEALED,
        Stage.FINAL,
    ]
    then = service.tolerance.show(AUDITOR, review.id, as_of(at=on("2026-10-21")))
    assert (then.version, then.outcome) == (3, Outcome.NOT_EXEMPTED)


def test_a_case_id_finds_no_review_and_a_review_id_no_case(office, service, case):
    review = office.asks(case).aggregate.id
    for id in (case, uuid4()):
        with pytest.raises(NotFound):
            service.tolerance.show(AUDITOR, id)
    with pytest.raises(NotFound):
        service.casework.show(AUDITOR, review)
    with pytest.raises(NotFound):
        office.goes_on(case, c.WithdrawRequest(reason="x"), by=r.LEAD)
