"""The scenarios of demonstration cases: each takes a case from its application to its end."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from api.demo.moving_clock import MovingClock
from api.demo.papers import hand_in, paper
from application.access.permissions import Role
from application.case.case_command import CaseCommand
from application.case.commands import decision, delivery, promise, sanction, supervision, supplement
from application.case.commands.applicants import Applicant
from application.case.signing import SignedLetter
from application.execution.context import CommandContext
from domain.case import events as e
from domain.case import values as f
from domain.case.acceptance.values import AtOpening
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import (
    DecisionDocument,
    NumberedDocument,
    RefusalGround,
    ResultKind,
)
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, DecisionGate, SanctionMeasure, Weight
from domain.law.lawbook import PRINTED
from domain.values.parties import Actor, Channel, Organisation
from domain.values.workdays import SHANGHAI, Party, local_date
from infrastructure.container import Container

Steps = Iterator[datetime]
"""A running scenario: each `next` executes commands and yields the time of the next step."""


class ScenarioRun:
    """One run of a scenario: it has a time of its own, which its steps move forward."""

    def __init__(
        self, container: Container, random: Random, number: int, at: datetime, item: CatalogueItem
    ) -> None:
        self.container, self.random, self.number = container, random, number
        self.at, self.item = at, item

    @property
    def clock(self) -> MovingClock:
        assert isinstance(self.container.clock, MovingClock)
        return self.container.clock

    def later(self, workdays: int) -> datetime:
        """Move to a random time of the morning, this many working days later; return the time."""
        calendar = self.container.calendar
        day = calendar.add(local_date(self.at), workdays, Party.GOVERNMENT).on
        morning = datetime.combine(day, time(8, 40), SHANGHAI)
        self.at = morning + timedelta(minutes=self.random.randrange(180))
        return self.at

    def context(self, by: Actor, channel: Channel = Channel.COUNTER) -> CommandContext:
        """The context of a command that this actor executes at the time of the run.

        That time is the clock's, so that every event is recorded at the moment it happens: the run
        waits for those before it, and goes no further than the present.
        """
        self.at = self.clock.reach(self.at)
        return CommandContext(by, self.at, channel)

    def document(self, title: str) -> str:
        """The number of a document of this run."""
        return f"义示{title}〔{local_date(self.at).year}〕{self.number}号"


class CaseRun(ScenarioRun):
    """A scenario's run of one case; `case` is the case after the last command."""

    def open(self, kind: CommitmentType, applicant: Applicant, acceptance: AtOpening) -> None:
        assert self.item.terms is not None
        primary = [m.code for m in self.item.terms.of(Weight.PRIMARY)]
        said = {"kind": kind, "applicant": applicant, "acceptance": acceptance}
        command = promise.OpenCase(item=self.item.item.code, submitted=tuple(primary), **said)
        context = self._context(Role.INTAKE_CLERK)
        self.case = self.container.casework.open(context, command).aggregate

    def act(self, role: Role, command: CaseCommand) -> None:
        """Execute the command as an officer of this role, some minutes after the last command."""
        self.at += self.clock.pause(self.random.randrange(2, 9))
        context = self._context(role)
        hand_in(self.container, context.by, command)
        self.case = self.container.casework.act(context, self.case.id, command).aggregate

    def reload(self) -> None:
        """Load the case again, with the events that the sweep has added."""
        self.case = self.container.repository.get(type(self.case), self.case.id)

    def _context(self, role: Role) -> CommandContext:
        office = self.item.item
        supervising = role is Role.INSPECTOR
        department = office.supervisor if supervising else office.department
        person = f"{role.value.split('_')[0]}-{self.random.randrange(1, 4):02}"
        return self.context(Actor(person=person, role=role, department=department))


def commit(run: CaseRun) -> None:
    """Query, notice and commitment in one visit."""
    run.act(Role.INTAKE_CLERK, promise.Query())
    run.act(Role.INTAKE_CLERK, promise.Notify())
    run.act(Role.INTAKE_CLERK, promise.Promise(letter=letter(run)))


def granted(run: CaseRun) -> Steps:
    """Granted, and the decision handed over."""
    yield from undelivered(run)
    deliver(run)


def undelivered(run: CaseRun) -> Steps:
    """Committed and granted, at once or after the missing materials where the item demands it."""
    commit(run)
    if run.case.supplements and run.case.terms.gate is DecisionGate.AFTER_SUPPLEMENT:
        yield run.later(2)
        supply(run)
        run.act(Role.INTAKE_CLERK, promise.Query())
    document = DecisionDocument(
        number=run.document("许"),
        kind=ResultKind.LICENCE,
        title=f"准予{run.item.item.name}决定书",
    )
    run.act(Role.DECISION_OFFICER, decision.Grant(document=document))


