"""The plots of the demonstration: how a case may go, from the window to its end."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256
from random import Random

from application.access.permissions import Role
from application.case.case_command import CaseCommand
from application.case.commands import promise, sanction, supervision, supplement
from application.execution.context import CommandContext
from domain.case import events as e
from domain.case import values as f
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, DecisionGate, SanctionMeasure, Weight
from domain.values.parties import Actor, Organisation
from domain.values.workdays import SHANGHAI, Party, local_date
from infrastructure.container import Container

Story = Iterator[datetime]
"""Acts whenever it is asked to go on, and yields the moment at which it wants to be asked again."""


class Tale:
    """One case while it is being told: what has happened is in the service, not here."""

    def __init__(
        self, container: Container, dice: Random, number: int, at: datetime, item: CatalogueItem
    ) -> None:
        self.container, self.dice, self.number, self.at, self.item = (
            container,
            dice,
            number,
            at,
            item,
        )

    def open(self, kind: CommitmentType, applicant: promise.Applicant) -> None:
        assert self.item.terms is not None
        primary = [m.code for m in self.item.terms.of(Weight.PRIMARY)]
        asked = promise.OpenCase(
            item=self.item.item.code, kind=kind, applicant=applicant, submitted=tuple(primary)
        )
        context = self._context(Role.INTAKE_CLERK)
        self.case = self.container.casework.open(context, asked).aggregate

    def act(self, role: Role, command: CaseCommand) -> None:
        """Do the next thing, a few minutes after the last."""
        self.at += timedelta(minutes=self.dice.randrange(2, 9))
        self.case = self.container.casework.act(
            self._context(role), self.case.id, command
        ).aggregate

    def later(self, workdays: int) -> datetime:
        """Some time in the morning of the working day so many days on."""
        calendar = self.container.calendar
        day = calendar.add(local_date(self.at), workdays, Party.GOVERNMENT).on
        morning = datetime.combine(day, time(8, 40), SHANGHAI)
        self.at = morning + timedelta(minutes=self.dice.randrange(180))
        return self.at

    def look(self) -> None:
        """See what others, such as the sweep, have done meanwhile."""
        self.case = self.container.repository.get(type(self.case), self.case.id)

    def document(self, title: str) -> str:
        return f"义示{title}〔{local_date(self.at).year}〕{self.number}号"

    def _context(self, role: Role) -> CommandContext:
        office = self.item.item
        supervising = role is Role.INSPECTOR
        department = office.supervisor if supervising else office.department
        person = f"{role.value.split('_')[0]}-{self.dice.randrange(1, 4):02}"
        channel = self.dice.choice([f.Channel.COUNTER, f.Channel.ONLINE])
        return CommandContext(
            Actor(person=person, role=role, department=department), self.at, channel
        )


def promised(tale: Tale) -> None:
    """Query, notice, promise: all in one visit."""
    tale.act(Role.INTAKE_CLERK, promise.Query())
    tale.act(Role.INTAKE_CLERK, promise.Notify())
    tale.act(Role.INTAKE_CLERK, promise.Promise(letter=letter(tale)))


def granted(tale: Tale) -> Story:
    """The promise, and the decision at once; or when the missing materials are in."""
    promised(tale)
    if tale.case.supplements and tale.case.terms.gate is DecisionGate.AFTER_SUPPLEMENT:
        yield tale.later(2)
        supply(tale)
        tale.act(Role.INTAKE_CLERK, promise.Query())
    document = f.DecisionDocument(
        number=tale.document("许"),
        kind=f.ResultKind.LICENCE,
        title=f"准予{tale.item.item.name}决定书",
    )
    tale.act(Role.DECISION_OFFICER, promise.Grant(document=document))


def supply(tale: Tale) -> None:
    """Hand in what is missing; now and then something must be brought twice."""
    for code in list(tale.case.supplements):
        tale.act(Role.INTAKE_CLERK, supplement.Supply(material=code, digest=digest(code)))
        if tale.dice.randrange(7) == 0:
            reason = "复印件不清晰，请重新提交"
            tale.act(Role.DECISION_OFFICER, supplement.ReturnMaterial(material=code, reason=reason))
            tale.act(
                Role.INTAKE_CLERK, supplement.Supply(material=code, digest=digest(code, "again"))
            )
        tale.act(Role.DECISION_OFFICER, supplement.AcceptMaterial(material=code))


def kept(tale: Tale) -> Story:
    yield from granted(tale)
    if tale.case.outstanding:
        yield tale.later(tale.dice.randrange(1, 4))
        supply(tale)
    yield tale.later(tale.dice.randrange(5, tale.case.terms.periods.inspection))
    tale.act(Role.INSPECTOR, supervision.PassInspection(note="现场核查，实际情况与承诺一致"))


def breached(tale: Tale) -> Story:
    """Granted, found broken, ordered to be put right."""
    yield from granted(tale)
    if tale.case.outstanding:
        yield tale.later(1)
        supply(tale)
    yield tale.later(tale.dice.randrange(4, 15))
    finding = tale.dice.choice(
        ["实际经营场所与承诺不符", "承诺配备的人员未到位", "提交的说明与事实不符"]
    )
    kind = tale.dice.choice([f.BreachKind.FALSE_STATEMENT, f.BreachKind.NON_PERFORMANCE])
    tale.act(Role.INSPECTOR, supervision.FindBreach(kind=kind, finding=finding))
    yield tale.later(1)
    items = (f"针对“{finding}”完成整改，使实际情况符合承诺",)
    tale.act(Role.INSPECTOR, supervision.OrderRectification(items=items))


def rectified(tale: Tale) -> Story:
    yield from breached(tale)
    yield tale.later(tale.dice.randrange(2, 6))
    done_on = local_date(tale.at)
    tale.act(
        Role.INSPECTOR,
        supervision.AcceptRectification(evidence="复查现场，已按要求整改", done_on=done_on),
    )


def supplied_late(tale: Tale) -> Story:
    """The material does not come; the sweep says so; the order brings it."""
    yield from granted(tale)
    yield tale.later(tale.case.terms.periods.supplement + 2)
    tale.look()
    tale.act(
        Role.INSPECTOR, supervision.OrderRectification(items=("在整改期限内补齐全部所缺材料",))
    )
    yield tale.later(2)
    supply(tale)
    put_right = supervision.AcceptRectification(
        evidence="所缺材料已补齐", done_on=local_date(tale.at)
    )
    tale.act(Role.INSPECTOR, put_right)


def unrectified(tale: Tale) -> Story:
    """Broken and not put right, found so by the inspector or by the clock."""
    yield from breached(tale)
    if tale.dice.choice([True, False]):
        yield tale.later(tale.case.terms.periods.rectification + 2)
        tale.look()
        return
    yield tale.later(4)
    failed = {"shortfall": f.Shortfall.INADEQUATE, "finding": "复查时问题仍然存在"}
    tale.act(Role.INSPECTOR, supervision.FailRectification(**failed))


def penalized(tale: Tale) -> Story:
    yield from unrectified(tale)
    yield from sanctioned(tale)


def refused_to_rectify(tale: Tale) -> Story:
    yield from breached(tale)
    yield tale.later(2)
    officers = ("inspector-01", "inspector-02")
    evidence = f.RefusalEvidence(
        proof=f.RefusalProof.RECORDED_BY_TWO, officers=officers, digest=digest("refusal")
    )
    tale.act(Role.INSPECTOR, supervision.RefuseRectification(evidence=evidence))
    yield from sanctioned(tale)


def sanctioned(tale: Tale) -> Story:
    """Forewarned, heard or not, decided, on a legal document that was served."""
    yield tale.later(1)
    measures = tale.case.terms.measures[: tale.dice.randrange(1, 3)]
    tale.act(Role.INSPECTOR, sanction.Forewarn(measures=measures, reason="违反承诺且未整改到位"))
    heard = tale.dice.randrange(3)
    if heard == 0:
        yield tale.later(2)
        said = {"statement": "请求从轻处理", "opinion": "理由不成立，维持拟处理意见"}
        tale.act(Role.HEARING_CHAIR, sanction.Hear(**said))
    elif heard == 1:
        tale.act(Role.HEARING_CHAIR, sanction.WaiveHearing(digest=digest("waiver")))
    yield tale.later(7)
    tale.act(Role.DECISION_OFFICER, penalty(tale, measures))


def penalty(tale: Tale, measures: tuple[SanctionMeasure, ...]) -> sanction.Impose:
    day = local_date(tale.at)
    number = tale.document("信罚")
    severities = [f.Severity.GENERAL] * 4 + [f.Severity.SERIOUS, f.Severity.MINOR]
    status = tale.dice.choice([f.FulfilmentStatus.UNFULFILLED, f.FulfilmentStatus.PARTLY_FULFILLED])
    return sanction.Impose(
        measures=measures,
        severity=tale.dice.choice(severities),
        basis=f.BasisDocument(
            kind=f.BasisKind.OTHER_ADMIN_DECISION, number=number, issued_on=day, served_on=day
        ),
        verdict=f.Verdict(
            status=status,
            unfulfilled_content=breach_of(tale),
            breach_consequence=f"撤销准予决定，依据{number}实施信用惩戒",
        ),
    )


def spared(tale: Tale) -> Story:
    yield from unrectified(tale)
    yield tale.later(3)
    texts = {"unfulfilled_content": breach_of(tale), "breach_consequence": "不予惩戒，责令改正"}
    verdict = f.Verdict(status=f.FulfilmentStatus.PARTLY_FULFILLED, **texts)
    reason = tale.dice.choice([f.SparedReason.FIRST_AND_SLIGHT, f.SparedReason.NO_FAULT])
    explanation = "经审查，符合《行政处罚法》第三十三条规定的情形"
    tale.act(
        Role.DECISION_OFFICER,
        sanction.Spare(reason=reason, explanation=explanation, verdict=verdict),
    )


def refused(tale: Tale) -> Story:
    promised(tale)
    document = f.DecisionDocument(
        number=tale.document("不许"), kind=f.ResultKind.OTHER, title="不予准予决定书"
    )
    reason = "申请事项不符合法定条件"
    tale.act(Role.DECISION_OFFICER, promise.Refuse(document=document, reason=reason))
    yield from ()


def declined(tale: Tale) -> Story:
    tale.act(Role.INTAKE_CLERK, promise.Query())
    tale.act(Role.INTAKE_CLERK, promise.Notify())
    yield tale.later(2)
    tale.act(Role.INTAKE_CLERK, promise.Decline(reason="选择按原程序提交全部材料"))


def withdrawn(tale: Tale) -> Story:
    promised(tale)
    tale.act(Role.INTAKE_CLERK, promise.Withdraw(reason="经营计划变更，不再办理"))
    yield from ()


def on_record(tale: Tale) -> Story:
    """The credit query finds an exclusion: the ordinary way."""
    tale.act(Role.INTAKE_CLERK, promise.Query())
    yield from ()


def letter(tale: Tale) -> f.Letter:
    """Sealed by an organisation, signed by a person; reliably, whether online or not."""
    assert tale.case.notice is not None
    person = not isinstance(tale.case.applicant, Organisation)
    signature = f.Signature(
        mark=f.Mark.SIGNATURE if person else f.Mark.SEAL,
        level=f.SignatureLevel.RELIABLE_E,
        verified=True,
        signed_on=local_date(tale.at),
    )
    return f.Letter(
        notice_digest=tale.case.notice.digest,
        digest=digest(tale.case.notice.digest),
        channel=tale.dice.choice([f.Channel.COUNTER, f.Channel.ONLINE]),
        signature=signature,
    )


def breach_of(tale: Tale) -> str:
    found = tale.case.last(e.BreachFound)
    return found.finding if found else "未履行承诺"


def digest(*texts: str) -> str:
    """Stands for the hash of a scanned document."""
    return sha256("\n".join(texts).encode()).hexdigest()
