"""One Chinese sentence for every event."""

from collections.abc import Callable
from datetime import date
from typing import Any

from application.access.permissions import Role
from domain.case import events as c
from domain.case.papers.issued import validity
from domain.case.promise.decisions import DecisionDocument
from domain.catalogue import events as i
from domain.files.events import FileReceived
from domain.kernel.aggregate import Event
from domain.logbook.events import LogRestored
from domain.signatures.verification import Attested, Claimed, Evidence, Verified
from domain.tolerance import events as r
from domain.tolerance.grounds import GroundKind
from domain.tolerance.values import Decision, Officer, Ruling, Unit
from domain.values.labels import Labelled
from domain.values.parties import Actor, Channel, Organisation, Person
from domain.values.personal.screen import masked
from domain.values.workdays import Deadline, in_chinese, minute_in_chinese
from domain.wording import events as w


def _day(day: date | Deadline) -> str:
    if isinstance(day, Deadline):
        return _day(day.on) + ("（暂定）" if day.provisional else "")
    return in_chinese(day)


def _joined(texts: tuple[object, ...]) -> str:
    return "；".join(text.label if isinstance(text, Labelled) else str(text) for text in texts)


def _deferred(event: c.NoticeServed | c.CommitmentMade) -> str:
    return "".join(f"；《{m.name}》须于{_day(m.due)}前补交" for m in event.deferred)


def _applicant(who: Organisation | Person) -> str:
    return who.name if isinstance(who, Organisation) else "一名自然人"


def _opened(event: c.CaseOpened) -> str:
    item, count = event.pinned, len(event.submitted)
    done = "收下" if event.accept_by else "受理"
    taken = f"{done}{_applicant(event.applicant)}申请的“{item.item.name}”，适用{event.kind.label}"
    told = f"{taken}，事项第{item.version}版，收到材料{count}份{_held(event)}"
    later = f"；材料待审查，应于{_day(event.accept_by)}前决定是否受理" if event.accept_by else ""
    return f"{told}{later}{_renamed(event)}{_acting(event)}"


def _asked(event: c.CorrectionAsked) -> str:
    rows = (f"{each.material or '申请书'}，{each.what}" for each in event.asked)
    return f"一次告知需要补正的全部内容，请于{_day(event.correct_by)}前补正：{'；'.join(rows)}"


def _completed(event: c.CorrectionReceived) -> str:
    """What came, by code; the scans among it are files of the case."""
    form = ["申请书"] if event.form else []
    came = "、".join([*event.submitted, *form])
    scanned = f"，其中{len(event.scans)}份存有电子件" if event.scans else ""
    until = f"，应于{_day(event.accept_by)}前决定是否受理"
    return f"收到{_day(event.received_on)}补正的{came}{scanned}{until}"


def _held(event: c.CaseOpened) -> str:
    """Which were scanned, and which the city held already, by name and holder."""
    scanned = f"，其中{len(event.scans)}份存有电子件" if event.scans else ""
    names = {each.code: each.name for each in event.pinned.terms.materials}
    held = (f"《{names[each.material]}》{each.holder.name}已经持有" for each in event.reused)
    told = "，".join(held)
    return f"{scanned}；{told}，没有再索要" if told else scanned


def _renamed(event: c.CaseOpened) -> str:
    if (change := event.renamed) is None:
        return ""
    former = f"名称由“{change.former}”依法变更" if change.former else "姓名已依法变更"
    return f"；{former}：{change.reason}"


def _acting(event: c.CaseOpened) -> str:
    """Who acts for a minor, by relation only; the representative of an organisation by name."""
    told = ""
    if guardian := event.guardian:
        told += f"；监护人（{guardian.relation.label}）{guardian.part.label}"
        told += "，同意处理申请人的个人信息" if guardian.agrees_to_processing else ""
    if event.own_income:
        told += f"；认定以自己的劳动收入为主要生活来源：{event.own_income.finding}"
    if event.legal_representative:
        told += f"；法定代表人（负责人）：{event.legal_representative}"
    return told


def _corrected(event: c.IdentityCorrected) -> str:
    if event.name is None:
        whose = "监护人" if event.whose else "申请人"
        return f"更正{whose}的姓名（现为第{event.name_version}版）：{event.reason}"
    return f"更正申请人的名称，“{event.former}”更正为“{event.name}”：{event.reason}"


