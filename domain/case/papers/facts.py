"""The facts of a case that its documents tell, by the names that templates use."""

from collections.abc import Iterable, Iterator, Sequence

from domain.case import events as e
from domain.case import letter
from domain.case.papers.issued import amended, checked, issued, replacing
from domain.case.promise.decisions import RefusalGround
from domain.case.promise.materials import Application, InHand, in_hand, replaced
from domain.case.stages import Supply
from domain.case.state import CaseState
from domain.case.values import DeferredMaterial
from domain.catalogue import composed_texts
from domain.catalogue.terms import CommitmentType, Material, Replaces, Weight
from domain.documents.kinds import DocumentKind
from domain.documents.templates import Facts
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from domain.values.workdays import Deadline, in_chinese

NOTHING_MISSING = "本案没有需要补交的材料。"
STANDS_IN = {
    Replaces.APPROVAL: "您书面承诺符合上述条件和标准的，凭承诺直接作出决定，不再事先审查。",
    Replaces.CERTIFICATE: "您书面承诺符合上述条件和标准的，承诺替代相应的证明，不再索要。",
}
STANDS_IN_BUT_IS_CHECKED = "您书面承诺符合上述条件和标准的，不再另行索要证明。"
CHECKED_FIRST = (
    "作出准予决定以前，由两名以上工作人员核查申请材料的实质内容，请予配合（〔依据·实质核查〕）。"
)
CREDIT_OBJECTION = (
    "认为信用信息有错误、遗漏或者不应当采用的，可以向提供该信息的单位或者信用平台提出异议"
    "（〔依据·异议处理〕）；信用信息处理的结果对您有重大影响的，可以要求本单位"
    "说明，并有权拒绝仅由自动化方式作出的决定（〔依据·自动化决定〕）。",
    "已经履行义务、纠正失信行为的，可以向认定单位申请信用修复；修复以后可以重新适用信用承诺。",
)
REFUSAL_BASES = {
    RefusalGround.CONDITIONS: "〔依据·不予许可〕",
    RefusalGround.UNTRUE: "〔依据·虚假申请〕",
    RefusalGround.QUOTA: "〔依据·数量限制〕",
}
NO_OBJECTION = "本案因申请人自己的选择转办，与信用记录无关，不产生不良信用记录。"


def due_text(due: Deadline) -> str:
    """A deadline in words; one that rests on an unpublished calendar is provisional."""
    return in_chinese(due.on) + ("（暂定）" if due.provisional else "")


def facts_of(case: CaseState, event: Event, addressee: str) -> Facts:
    """What the documents served with this event tell; the case is as it was before it."""
    told = {"consequences": case.terms.consequences_told(event.day)}
    return _of_the_case(case, addressee) | told | _of_the_event(case, event)


def _of_the_case(case: CaseState, addressee: str) -> dict[str, str | Sequence[str]]:
    item, terms = case.pinned.item, case.terms
    applicant = case.applicant
    unit = applicant if isinstance(applicant, Organisation) else None
    return {
        "addressee": addressee,
        "code": f"统一社会信用代码：{unit.code}" if unit else "身份证件号码：见申请登记",
        "item": item.name,
        "item_code": item.code,
        "type": case.kind.label,
        "measure_document": terms.measure_document,
        "legal_basis": terms.legal_basis,
        "office": item.department.name,
        "supervisor": item.supervisor.name,
        "contact": _contact(case),
        "inspection": str(terms.periods.inspection),
        "rectification": str(terms.periods.rectification),
        "conditions": terms.conditions,
        "publicity": _publicity(unit is not None),
        "reason": letter.reason(case.pinned),
        "stands_in": _stands_in(case),
    }


def _of_the_event(case: CaseState, event: Event) -> dict[str, str | Sequence[str]]:
    match event:
        case e.CaseOpened(query_by=due) | e.ApplicationAccepted(query_by=due):
            materials = (*_materials(_applied(case)),)
            return {"materials": materials, "query_by": due_text(due) if due else ""}
        case e.CorrectionAsked():
            return {
                "asked": (*to_put_right(case, event),),
                "correct_by": due_text(event.correct_by),
            }
        case e.NoticeServed():
            return _of_the_notice(case, event)
        case e.CreditExcluded():
            found = event.answer.findings
            reasons = tuple(f"{each.exclusion.label}，依据：{each.document}" for each in found)
            return {"reasons": reasons, "objection": CREDIT_OBJECTION}
        case e.CommitmentDeclined() | e.CaseWithdrawn():
            return _by_choice(event)
        case e.ApplicationGranted() | e.ApplicationRefused() | e.DecisionCorrected():
            return _of_the_decision(case, event) | checked(case) | issued(event.document)
        case e.MaterialReturned():
            return _returned(case, event)
    return {}


def _of_the_notice(case: CaseState, event: e.NoticeServed) -> dict[str, str | Sequence[str]]:
    applied = _applied(case)
    return {
        "conditions": event.conditions,
        "standards": event.standards,
        "consequences": event.consequences,
        "materials": (*_materials(applied),),
        "replaced": (*map(composed_texts.stood_in_for, (m.name for m in replaced(applied))),),
        "supplements": _supplements(event.deferred),
        "commit_by": due_text(event.commit_by),
        "notice_digest": event.digest,
        "replacing": replacing(case, event),
        "day": in_chinese(event.day),
    }


