"""The file of a case (卷宗) as people read it: what is known of it, section by section."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.case import events as e
from domain.case.case import Case
from domain.case.papers.facts import state_of, to_put_right
from domain.case.papers.issued import validity
from domain.case.promise.decisions import DecisionDocument
from domain.case.promise.materials import indispensable
from domain.case.stages import Hearing
from domain.catalogue.terms import Material
from domain.values.workdays import Deadline, in_chinese, minute_in_chinese
from projections.audit_trail.sentences import how_it_is_known

CHECK = "实质核查"


class Fact(NamedTuple):
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """One part of the file: facts, then numbered texts under their own headings."""

    title: str
    facts: Sequence[Fact] = ()
    texts: Sequence[tuple[str, Sequence[str]]] = ()


def case_file(case: Case) -> list[Section]:
    """The sections of the file, in the order of the procedure; none that has no content."""
    return [section for part in PARTS for section in part(case)]


def due_text(due: Deadline) -> str:
    """A deadline in words; one that rests on an unpublished calendar is provisional."""
    return in_chinese(due.on) + ("（暂定）" if due.provisional else "")


def _credit(case: Case) -> Iterator[Section]:
    asked = case.last(e.CreditReconfirmed) or case.last(e.CreditCleared)
    if (last := case.last(e.CreditExcluded) or asked) is None:
        return
    answer = last.answer
    facts = [
        Fact("结果", "有不得适用的情形" if answer.findings else "没有不得适用的情形"),
        Fact("来源", f"{answer.source}，{minute_in_chinese(last.timestamp)} 查询"),
        *(Fact("情形", f"{each.exclusion.label}：{each.document}") for each in answer.findings),
    ]
    if case.credit_fresh_until:
        facts.append(Fact("有效期至", due_text(case.credit_fresh_until)))
    yield Section("信用查询", facts)


def _materials(case: Case) -> Iterator[Section]:
    facts = [
        Fact(each.name, state_of_material(case, each))
        for each in case.terms.materials
        if each.code not in case.missing
    ]
    facts += [
        Fact(each.name, f"容缺，{each.supply.label}，{due_text(each.due)} 以前补交")
        for each in case.supplements.values()
    ]
    if not case.supplements and case.notice:
        facts += [
            Fact(each.name, f"容缺，{due_text(each.due)} 以前补交") for each in case.notice.deferred
        ]
    yield Section("材料", facts)


def state_of_material(case: Case, material: Material) -> str:
    """What was done about a material; one that is needed is only missing before the acceptance."""
    if case.accepted_at is None and material in indispensable(case.in_hand):
        return "未收"
    return state_of(case.in_hand, material)


def _acceptance(case: Case) -> Iterator[Section]:
    """Nothing of an application that was accepted on the spot."""
    if not (received := case.opened).accept_by:
        return
    facts = [Fact("收件", minute_in_chinese(received.timestamp)), Fact("受理", _accepted(case))]
    if asked := case.last(e.CorrectionAsked):
        facts.append(
            Fact("告知补正", f"{in_chinese(asked.day)}，{due_text(asked.correct_by)} 以前补正")
        )
    if came := case.last(e.CorrectionReceived):
        facts.append(Fact("收到补正", in_chinese(came.received_on)))
    texts = [("需要补正的内容", put_right(case))] if asked else []
    yield Section("受理", facts, texts)


def _accepted(case: Case) -> str:
    at, label = case.accepted_at, case.acceptance.label
    return f"{label}，{minute_in_chinese(at)}" if at else label


def put_right(case: Case) -> list[str]:
    """What the applicant was asked to put right, one line for each material and the form."""
    asked = case.last(e.CorrectionAsked)
    return [*to_put_right(case, asked)] if asked else []


def _notice(case: Case) -> Iterator[Section]:
    if (notice := case.notice) is None:
        return
    facts = [
        Fact("送达", in_chinese(notice.day)),
        Fact("答复期限", due_text(notice.commit_by)),
        Fact("SHA-256", notice.digest),
    ]
    told = (
        ("办理条件", notice.conditions),
        ("办理标准", notice.standards),
        ("违诺后果", notice.consequences),
    )
    yield Section("告知书", facts, told)


def _letter(case: Case) -> Iterator[Section]:
    if (made := case.last(e.CommitmentMade)) is None:
        return
    signature = made.letter.signature
    facts = [
        Fact("承诺编码", made.code),
        Fact("签署", f"{signature.mark.label}，{in_chinese(signature.signed_on)}"),
        Fact("签名", how_it_is_known(made.letter.verification)),
        Fact("SHA-256", made.letter.digest),
    ]
    texts = (("承诺内容", (made.content,)), ("违诺责任", (made.liability,)))
    yield Section("承诺书", facts, texts)


def _check(case: Case) -> Iterator[Section]:
    """The check that counts; until it is done, that it is needed."""
    if not case.terms.substantive_check:
        return
    if (check := case.checked) is None:
        yield Section(CHECK, [Fact("是否实质核查", "准予以前须由两名以上工作人员核查")])
        return
    facts = [
        Fact("核查日期", in_chinese(check.checked_on)),
        Fact("核查人员", "、".join(check.officers)),
        Fact("核查结论", check.conclusion),
        Fact("核查情况", check.finding),
        Fact("核查笔录 SHA-256", check.record),
    ]
    yield Section(CHECK, facts)


def _decision(case: Case) -> Iterator[Section]:
    granted, refused = case.last(e.ApplicationGranted), case.last(e.ApplicationRefused)
    if (made := case.decided) is None or (document := case.decision_document) is None:
        return
    facts = [
        Fact("结果", "准予" if granted else "不予准予"),
        Fact("文书号", document.number),
        Fact(document.kind.label, document.title),
        Fact("决定日期", in_chinese(made.day)),
        *_issued(document),
        *([Fact("核查期限", due_text(granted.inspect_by))] if granted else []),
        *_delivery(case),
    ]
    texts = [("法定情形", (refused.ground.label,))] if refused and refused.ground else []
    texts += [("理由", (refused.reason,))] if refused else []
    yield Section("决定", facts, tuple(texts))


def _issued(document: DecisionDocument) -> Iterator[Fact]:
    if holds := validity(document):
        yield Fact("有效期", holds)
    if document.result:
        yield Fact("证照文件 SHA-256", document.result)


def _delivery(case: Case) -> Iterator[Fact]:
    if corrected := case.last(e.DecisionCorrected):
        yield Fact("更正", f"{in_chinese(corrected.day)}：{corrected.reason}")
    if delivered := case.delivered:
        yield Fact("决定的送达", f"{delivered.how.label}，{in_chinese(delivered.delivered_on)}")
        yield Fact("送达回证 SHA-256", delivered.receipt)
    elif owed := next((each.due for each in case.duties if each.action == "deliver"), None):
        yield Fact("送达期限", due_text(owed))


def _inspection(case: Case) -> Iterator[Section]:
    passed, breach = case.last(e.InspectionPassed), case.last(e.BreachFound)
    if passed:
        facts = [Fact("结果", passed.conclusion.label), Fact("核查记录", passed.note)]
        yield Section("核查", facts)
    if breach:
        facts = [
            Fact("违诺", breach.kind.label),
            Fact("发现", in_chinese(breach.day)),
            Fact("查明", breach.finding),
        ]
        yield Section("违诺与整改", [*facts, *_rectification(case)])


def _rectification(case: Case) -> Iterator[Fact]:
    if order := case.last(e.RectificationOrdered):
        yield Fact("责令整改", f"{due_text(order.rectify_by)} 以前：{'；'.join(order.items)}")
    if done := case.last(e.Rectified):
        yield Fact("整改", f"{done.conclusion.label}（{in_chinese(done.done_on)}）")
    if failed := case.last(e.RectificationFailed):
        yield Fact("整改未果", f"{failed.shortfall.label}：{failed.finding}")
    if refused := case.last(e.RectificationRefused):
        yield Fact("拒绝整改", refused.evidence.proof.label)


def _sanction(case: Case) -> Iterator[Section]:
    facts = [*_hearing(case), *_conclusion(case)]
    if facts:
        yield Section("惩戒", facts)


def _hearing(case: Case) -> Iterator[Fact]:
    if case.hearing is Hearing.NONE:
        return
    told = case.last(e.SanctionForewarned)
    assert told, "a hearing begins with the prior notice"
    yield Fact("拟实施", "；".join(each.label for each in told.measures))
    yield Fact("理由", told.reason)
    yield Fact("陈述申辩", f"{case.hearing.label}，期限 {due_text(told.statement_until)}")
    if heard := case.last(e.StatementHeard):
        yield Fact("当事人陈述", heard.statement)
        yield Fact("意见", heard.opinion)


def _conclusion(case: Case) -> Iterator[Fact]:
    if imposed := case.last(e.PenaltyImposed):
        yield Fact("实施", "；".join(each.label for each in imposed.measures))
        yield Fact("失信等级", imposed.severity.label)
        yield Fact("依据", f"{imposed.basis.kind.label} {imposed.basis.number}")
    if spared := case.last(e.PenaltyWaived):
        yield Fact("不予惩戒", f"{spared.reason.label}：{spared.explanation}")


PARTS = (
    _acceptance,
    _credit,
    _materials,
    _notice,
    _letter,
    _check,
    _decision,
    _inspection,
    _sanction,
)
"""The sections, each made by its function, in the order of the procedure."""