def _retimed(event: c.InstantsCorrected | r.ReviewInstantsCorrected) -> str:
    """Returns the instants that hold instead of the recorded ones."""
    moments = (
        f"第{each.version}版由{minute_in_chinese(each.recorded)}纠正为{minute_in_chinese(each.at)}"
        for each in event.instants
    )
    return (
        f"纠正服务器时钟有误的时刻（{event.approved_by}批准）：{'，'.join(moments)}：{event.reason}"
    )


def _checked_first(event: c.CommitmentMade) -> str:
    return "先经实质核查再" if event.substantive_check else ""


def _checked_by_two(event: c.SubstanceChecked) -> str:
    two = "、".join(event.officers)
    return f"记录{two}于{_day(event.checked_on)}的实质核查，{event.conclusion}：{event.finding}"


def _refused(event: c.ApplicationRefused) -> str:
    told = f"{event.ground.label}，{event.reason}" if event.ground else event.reason
    return told + _delivered_by(event)


def _granted(event: c.ApplicationGranted) -> str:
    issued = f"{_issued(event.document)}，应于{_day(event.inspect_by)}前核查"
    return f"作出准予决定（{event.document.number}），核发{issued}{_delivered_by(event)}"


def _issued(document: DecisionDocument) -> str:
    """Returns what a decision issues, with its validity if it has one."""
    holds = validity(document)
    return f"{document.kind.label}《{document.title}》{f'（有效期{holds}）' if holds else ''}"


def _delivered_by(event: c.ApplicationGranted | c.ApplicationRefused) -> str:
    return f"，应于{_day(event.deliver_by)}前送达" if event.deliver_by else ""


def _amended(event: c.DecisionCorrected) -> str:
    former, number = event.former_numbers[-1], event.document.number
    renumbered = f"，文书号改为{number}" if number != former else ""
    said = f"更正{event.corrects.label}（{former}，{event.approved_by}批准）{renumbered}"
    return f"{said}，现为{_issued(event.document)}：{event.reason}，应于{_day(event.deliver_by)}前重新送达"


def _channel(event: c.CommitmentMade) -> str:
    signature = event.letter.signature
    way = "线上" if event.letter.channel is Channel.ONLINE else "在窗口"
    return f"{way}{signature.mark.label}，{how_it_is_known(event.letter.verification)}"


def how_it_is_known(evidence: Evidence) -> str:
    """Says who knows that a letter is signed; a claim is called one."""
    match evidence:
        case Verified(method=method):
            return f"{evidence.level.label}，经本系统核验（{method.label}）"
        case Attested():
            return f"{evidence.level.label}"
        case Claimed(level=level):
            return f"当时填报为{level.label}，本系统没有核验"


def _concerned(who: Officer | Unit) -> str:
    officer = f"工作人员（{who.person}）" if isinstance(who, Officer) else ""
    return who.department.name + officer


def _document(decision: Decision) -> str:
    return f"{decision.authority.name}（{decision.kind.label}）的{decision.number}"


def _ruling(ruling: Ruling) -> str:
    changed = ruling.changed_to
    result = f"改为{changed.label}" if changed else "维持原决定"
    return f"{_document(ruling.decision)}，{result}：{ruling.decision.reasons}"


def _checked(event: r.FactsChecked) -> str:
    check = event.check
    met = sum(finding.met for _, finding in check.conditions)
    return f"{'已经' if check.facts_confirmed else '未予'}确认，四项条件满足{met}项：{check.found}"


def _signed(event: r.NotExempted) -> str:
    return f"；由{event.sign_off.person}签批：{event.sign_off.reason}" if event.sign_off else ""


def _wording(event: r.Exempted | r.Mitigated | r.NotExempted) -> str:
    return f"；四项条件依据{event.wording}" if event.wording else ""


def _statement(event: c.StatementHeard) -> str:
    """Returns what was said; a statement kept verbatim is read in the case file only."""
    if event.verbatim_because:
        return f"（陈述含个人信息，照录于案卷，理由：{event.verbatim_because}）"
    return f"：{event.statement}"


