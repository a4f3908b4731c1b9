"""Use cases of a case: who may execute which command, and who is shown which state."""

from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest

from application.access.permissions import RIGHTS, allowed
from application.case.case_command import ConsultingCommand
from application.case.commands import (
    acceptance,
    decision,
    delivery,
    identity,
    promise,
    sanction,
    substance,
    supervision,
    supplement,
    timing,
)
from application.case.commands.applicants import PersonApplicant
from application.case.service import VERBS
from application.catalogue.commands import DelistItem, ReviseItem
from domain.case import values as f
from domain.case.case import Case
from domain.case.events import CommitmentMade
from domain.case.lifecycle import ACTIONS
from domain.case.stages import Stage
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import CommitmentType
from domain.kernel.errors import (
    ActionRefused,
    ItemClosed,
    NotFound,
    NotPermitted,
    PlatformUnreachable,
)
from domain.values.credit import CreditEntry
from domain.values.parties import Channel, Person
from tests import stories as s
from tests.given import CHAIR, CLERK, DECIDER, INSPECTOR, PROPOSER, SYSTEM, on
from tests.support.service_driver import (
    ADMIN,
    AUDITOR,
    SOMEBODY,
    STORIES,
    Office,
    as_of,
    elsewhere,
    everything,
)

APPLICANT = PersonApplicant(**SOMEBODY.model_dump())
NO_MATTER = CreditEntry(
    kind="penalty",
    subject_kind="organisation",
    subject_code="91411281MA98MQWG65",
    document="与申请人无关",
    decided_on="2026-03-02",
    duty_fulfilled=True,
    repaired=False,
)
NAMES = ("colleague", "checked_on", "finding", "found_true", "record")
COMMANDS = [
    acceptance.Accept(),
    acceptance.AskForCorrection(asked=(s.HEALTH_IS_MISSING,)),
    acceptance.Complete(received_on="2026-09-29", submitted=("M-02",)),
    promise.Query(),
    promise.Notify(),
    promise.Promise(letter=s.handed_in(s.letter(s.NOTIFIED))),
    promise.Decline(reason="改走一般程序"),
    decision.Grant(document=s.PERMIT),
    decision.Refuse(document=s.REJECTION, ground=s.UNFIT, reason="不符合条件"),
    promise.Renotify(reason="补交期限告知有误"),
    promise.Withdraw(reason="暂缓"),
    substance.CheckSubstance(**dict(zip(NAMES, s.FOUND_TRUE, strict=True))),
    delivery.Deliver(how="left", delivered_on="2026-09-29", receipt=s.RECEIPT),
    delivery.Amend(document=s.DATED_PERMIT, reason="笔误", approved_by="wu"),
    supplement.Supply(material="M-02", digest=s.digest("x")),
    supplement.AcceptMaterial(material="M-02"),
    supplement.ReturnMaterial(material="M-02", reason="缺页"),
    supervision.PassInspection(note="一致"),
    supervision.FindBreach(kind=f.BreachKind.NON_PERFORMANCE, finding="不一致"),
    supervision.OrderRectification(items=("改正",)),
    supervision.AcceptRectification(evidence="照片", done_on="2026-11-01"),
    supervision.FailRectification(shortfall=f.Shortfall.INADEQUATE, finding="没有改"),
    supervision.RefuseRectification(evidence=s.SIGNED_REFUSAL),
    sanction.Forewarn(measures=(s.KEY_REVIEW,), reason="拒绝整改"),
    sanction.Hear(statement="有困难", opinion="不采纳"),
    sanction.WaiveHearing(digest=s.digest("x")),
    sanction.Impose(
        measures=(s.KEY_REVIEW,), severity=f.Severity.GENERAL, basis=dict(s.BASIS), verdict=s.BROKEN
    ),
    sanction.Spare(reason=f.SparedReason.NO_FAULT, explanation="没有过错", verdict=s.BROKEN),
    identity.AgreeToMessages(contact_name="示例", phone="13800138000", consents=True),
    identity.WithdrawMessages(),
    identity.Correct(
        correct_name="义马市百味食品有限公司", reason="录入有误", evidence=s.digest("x")
    ),
    timing.Retime(reason="时钟快了", evidence=s.digest("x"), approved_by="wu"),
]
EVERYBODY = (CLERK, DECIDER, INSPECTOR, CHAIR, ADMIN, AUDITOR)


@pytest.fixture
def office(service):
    return Office(service)


def closed(office, service, **request):
    """Checks that no case can be opened and that the attempt stores nothing; returns the rule."""
    before = everything(service.engine)
    with pytest.raises(ItemClosed) as refusal:
        office.opens(key="k", **request)
    assert everything(service.engine) == before
    return refusal.value.rule


# opening ----------------------------------------------------------------------------------------


def test_a_case_is_opened_under_the_terms_of_the_day(office):
    office.lists()
    case = office.opens().aggregate
    assert (case.stage, case.version, case.applicant) == (Stage.RECEIVED, 1, s.APPLICANT)
    assert case.pinned == s.PINNED


