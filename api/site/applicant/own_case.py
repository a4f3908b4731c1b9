"""What an applicant reads of their own case, in their words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row

from api.site.desk.case_file import Section, case_file, put_right
from application.access.permissions import Role, entitled
from application.execution.ports import Recorded
from domain.case import events as e
from domain.case.case import Case
from domain.case.duties import AWAITING_THE_APPLICANT
from domain.case.lifecycle import ACTIONS, BEFORE_DECISION
from domain.case.promise.decisions import ResultKind
from domain.case.stages import Acceptance, Stage
from domain.case.values import Duty
from domain.kernel.aggregate import Event
from domain.values.parties import Organisation
from domain.values.workdays import Deadline, local_date

TOLD = frozenset(
    {
        *("收件", "受理", "告知补正", "收到补正", "需要补正的内容"),
        *("结果", "来源", "情形"),
        *("送达", "答复期限", "SHA-256", "办理条件", "办理标准", "违诺后果"),
        *("承诺编码", "签署", "签名", "承诺内容", "违诺责任"),
        *("是否实质核查", "核查日期", "核查结论", "核查情况"),
        *("文书号", *(kind.label for kind in ResultKind), "决定日期", "核查期限", "理由"),
        *("有效期", "证照文件 SHA-256", "更正", "决定的送达", "送达期限"),
        *("违诺", "发现", "查明", "责令整改", "整改", "整改未果", "拒绝整改"),
        *("拟实施", "陈述申辩", "当事人陈述", "实施", "失信等级", "依据", "不予惩戒"),
    }
)
"""What of the file the law tells the party, by label: answers about them, what was served on them,
the breach that was found and the order to put it right, the sanction and its grounds.  Notes of an
inspection and opinions within the office are none of it."""
OF_MATERIALS = "材料"
"""The section whose labels are the names of the materials: all of them are the party's own."""
STANDS = {
    Stage.RECEIVED: "已受理，等待信用查询",
    Stage.ELIGIBLE: "信用查询已经通过，等待一次性告知",
    Stage.NOTIFIED: "已告知，等待您作出承诺",
    Stage.COMMITTED: "已收到您的承诺，等待决定",
    Stage.GRANTED: "已准予，等待核查",
    Stage.REFUSED: "不予准予，决定书写明理由和救济途径",
    Stage.FULFILLED: "已准予，核查结果是承诺已经履行",
    Stage.BREACHED: "核查发现与承诺不符，等待责令整改",
    Stage.RECTIFYING: "请按要求整改",
    Stage.UNRECTIFIED: "整改没有到位，正在依法处理，您有权陈述申辩",
    Stage.PENALIZED: "已经实施信用惩戒",
    Stage.SPARED: "违诺已经处理，不予惩戒",
    Stage.DIVERTED: "已转原审批程序办理，这不是不予准予",
}
"""The large sentence: where the case stands."""
BEFORE_ACCEPTANCE = {
    Acceptance.PENDING: ("已收到您的申请材料，等待决定是否受理", "accept"),
    Acceptance.ASKED: ("请补正申请材料", "complete"),
    Acceptance.COMPLETED: ("已收到补正的材料，等待决定是否受理", "accept"),
}
"""The same as long as the application is not accepted, with what it waits for."""
WAITS_FOR = {
    Stage.RECEIVED: "query",
    Stage.ELIGIBLE: "notify",
    Stage.NOTIFIED: "commit",
    Stage.COMMITTED: "decide",
    Stage.GRANTED: "inspect",
    Stage.BREACHED: "rectify",
    Stage.RECTIFYING: "rectify",
}
"""What the sentence waits for; its date stands after the sentence."""


APPLICANT = "您"


class Ahead(NamedTuple):
    """A step that somebody owes: what, whose it is (APPLICANT, or an office), and by when."""

    what: str
    whose: str
    due: Deadline


class Passed(NamedTuple):
    """A step that was taken: when, and what it was."""

    at: datetime
    label: str


class Looked(NamedTuple):
    """Somebody who looked at what is personal: never by name."""

    at: datetime
    who: str
    what: str
    times: int = 1
    """How often on that day; `at` is the last time."""


