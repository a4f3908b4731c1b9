"""The scenarios of demonstration cases: each takes a case from its application to its end."""

from api.demo.papers import paper
from api.demo.scenario_runs import CaseRun, Steps
from application.access.permissions import Role
from application.case.commands import (
    decision,
    delivery,
    promise,
    sanction,
    substance,
    supervision,
    supplement,
)
from application.case.signing import SignedLetter
from domain.case import events as e
from domain.case import values as f
from domain.case.delivery.values import DeliveryManner
from domain.case.promise.decisions import (
    DecisionDocument,
    NumberedDocument,
    RefusalGround,
    ResultKind,
)
from domain.catalogue.terms import DecisionGate, SanctionMeasure
from domain.law.lawbook import PRINTED
from domain.values.parties import Organisation
from domain.values.workdays import local_date

COLLEAGUE = "decision-04"
"""Who goes along to a check; nobody whom a run draws has this id."""


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
    if run.case.terms.substantive_check:
        check(run)
    document = DecisionDocument(
        number=run.document("许"),
        kind=ResultKind.LICENCE,
        title=f"准予{run.item.item.name}决定书",
    )
    run.act(Role.DECISION_OFFICER, decision.Grant(document=document))


def check(run: CaseRun) -> None:
    """Two officers check the substance; what is drawn for it changes no other case."""
    drawn = run.random.getstate()
    finding = "到现场踏勘，用地、现状与申请材料一致"
    two = {"colleague": COLLEAGUE, "checked_on": local_date(run.at), "record": paper("核查笔录")}
    command = substance.CheckSubstance(**two, finding=finding, found_true=True)
    run.act(Role.DECISION_OFFICER, command)
    run.random.setstate(drawn)


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