def test_no_case_is_opened_on_an_item_that_is_not_on_the_list(office, service):
    assert closed(office, service) == "item_is_listed"


def test_no_case_is_opened_on_an_item_that_is_not_in_force(office, service):
    office.lists(active=False)
    assert closed(office, service) == "item_is_active"
    assert closed(office, service, applicant=APPLICANT) == "item_is_active"


def test_no_case_is_opened_on_a_delisted_item(office, service):
    office.lists()
    office.revises(DelistItem(reason="法规修改"))
    assert closed(office, service) == "item_is_active"


def test_no_case_is_opened_of_a_type_that_the_item_does_not_offer(office, service):
    only_deferred = (CommitmentType.DEFERRED_MATERIALS,)
    office.lists(s.TERMS.model_copy(update={"types": only_deferred}))
    assert closed(office, service) == "type_is_offered"


def test_a_person_whose_application_is_refused_is_not_kept_in_the_vault(office, service):
    office.lists()
    before = everything(service.engine)
    short = promise.OpenCase(item=s.ITEM.code, kind=s.NOTICE, applicant=APPLICANT, submitted=())
    with pytest.raises(ActionRefused):
        service.casework.open(office.context(), short)
    assert everything(service.engine) == before


def test_an_open_case_keeps_its_terms_when_its_item_is_revised_and_delisted(office, service):
    service.register.take_in([NO_MATTER])
    office.lists()
    id = office.opens().aggregate.id
    longer = s.TERMS.periods.model_copy(update={"inspection": 100})
    office.revises(ReviseItem(terms=s.TERMS.model_copy(update={"periods": longer})))
    office.revises(DelistItem(reason="法规修改"))
    office.acts(id, promise.Query())
    office.acts(id, promise.Notify())
    office.promises(id)
    case = office.acts(id, decision.Grant(document=s.PERMIT), by=DECIDER).aggregate
    assert (case.stage, case.pinned) == (Stage.GRANTED, s.PINNED)
    item = office.repository.get(CatalogueItem, item_id(s.ITEM.code))
    assert (item.is_active, item.terms_version) == (False, 2)


# acting -----------------------------------------------------------------------------------------


STEPS = [
    ("2026-09-28", CLERK, ("Query", "Notify")),
    ("2026-10-30", INSPECTOR, ("FindBreach", "OrderRectification", "FailRectification")),
    ("2026-11-16", PROPOSER, ("Forewarn",)),
    ("2026-11-18", CHAIR, ("Hear",)),
    ("2026-11-24", DECIDER, ("Impose",)),
]


def test_a_whole_case_goes_from_the_window_to_the_sanction(office, service, clock):
    service.register.take_in([NO_MATTER])
    office.lists()
    id = office.opens().aggregate.id
    commands = {type(command).__name__: command for command in COMMANDS}
    for day, by, names in STEPS:
        clock.now = on(day)
        for name in names:
            office.acts(id, commands[name], by=by)
        if by is CLERK:
            office.promises(id)
            office.acts(id, decision.Grant(document=s.PERMIT), by=DECIDER)
    case = service.casework.show(CLERK, id)
    assert (case.stage, case.version) == (Stage.PENALIZED, 11)
    assert case.last(CommitmentMade).code == s.code()
    assert [r.position - 3 for r in service.casework.history(CLERK, id)] == [
        *range(4),
        *range(5, 12),
    ]


def test_every_verb_of_the_tables_has_its_commands():
    assert {command.VERB for command in COMMANDS} == set(ACTIONS) - {"open"}
    assert {type(command) for command in COMMANDS} == {o for verb in VERBS for o in verb.outcomes}


def test_a_command_without_permission_changes_nothing(office, service):
    """Every actor tries every command that they have no right to, on cases at three stages."""
    ids = [office.remembers(STORIES[name]) for name in ("NOTIFIED", "DEFERRED_SUPPLIED", "HEARD")]
    before = everything(service.engine)
    for id in ids:
        for command in COMMANDS:
            strangers = [by for by in EVERYBODY if not allowed(by, command.VERB, s.ITEM)]
            assert strangers
            for by in (*strangers, *map(elsewhere, EVERYBODY)):
                with pytest.raises(NotPermitted):
                    office.acts(id, command, by=by, key="k")
    assert everything(service.engine) == before


def test_an_actor_without_permission_opens_no_case(office, service):
    office.lists()
    before = everything(service.engine)
    for by in (DECIDER, INSPECTOR, ADMIN, AUDITOR, SYSTEM, elsewhere(CLERK)):
        with pytest.raises(NotPermitted):
            office.opens(APPLICANT, by=by)
    assert everything(service.engine) == before