def _for_the_public(event: c.InspectionPassed | c.Rectified, internal: str) -> str:
    """Returns the internal text, and the note for the public if there is one."""
    if event.public_note in (None, internal):
        return internal
    return f"{internal}；对外公开：{event.public_note}"


def _restored(event: LogRestored) -> str:
    """Returns how far the log reaches; without given-up checkpoints it goes on as it was."""
    codes = f"至{_day(event.serials_until)}的承诺编码流水号从{event.serials_after + 1}起"
    if not event.given_up:
        kept = "以后没有签过名的事件"
    elif event.lost_up_to:
        kept = f"已签名的第{event.size + 1}至第{event.lost_up_to}个事件不再延续，日志另用名称"
    else:
        kept = "此前签名到哪里已不可知，日志另用名称"
    return f"从备份恢复日志的前{event.size}个事件，{kept}，{codes}：{event.reason}"


# fmt: off
SENTENCES: dict[type[Event], Callable[[Any], str]] = {
    c.CaseOpened: _opened,
    c.CorrectionAsked: _asked,
    c.CorrectionReceived: _completed,
    c.ApplicationAccepted: lambda e: f"认定申请材料齐全、符合法定形式，受理申请，应于{_day(e.query_by)}前查询信用",
    c.CreditCleared: lambda e: f"查询信用（{e.answer.source}），没有不得适用信用承诺的情形，结果有效至{_day(e.fresh_until)}",
    c.CreditReconfirmed: lambda e: f"重新查询信用（{e.answer.source}），仍没有不得适用信用承诺的情形，结果有效至{_day(e.fresh_until)}",
    c.CreditExcluded: lambda e: f"查询信用（{e.answer.source}），{_joined(tuple(x.exclusion for x in e.answer.findings))}，转原审批程序办理",
    c.NoticeServed: lambda e: f"一次性告知办理条件{len(e.conditions)}项、标准{len(e.standards)}项和违诺后果，请于{_day(e.commit_by)}前答复{_deferred(e)}",
    c.NoticeReplaced: lambda e: f"更正告知书（{e.reason}），原告知书和原承诺书作废，重新一次性告知，请于{_day(e.commit_by)}前答复{_deferred(e)}",
    c.CommitmentMade: lambda e: f"收到信用承诺书（{_channel(e)}），承诺编码{e.code}，应于{_day(e.decide_by)}前{_checked_first(e)}作出决定{_deferred(e)}",
    c.CommitmentDeclined: lambda e: f"记录申请人不作承诺，转原审批程序办理：{e.reason}",
    c.SubstanceChecked: _checked_by_two,
    c.ApplicationGranted: _granted,
    c.ApplicationRefused: lambda e: f"作出不予准予决定（{e.document.number}）：{_refused(e)}",
    c.ResultDelivered: lambda e: f"记录决定已于{_day(e.delivered_on)}{e.how.label}",
    c.DecisionCorrected: _amended,
    c.MaterialSupplied: lambda e: f"收到补交材料{e.material}，应于{_day(e.review_by)}前审核",
    c.MaterialAccepted: lambda e: f"审核补交材料{e.material}，符合要求",
    c.MaterialReturned: lambda e: f"退回补交材料{e.material}：{e.reason}，请于{_day(e.due)}前重新补交",
    c.InspectionPassed: lambda e: f"履约核查，承诺属实并已履行：{_for_the_public(e, e.note)}",
    c.BreachFound: lambda e: f"发现违诺（{e.kind.label}）：{e.finding}，应于{_day(e.order_by)}前责令整改",
    c.RectificationOrdered: lambda e: f"责令限期整改：{_joined(e.items)}，期限至{_day(e.rectify_by)}",
    c.Rectified: lambda e: f"认定已于{_day(e.done_on)}完成整改：{_for_the_public(e, e.evidence)}",
    c.RectificationFailed: lambda e: f"认定{e.shortfall.label}：{e.finding}，应于{_day(e.penalize_by)}前作出处理",
    c.RectificationRefused: lambda e: f"认定拒绝整改（{e.evidence.proof.label}），应于{_day(e.penalize_by)}前作出处理",
    c.SanctionForewarned: lambda e: f"送达惩戒事先告知，拟{_joined(e.measures)}，理由：{e.reason}；陈述申辩期限至{_day(e.statement_until)}",
    c.StatementHeard: lambda e: f"听取陈述申辩{_statement(e)}；意见：{e.opinion}",
    c.StatementWaived: lambda _: "收到当事人放弃陈述申辩的书面材料",
    c.PenaltyImposed: lambda e: f"依据{e.basis.kind.label}（{e.basis.number}）实施信用惩戒：{_joined(e.measures)}，失信等级{e.severity.label}，履行状态{e.verdict.status.label}",
    c.PenaltyWaived: lambda e: f"决定不予惩戒（{e.reason.label}）：{e.explanation}",
    c.IdentityCorrected: _corrected,
    c.MessagesAgreed: lambda _: "申请人同意短信告知，手机号码只存入个人信息库",
    c.MessagesWithdrawn: lambda _: "申请人撤回短信告知的同意，手机号码不再能读取",
    c.InstantsCorrected: _retimed,
    c.CaseWithdrawn: lambda e: f"记录申请人撤回申请，转原审批程序办理：{e.reason}",
    i.ItemListed: lambda e: f"将“{e.item.name}”列入信用承诺事项清单，责任单位{e.item.department.name}",
    i.ItemRevised: lambda e: f"按《{e.terms.measure_document}》修订事项的条件、期限和惩戒措施",
    i.ItemActivated: lambda _: "启用该事项，即日起可以受理",
    i.ItemDelisted: lambda e: f"将该事项移出清单：{e.reason}",
    r.ToleranceRequested: lambda e: f"为{_concerned(e.concerned)}申请容错，情形为“{GroundKind(e.ground.ground).label}”，关联案件{len(e.cases)}件、事项{len(e.matters)}项",
    r.FactsChecked: lambda e: f"核查容错申请，该情形的事实{_checked(e)}",
    r.Exempted: lambda e: f"记录{_document(e.decision)}，免责：{e.decision.reasons}{_wording(e)}",
    r.Mitigated: lambda e: f"记录{_document(e.decision)}，从轻或者减轻：{e.decision.reasons}{_wording(e)}",
    r.NotExempted: lambda e: f"记录{_document(e.decision)}，不予免责：{e.decision.reasons}{_signed(e)}{_wording(e)}",
    r.DecisionNotified: lambda e: f"记录决定已于{_day(e.served_on)}送达{e.recipient}，告知可以在{_day(e.reconsider_by)}前申请复核，或者在{_day(e.appeal_by)}前提出申诉",
    r.ReconsiderationRequested: lambda e: f"收到复核申请：{e.reason}，应于{_day(e.settle_by)}前答复",
    r.ReconsiderationSettled: lambda e: f"记录复核结果，{_ruling(e.ruling)}；不服的可以在{_day(e.appeal_by)}前提出申诉",
    r.AppealFiled: lambda e: f"收到申诉：{e.reason}，应于{_day(e.settle_by)}前答复",
    r.AppealSettled: lambda e: f"记录申诉处理结果，{_ruling(e.ruling)}",
    r.ReviewInstantsCorrected: _retimed,
    w.ArticleEntered: lambda e: f"录入修订后的条文（{e.cites.label}）：{e.article}，自{_day(e.in_force_from)}起施行，出处：{e.found_in}",
    w.ArticleApproved: lambda _: "核对原文，批准录入的条文",
    w.ArticleReturned: lambda e: f"核对原文，退回录入的条文：{e.reason}",
    FileReceived: lambda e: f"文件入卷：{e.title}，{e.size}字节",
    LogRestored: _restored,
    r.RequestWithdrawn: lambda e: f"撤回容错申请：{e.reason}",
}
# fmt: on
"""The function that makes the sentence of each event class; the actor is put before it."""


def _actor(actor: Actor) -> str:
    """Returns the actor as the subject of a sentence."""
    if actor.role == Role.SYSTEM:
        return "系统按期限"
    if actor.role == Role.SUBJECT_SELF:
        return f"申请人本人（在{actor.department.name}的网上页面）"
    return f"{actor.department.name}{Role.label_of(actor.role)}（{actor.person}）"


def sentence(event: Event) -> str:
    """Returns the whole sentence of an event: who did what, with personal data masked."""
    return _actor(event.by) + masked(SENTENCES[type(event)](event), homes=False)