def deliver(run: CaseRun) -> None:
    """Hand the decision over at the counter; what is drawn for it changes no other case."""
    drawn = run.random.getstate()
    handed = {"how": DeliveryManner.AT_COUNTER, "delivered_on": local_date(run.at)}
    run.act(Role.INTAKE_CLERK, delivery.Deliver(**handed, receipt=paper("送达回证")))
    run.random.setstate(drawn)


def supply(run: CaseRun) -> None:
    """Hand in every missing material; one in seven is returned and handed in again."""
    for code in list(run.case.supplements):
        run.act(Role.INTAKE_CLERK, supplement.Supply(material=code, digest=paper(f"材料 {code}")))
        if run.random.randrange(7) == 0:
            reason = "复印件不清晰，请重新提交"
            run.act(Role.DECISION_OFFICER, supplement.ReturnMaterial(material=code, reason=reason))
            again = paper(f"材料 {code}（再次提交）")
            run.act(Role.INTAKE_CLERK, supplement.Supply(material=code, digest=again))
        run.act(Role.DECISION_OFFICER, supplement.AcceptMaterial(material=code))


def fulfilled(run: CaseRun) -> Steps:
    yield from granted(run)
    if run.case.outstanding:
        yield run.later(run.random.randrange(1, 4))
        supply(run)
    yield run.later(run.random.randrange(5, run.case.terms.periods.inspection))
    run.act(Role.INSPECTOR, supervision.PassInspection(note="现场核查，实际情况与承诺一致"))


def breached(run: CaseRun, waits: int = 0) -> Steps:
    """Granted; an inspection finds a breach; rectification is ordered.

    The inspection comes after `waits` working days, or after some days if that is 0.
    """
    yield from granted(run)
    if run.case.outstanding:
        yield run.later(1)
        supply(run)
    yield run.later(waits or run.random.randrange(4, 15))
    finding = find_breach(run)
    yield run.later(1)
    items = (f"针对“{finding}”完成整改，使实际情况符合承诺",)
    run.act(Role.INSPECTOR, supervision.OrderRectification(items=items))


def find_breach(run: CaseRun) -> str:
    """An inspection finds a breach; returns what it found."""
    finding = run.random.choice(
        ["实际经营场所与承诺不符", "承诺配备的人员未到位", "提交的说明与事实不符"]
    )
    kind = run.random.choice([f.BreachKind.FALSE_STATEMENT, f.BreachKind.NON_PERFORMANCE])
    run.act(Role.INSPECTOR, supervision.FindBreach(kind=kind, finding=finding))
    return finding


def rectified(run: CaseRun) -> Steps:
    yield from breached(run)
    yield run.later(run.random.randrange(2, 6))
    done_on = local_date(run.at)
    run.act(
        Role.INSPECTOR,
        supervision.AcceptRectification(evidence="复查现场，已按要求整改", done_on=done_on),
    )


def supplied_late(run: CaseRun) -> Steps:
    """The materials are late: the sweep records the breach; they arrive after the order."""
    yield from granted(run)
    yield run.later(run.case.terms.periods.supplement + 2)
    run.reload()
    run.act(Role.INSPECTOR, supervision.OrderRectification(items=("在整改期限内补齐全部所缺材料",)))
    yield run.later(2)
    supply(run)
    acceptance = supervision.AcceptRectification(
        evidence="所缺材料已补齐", done_on=local_date(run.at)
    )
    run.act(Role.INSPECTOR, acceptance)


def unrectified(run: CaseRun) -> Steps:
    """Breached and not rectified; the inspector or the sweep records the failure."""
    yield from breached(run)
    if run.random.choice([True, False]):
        yield run.later(run.case.terms.periods.rectification + 2)
        run.reload()
        return
    yield run.later(4)
    fail(run)


def fail(run: CaseRun) -> None:
    facts = {"shortfall": f.Shortfall.INADEQUATE, "finding": "复查时问题仍然存在"}
    run.act(Role.INSPECTOR, supervision.FailRectification(**facts))


def penalized(run: CaseRun) -> Steps:
    yield from unrectified(run)
    yield from sanctioned(run)


def refused_to_rectify(run: CaseRun) -> Steps:
    yield from breached(run)
    yield run.later(2)
    officers = ("inspector-01", "inspector-02")
    evidence = f.RefusalEvidence(
        proof=f.RefusalProof.RECORDED_BY_TWO, officers=officers, digest=paper("拒绝整改的记录")
    )
    run.act(Role.INSPECTOR, supervision.RefuseRectification(evidence=evidence))
    yield from sanctioned(run)