def test_the_credit_platform_is_queried_only_for_permitted_actors(office):
    """The platform has no records yet, so a query that reaches it raises PlatformUnreachable."""
    id = office.remembers(s.OPENED)
    for by in (INSPECTOR, AUDITOR, elsewhere(CLERK)):
        with pytest.raises(NotPermitted):
            office.acts(id, promise.Query(), by=by)
    for by in (CLERK, DECIDER):
        with pytest.raises(PlatformUnreachable):
            office.acts(id, promise.Query(), by=by)
    assert office.repository.get(Case, id).version == 1


class Advised(ConsultingCommand, verb="commit", label="征求意见", help="记录平台的意见"):
    """Consults the credit platform, and declines with its answer as the reason."""

    def consult(self, outside, case, context):
        return f"{case.stage}: {outside.credit.ask(case.applicant).source}"

    def apply_to(self, case, tools):
        case.decline(tools.consulted, **tools.who)


def test_a_command_decides_with_the_answer_of_the_consulted_system(office, service):
    service.register.take_in([NO_MATTER])
    id = office.remembers(s.NOTIFIED)
    with pytest.raises(NotPermitted):
        office.acts(id, Advised(), by=DECIDER)
    office.acts(id, Advised())
    assert service.casework.history(CLERK, id)[-1].event.reason.startswith("notified: ")


def test_a_command_that_consults_no_system_reads_the_case_only_in_its_transaction(office, service):
    within_transactions = SimpleNamespace(unit_of_work=service.repository.unit_of_work)
    casework = replace(service.casework, repository=within_transactions)
    id = office.remembers(s.NOTIFIED)
    done = casework.act(office.context(), id, promise.Decline(reason="改走一般程序"))
    assert done.aggregate.stage is Stage.DIVERTED


def test_an_unknown_case_is_not_found_before_any_system_is_consulted(office, service):
    for command in COMMANDS:
        permitted = CLERK.model_copy(update={"role": min(RIGHTS[command.VERB].roles)})
        with pytest.raises(NotFound):
            office.acts(uuid4(), command, by=permitted)


# reading ----------------------------------------------------------------------------------------


def test_a_case_is_shown_as_it_is_and_as_it_stood(office, service):
    id = office.remembers(s.PENALIZED)
    show = service.casework.show
    assert show(CLERK, id).stage is Stage.PENALIZED
    assert show(CLERK, id, as_of(version=3)).stage is Stage.NOTIFIED
    assert show(CLERK, id, as_of(at=on("2026-10-29"))).stage is Stage.GRANTED
    assert show(AUDITOR, id, as_of(at=on("2026-10-31"))).stage is Stage.RECTIFYING
    for unknown in ({"version": 12}, {"at": on("2026-09-01")}):
        with pytest.raises(NotFound):
            show(CLERK, id, as_of(**unknown))


def test_only_permitted_readers_are_shown_a_case_and_its_history(office, service):
    id = office.remembers(s.GRANTED)
    for by in (elsewhere(CLERK), elsewhere(INSPECTOR), ADMIN):
        with pytest.raises(NotPermitted):
            service.casework.show(by, id)
        with pytest.raises(NotPermitted):
            service.casework.show(by, id, as_of(version=1))
        with pytest.raises(NotPermitted):
            service.casework.history(by, id)
    for by in (CLERK, CHAIR, AUDITOR, elsewhere(AUDITOR)):
        assert len(service.casework.history(by, id)) == service.casework.show(by, id).version


def test_the_history_holds_channel_correlation_and_cause_of_each_command(office, service, clock):
    office.lists()
    context = office.context(channel=Channel.ONLINE, causation="window 3")
    command = promise.OpenCase(
        item=s.ITEM.code, kind=s.NOTICE, applicant=s.APPLICANT, submitted=s.ALL_IN
    )
    id = service.casework.open(context, command).aggregate.id
    clock.go_on(hours=1)
    office.acts(id, promise.Withdraw(reason="暂缓"))
    first, second = service.casework.history(CLERK, id)
    assert first.event.TOPIC == "case/case-opened"
    assert (first.channel, first.causation) == ("online", "window 3")
    assert first.correlation == str(context.correlation) != second.correlation
    assert (second.channel, second.causation) == ("counter", None)
    assert second.recorded_at == clock.now
    assert second.position == first.position + 1


def test_only_officers_who_handle_the_case_learn_the_applicants_identity(office, service):
    office.lists()
    case = office.opens(APPLICANT).aggregate
    assert isinstance(case.applicant, Person)
    for by in (CLERK, DECIDER, INSPECTOR):
        assert service.casework.identify(by, case.id).applicant.details == SOMEBODY
    for by in (AUDITOR, CHAIR, ADMIN, SYSTEM, elsewhere(CLERK)):
        with pytest.raises(NotPermitted):
            service.casework.identify(by, case.id)


def test_an_organisation_has_no_identity_to_reveal(office, service):
    id = office.remembers(s.GRANTED)
    with pytest.raises(NotFound, match="单位"):
        service.casework.identify(CLERK, id)
    with pytest.raises(NotPermitted):
        service.casework.identify(AUDITOR, id)