def own_case(
    case: Case, history: Sequence[Recorded], readings: Sequence[Row[Any]], today: date
) -> dict[str, Any]:
    """The context of the applicant's page."""
    item = case.pinned.item
    stands, waited = _stands(case)
    until = next((duty.due for duty in case.duties if duty.action == waited), None)
    ahead = list(_ahead(case, today))
    return {
        "case": case,
        "item": item.name,
        "stands": stands,
        "until": until,
        "passed": list(_passed(history)),
        "owed": [each for each in ahead if each.whose == APPLICANT],
        "ahead": [each for each in ahead if each.whose != APPLICANT],
        "sections": list(_readable(case)),
        "public": _public_code(case),
        "is_person": not isinstance(case.applicant, Organisation),
        "looked": _looked(history, readings),
        "may_withdraw": case.stage in BEFORE_DECISION,
        "may_promise": case.stage is Stage.NOTIFIED,
        "contact": case.terms.contact,
        "office": item.department.name,
    }


def _stands(case: Case) -> tuple[str, str | None]:
    """The large sentence, and the action that it waits for."""
    if case.stage is Stage.RECEIVED and case.acceptance in BEFORE_ACCEPTANCE:
        return BEFORE_ACCEPTANCE[case.acceptance]
    return STANDS[case.stage], WAITS_FOR.get(case.stage)


def _public_code(case: Case) -> str:
    """The code under which the public finds the commitment; empty if it does not."""
    made = case.last(e.CommitmentMade)
    public = isinstance(case.applicant, Organisation) and case.last(e.ApplicationGranted)
    return made.code if public and made else ""


def _passed(history: Sequence[Recorded]) -> Iterator[Passed]:
    for recorded in history:
        event = recorded.event
        for lifecycle in Case.LIFECYCLES:
            if step := lifecycle.step_of.get(type(event)):
                yield Passed(event.timestamp, _taken(event) or ACTIONS[step.action])


def _taken(event: Event) -> str:
    """What a step was, where its action does not say it."""
    match event:
        case e.CaseOpened(accept_by=Deadline()):
            return "收到申请材料"
        case e.CorrectionAsked():
            return "一次告知补正"
        case e.ApplicationAccepted():
            return "受理"
    return ""


def _ahead(case: Case, today: date) -> Iterator[Ahead]:
    """The next steps: of the applicant, and of the office."""
    for duty in case.ready(today):
        if any((duty.action, at) in AWAITING_THE_APPLICANT for at in (None, case.stage)):
            yield Ahead(_asked(case, duty), APPLICANT, duty.due)
        else:
            _, departments = entitled(duty.action, case.pinned.item)
            office = "、".join(each.name for each in departments or ())
            yield Ahead(_named(case, duty), office, duty.due)


def _named(case: Case, duty: Duty) -> str:
    what = ACTIONS[duty.action]
    return f"{what}：{case.supplement(duty.about).name}" if duty.about else what


def _asked(case: Case, duty: Duty) -> str:
    """A step of the applicant in words to them."""
    if duty.action == "rectify" and (order := case.last(e.RectificationOrdered)):
        return f"整改：{'；'.join(order.items)}"
    if duty.action == "complete":
        return f"补正申请材料：{'；'.join(put_right(case))}"
    return "可以陈述申辩" if duty.action == "hear" else _named(case, duty)


def _readable(case: Case) -> Iterator[Section]:
    """What of the file is TOLD to the party."""
    for section in case_file(case):
        every = section.title == OF_MATERIALS
        facts = [fact for fact in section.facts if every or fact.label in TOLD]
        yield Section(section.title, facts, [each for each in section.texts if each[0] in TOLD])


def _looked(history: Sequence[Recorded], readings: Sequence[Row[Any]]) -> list[Looked]:
    """Credit queries and readings of the applicant's identity, the newest first.

    Equal ones that follow each other on one day are one line.
    """
    newest_first = sorted(_each_look(history, readings), reverse=True)
    alike = groupby(newest_first, lambda each: (local_date(each.at), each.who, each.what))
    looks = [[*same] for _, same in alike]
    return [same[0]._replace(times=len(same)) for same in looks]


def _each_look(history: Sequence[Recorded], readings: Sequence[Row[Any]]) -> Iterator[Looked]:
    for recorded in history:
        event = recorded.event
        if isinstance(event, e.CreditCleared | e.CreditReconfirmed | e.CreditExcluded):
            who = f"{event.by.department.name}{Role.label_of(event.by.role)}"
            yield Looked(event.timestamp, who, "信用记录")
    for row in readings:
        yield Looked(row.at, f"{row.department}{Role.label_of(row.role)}", "身份信息")