def sanctioned(run: CaseRun) -> Steps:
    """Forewarned, heard or not heard, and penalized on the basis of a served document."""
    yield run.later(1)
    measures = forewarn(run)
    hearing = run.random.randrange(3)
    if hearing == 0:
        yield run.later(2)
        facts = {"statement": "请求从轻处理", "opinion": "理由不成立，维持拟处理意见"}
        run.act(Role.HEARING_CHAIR, sanction.Hear(**facts))
    elif hearing == 1:
        run.act(Role.HEARING_CHAIR, sanction.WaiveHearing(digest=paper("放弃陈述申辩的声明")))
    yield run.later(7)
    run.act(Role.DECISION_OFFICER, penalty(run, measures))


def forewarn(run: CaseRun) -> tuple[SanctionMeasure, ...]:
    """The advance notice; returns the measures that it names."""
    measures = run.case.terms.measures[: run.random.randrange(1, 3)]
    run.act(Role.INSPECTOR, sanction.Forewarn(measures=measures, reason="违反承诺且未整改到位"))
    return measures


def penalty(run: CaseRun, measures: tuple[SanctionMeasure, ...]) -> sanction.Impose:
    day = local_date(run.at)
    number = run.document("信罚")
    severities = [f.Severity.GENERAL] * 4 + [f.Severity.SERIOUS, f.Severity.MINOR]
    status = run.random.choice(
        [f.FulfilmentStatus.UNFULFILLED, f.FulfilmentStatus.PARTLY_FULFILLED]
    )
    return sanction.Impose(
        measures=measures,
        severity=run.random.choice(severities),
        basis=sanction.FiledBasis(
            kind=f.BasisKind.OTHER_ADMIN_DECISION,
            number=number,
            issued_on=day,
            served_on=day,
            issuer=f.Issuer.model_validate(run.item.item.department, from_attributes=True),
            digest=paper("处罚决定书"),
        ),
        verdict=f.Verdict(
            status=status,
            unfulfilled_content=breach_of(run),
            breach_consequence=f"撤销准予决定，依据{number}实施信用惩戒",
        ),
    )


def spared(run: CaseRun) -> Steps:
    yield from unrectified(run)
    yield run.later(3)
    texts = {"unfulfilled_content": breach_of(run), "breach_consequence": "不予惩戒，责令改正"}
    verdict = f.Verdict(status=f.FulfilmentStatus.PARTLY_FULFILLED, **texts)
    reason = run.random.choice([f.SparedReason.FIRST_AND_SLIGHT, f.SparedReason.NO_FAULT])
    corrected_on = local_date(run.at) if reason is f.SparedReason.FIRST_AND_SLIGHT else None
    proof = f.SparingProof(digest=paper("不予惩戒的证据"), corrected_on=corrected_on)
    explanation = f"经审查，符合{PRINTED.cited('不予处罚', local_date(run.at))}规定的情形"
    run.act(
        Role.DECISION_OFFICER,
        sanction.Spare(reason=reason, explanation=explanation, verdict=verdict, proof=proof),
    )


def refused(run: CaseRun) -> Steps:
    commit(run)
    document = NumberedDocument(
        number=run.document("不许"), kind=ResultKind.OTHER, title="不予准予决定书"
    )
    why = {"ground": RefusalGround.CONDITIONS, "reason": "经营场所不符合规定的距离"}
    run.act(Role.DECISION_OFFICER, decision.Refuse(document=document, **why))
    deliver(run)
    yield from ()


def declined(run: CaseRun) -> Steps:
    run.act(Role.INTAKE_CLERK, promise.Query())
    run.act(Role.INTAKE_CLERK, promise.Notify())
    yield run.later(2)
    run.act(Role.INTAKE_CLERK, promise.Decline(reason="选择按原程序提交全部材料"))


def withdrawn(run: CaseRun) -> Steps:
    commit(run)
    run.act(Role.INTAKE_CLERK, promise.Withdraw(reason="经营计划变更，不再办理"))
    yield from ()


def excluded(run: CaseRun) -> Steps:
    """Excluded by the credit query, so that the ordinary procedure applies."""
    run.act(Role.INTAKE_CLERK, promise.Query())
    yield from ()


def letter(run: CaseRun) -> SignedLetter:
    """A commitment letter on paper, whose original the clerk saw at the counter."""
    assert run.case.notice is not None
    person = not isinstance(run.case.applicant, Organisation)
    mark = f.Mark.SIGNATURE if person else f.Mark.SEAL
    return SignedLetter(
        notice_digest=run.case.notice.digest,
        digest=paper("信用承诺书"),
        signature=f.Signature(mark=mark, signed_on=local_date(run.at)),
        attested=True,
    )


def breach_of(run: CaseRun) -> str:
    breach = run.case.last(e.BreachFound)
    return breach.finding if breach else "未履行承诺"
