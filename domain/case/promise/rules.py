"""Rules of the promise track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from domain.case.promise import events as e
from domain.case.promise.materials import Application, HandedIn, indispensable, not_in
from domain.case.promise.verbs import PromiseVerbs
from domain.case.stages import Supply
from domain.case.substance.rules import CHECKED_AND_TRUE
from domain.case.values import AgentAct, Mark
from domain.catalogue.terms import CommitmentType, DecisionGate, Weight
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Attempt
from domain.signatures.verification import Attested, SignatureLevel, Verified
from domain.values.identifiers import commitment_parts
from domain.values.parties import Channel, Person, SubjectCategory

# materials ---------------------------------------------------------------------------------------

Handing = e.CaseOpened | HandedIn
"""An event by which materials are handed in."""


def _accepted(case: PromiseVerbs, event: Event) -> Application | None:
    """What this event accepts.  Returns None if it opens a case that is only received."""
    if isinstance(event, e.CaseOpened):
        return None if event.accept_by else event
    return case.in_hand


def primary_materials_are_in(case: PromiseVerbs, event: Event) -> bool:
    """主要申请材料不齐全，不能启用信用承诺（〔依据·容缺受理〕）"""
    accepted = _accepted(case, event)
    missing = indispensable(accepted) if accepted else ()
    return all(each.weight is not Weight.PRIMARY for each in missing)


def promise_replaces_what_is_missing(case: PromiseVerbs, event: Event) -> bool:
    """没有提交的材料里，有清单没有写明可以由承诺替代的；请收取这些材料，或者采用容缺受理"""
    accepted = _accepted(case, event)
    return (
        accepted is None
        or accepted.kind is not CommitmentType.NOTICE_COMMITMENT
        or not indispensable(accepted)
    )


def something_is_deferred(case: PromiseVerbs, event: Event) -> bool:
    """材料已经齐全，不需要容缺受理，请选择告知承诺或者直接办理"""
    accepted = _accepted(case, event)
    return (
        accepted is None
        or accepted.kind is not CommitmentType.DEFERRED_MATERIALS
        or bool(not_in(accepted))
    )


def only_what_may_be_asked_is_taken(case: PromiseVerbs, event: Handing) -> bool:
    """收到的材料里，有已经取消、部门内部共享或者本市已经持有的，不得向申请人索要，请从收到的材料中去掉"""
    asked = {each.code for each in case.terms.asked}
    held = {each.material for each in case.in_hand.reused}
    listed = {each.code for each in case.terms.materials}
    return {*event.submitted} & listed <= asked - held


def scans_are_of_what_is_in(case: PromiseVerbs, event: Handing) -> bool:
    """电子件对应的材料不在收到的材料里，或者同一份材料的电子件重复"""
    scanned = [each.material for each in event.scans]
    return len({*scanned}) == len(scanned) and {*scanned} <= {*event.submitted}


def materials_are_on_the_list(case: PromiseVerbs, event: Handing) -> bool:
    """收取的材料不在该事项的材料清单内，清单之外不得索要"""
    return set(event.submitted) <= {m.code for m in case.terms.materials}


# who applies -------------------------------------------------------------------------------------


def representative_is_of_an_organisation(case: PromiseVerbs, event: e.CaseOpened) -> bool:
    """法定代表人（负责人）只由法人、非法人组织填写；个体工商户经营者的姓名不公开，不填写"""
    organisation = event.applicant.category is SubjectCategory.ORGANISATION
    return event.legal_representative is None or organisation


def guardian_is_of_a_person(case: PromiseVerbs, event: e.CaseOpened) -> bool:
    """监护人和劳动收入的认定只由自然人填写，监护人不能是申请人本人（〔依据·监护〕）"""
    if isinstance(event.applicant, Person):
        return event.guardian is None or event.guardian.ref != event.applicant.ref
    return event.guardian is None and event.own_income is None


# credit ------------------------------------------------------------------------------------------


def query_is_due(case: PromiseVerbs, attempt: Attempt) -> bool:
    """上次的信用查询结果仍在有效期内，不必重新查询"""
    return case.credit_fresh_until is None or case.credit_fresh_until.passed(attempt.today)


def no_exclusion_holds(case: PromiseVerbs, event: e.CreditCleared | e.CreditReconfirmed) -> bool:
    """申请人有不得适用信用承诺的情形（I5）"""
    return not event.answer.findings


def an_exclusion_holds(case: PromiseVerbs, event: e.CreditExcluded) -> bool:
    """没有查到不得适用信用承诺的情形，不能转回原审批程序"""
    return bool(event.answer.findings)


def credit_answer_is_fresh(case: PromiseVerbs, attempt: Attempt) -> bool:
    """信用查询结果已过有效期，请先重新查询（I4）"""
    return not query_is_due(case, attempt)


# promise -----------------------------------------------------------------------------------------


def deferred_are_secondary_and_dated(case: PromiseVerbs, event: e.NoticeServed) -> bool:
    """只有次要材料可以容缺，且每份都要写明补交期限（I7）"""
    secondary = {m.code for m in case.terms.of(Weight.SECONDARY)}
    if {m.code for m in event.deferred} != case.missing:
        return False
    return case.missing <= secondary and all(m.due.on > event.day for m in event.deferred)


def letter_cites_the_notice(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """承诺书引用的不是已送达的告知书（I2）"""
    return case.notice is not None and event.letter.notice_digest == case.notice.digest


def paper_was_attested(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """在窗口签署的承诺书，须由窗口人员看过原件、核对签署人的身份后确认，或者经本系统核验电子签名"""
    letter = event.letter
    known = isinstance(letter.verification, Attested | Verified)
    return letter.channel is not Channel.COUNTER or known


def online_promise_is_reliably_signed(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """线上承诺须使用经本系统验证的可靠电子签名或者电子印章，也可以到窗口签署（I3）"""
    reliable = (SignatureLevel.RELIABLE_E, SignatureLevel.QUALIFIED_SEAL)
    letter = event.letter
    return letter.channel is not Channel.ONLINE or (
        isinstance(letter.verification, Verified) and letter.verification.level in reliable
    )


def marked_as_the_applicant_must(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """承诺书应由本人签字，单位应盖章，个体工商户可以盖章或者由经营者签字，也可以由授权代理人签字"""
    allowed = {
        SubjectCategory.PERSON: (Mark.SIGNATURE,),
        SubjectCategory.SELF_EMPLOYED: (Mark.SEAL, Mark.SIGNATURE),
        SubjectCategory.ORGANISATION: (Mark.SEAL,),
    }
    mark = event.letter.signature.mark
    return mark in (Mark.AUTHORISED_SIGNATURE, *allowed[case.applicant.category])


def agent_shows_an_authority(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """代理人签字的须有授权委托书，本人签字或者盖章的不填（〔依据·委托代理〕）"""
    by_an_agent = event.letter.signature.mark is Mark.AUTHORISED_SIGNATURE
    return by_an_agent is (event.letter.agency is not None)


def agent_may_promise(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """授权委托书没有授权代理人签署信用承诺书，请补办授权或者由本人签署（〔依据·委托代理〕）"""
    agency = event.letter.agency
    return agency is None or AgentAct.PROMISE in agency.scope


def code_matches_region_and_day(case: PromiseVerbs, event: e.CommitmentMade) -> bool:
    """承诺编码与受理地区或者承诺日期不符（I20）"""
    region, day, _ = commitment_parts(event.code)
    return (region, day) == (case.region, event.letter.signature.signed_on)


# decision ----------------------------------------------------------------------------------------


def gate_is_open(case: PromiseVerbs, _: Attempt) -> bool:
    """该事项须待所缺材料补齐后才能作出准予决定"""
    return case.terms.gate is DecisionGate.BEFORE_SUPPLEMENT or not case.outstanding


def nothing_awaits_review(case: PromiseVerbs, _: e.ApplicationRefused) -> bool:
    """有已经补交的材料还没有审核，请先审核，再作出不予准予的决定"""
    return all(each.supply is not Supply.SUPPLIED for each in case.supplements.values())


# the rules as the tables name them --------------------------------------------------------------

MATERIALS_ARE_TAKEN_LAWFULLY = (
    materials_are_on_the_list,
    only_what_may_be_asked_is_taken,
    scans_are_of_what_is_in,
)
MATERIALS_ARE_COMPLETE = (
    primary_materials_are_in,
    promise_replaces_what_is_missing,
    something_is_deferred,
)
MATERIALS_ARE_SOUND = (
    *MATERIALS_ARE_TAKEN_LAWFULLY[:2],
    *MATERIALS_ARE_COMPLETE,
    scans_are_of_what_is_in,
)
OPENING_IS_SOUND = (
    *MATERIALS_ARE_SOUND,
    representative_is_of_an_organisation,
    guardian_is_of_a_person,
)
LETTER_IS_SOUND = (
    letter_cites_the_notice,
    paper_was_attested,
    online_promise_is_reliably_signed,
    marked_as_the_applicant_must,
    agent_shows_an_authority,
    agent_may_promise,
    code_matches_region_and_day,
)
MAY_BE_GRANTED = (credit_answer_is_fresh, gate_is_open, *CHECKED_AND_TRUE)