def _applied(case: CaseState) -> InHand:
    """The application with all that was handed in before this event."""
    opened = case.last(e.CaseOpened)
    assert opened, "a case begins with its opening"
    return in_hand(opened, case.past)


def to_put_right(case: CaseState, event: e.CorrectionAsked) -> Iterator[str]:
    """What must be put right; the table refuses the code of a material that has no name."""
    names = {each.code: f"《{each.name}》" for each in case.terms.materials}
    for each in event.asked:
        yield f"{names.get(each.material or '', each.material or '申请书')}：{each.what}"


def _owed_after_all(case: CaseState) -> dict[str, str | Sequence[str]]:
    outstanding = [f"在{due_text(each.due)}以前补交《{each.name}》" for each in case.outstanding]
    return {"supplements": tuple(outstanding) or NOTHING_MISSING}


def _by_choice(
    event: e.CommitmentDeclined | e.CaseWithdrawn,
) -> dict[str, str | Sequence[str]]:
    withdrawn = isinstance(event, e.CaseWithdrawn)
    what = "申请人撤回信用承诺的申请" if withdrawn else "申请人不作承诺"
    return {"reasons": (f"{what}：{event.reason}",), "objection": NO_OBJECTION}


def _of_the_decision(
    case: CaseState, event: e.ApplicationGranted | e.ApplicationRefused | e.DecisionCorrected
) -> dict[str, str | Sequence[str]]:
    """What was decided, as the decision said it; a correction changes its document alone."""
    match event:
        case e.ApplicationGranted():
            return _granted(case, event) | {"amended": ()}
        case e.ApplicationRefused():
            return _refused(event) | {"amended": ()}
        case e.DecisionCorrected():
            decided = case.last(e.ApplicationGranted) or case.last(e.ApplicationRefused)
            assert decided, "only what was decided is corrected"
            return _of_the_decision(case, decided) | amended(decided, event)


def _granted(case: CaseState, event: e.ApplicationGranted) -> dict[str, str | Sequence[str]]:
    told = {"decided": DocumentKind.GRANT.label, "inspect_by": due_text(event.inspect_by)}
    return told | _owed_after_all(case)


def _refused(event: e.ApplicationRefused) -> dict[str, str | Sequence[str]]:
    told = {"decided": DocumentKind.REFUSAL.label, "refusal": event.reason}
    return told | {"ground": _ground(event)}


def _ground(event: e.ApplicationRefused) -> Sequence[str]:
    if event.ground is None:
        return ()
    return (f"{event.ground.label}（{REFUSAL_BASES[event.ground]}）。",)


def _returned(case: CaseState, event: e.MaterialReturned) -> dict[str, str | Sequence[str]]:
    """One notice of everything that is still to be handed in."""
    returned = case.supplement(event.material)
    awaited = [m for m in case.outstanding if m.supply is Supply.AWAITED]
    owed = [(returned.name, event.due), *((m.name, m.due) for m in awaited)]
    told = tuple(f"在{due_text(due)}以前补交《{name}》" for name, due in owed)
    return {"returned": f"《{returned.name}》：{event.reason}", "supplements": told}


def _supplements(deferred: Iterable[DeferredMaterial]) -> str | Sequence[str]:
    told = [f"在{due_text(each.due)}以前补交《{each.name}》" for each in deferred]
    return tuple(told) or NOTHING_MISSING


def _materials(applied: Application) -> Iterator[str]:
    materials = applied.pinned.terms.materials
    for each in materials:
        yield f"{each.name}（{each.weight.label}）：{state_of(applied, each)}"
    if not materials:
        yield "本事项不要求提交材料。"


def state_of(applied: Application, material: Material) -> str:
    """What was done about a material of the application, in words for the applicant."""
    if material.code in applied.submitted:
        return "已收"
    if not material.disposition.is_asked:
        return f"{material.disposition.label}，不向您索要"
    for held in applied.reused:
        if held.material == material.code:
            return f"{held.holder.name}已经持有，不向您索要"
    if applied.kind is CommitmentType.DEFERRED_MATERIALS and material.weight is Weight.SECONDARY:
        return "容缺，按期补交"
    return "未收，由承诺替代"


def _stands_in(case: CaseState) -> str:
    is_checked = case.terms.substantive_check
    then = CHECKED_FIRST if is_checked else ""
    if case.kind is CommitmentType.DEFERRED_MATERIALS:
        return f"您书面承诺按期补交的，承诺暂时替代上面写明容缺的次要材料。{then}"
    return f"{STANDS_IN_BUT_IS_CHECKED if is_checked else STANDS_IN[case.terms.replaces]}{then}"


def _publicity(unit: bool) -> str:
    if unit:
        return (
            "公开。作出准予决定以后，承诺编码、承诺人名称、承诺事由、承诺内容、违诺责任和履行状态"
            "通过本市信用承诺公示网站向社会公示；证件号码、联系方式和经办人不公开。"
        )
    return "自然人的承诺书不向社会公开；法律另有规定的，依照其规定并隐去证件号码。"


def _contact(case: CaseState) -> str:
    if (contact := case.terms.contact) is None:
        return "联系方式：请到办理单位的受理窗口询问"
    told = (contact.telephone and f"电话 {contact.telephone}", contact.address)
    return f"联系方式：{'，'.join(each for each in told if each) or '请到受理窗口询问'}"
