"""What an applicant reads of their own case, in their words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from api.site.desk.case_file import Section, case_file, due_text
from application.access.permissions import Role
from application.execution.ports import Recorded
from domain.case import events as e
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS, BEFORE_DECISION
from domain.case.stages import Stage
from domain.values.parties import Organisation

OWED_BY_APPLICANT = ("commit", "supply")
"""The duties that are the applicant's; a rectification under way is theirs too."""
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


class Passed(NamedTuple):
    """A step that was taken: when, and what it was."""

    at: datetime
    label: str


class Looked(NamedTuple):
    """Somebody who looked at what is personal: never by name."""

    at: datetime
    who: str
    what: str


def own_case(
    case: Case, history: Sequence[Recorded], readings: Sequence[Row[Any]]
) -> dict[str, Any]:
    """The context of the applicant's page."""
    item = case.pinned.item
    duty = case.next_due
    made = case.last(e.CommitmentMade)
    public = isinstance(case.applicant, Organisation) and case.last(e.ApplicationGranted)
    return {
        "case": case,
        "item": item.name,
        "stands": STANDS[case.stage],
        "until": due_text(duty.due) if duty else "",
        "passed": list(_passed(history)),
        "owed": list(_owed(case)),
        "sections": list(_readable(case)),
        "public": made.code if public and made else "",
        "is_person": not isinstance(case.applicant, Organisation),
        "looked": list(_looked(history, readings)),
        "may_withdraw": case.stage in BEFORE_DECISION,
        "may_decline": case.stage is Stage.NOTIFIED,
        "contact": case.terms.contact,
        "office": item.department.name,
    }


def _passed(history: Sequence[Recorded]) -> Iterator[Passed]:
    for recorded in history:
        event = recorded.event
        for lifecycle in Case.LIFECYCLES:
            if step := lifecycle.step_of.get(type(event)):
                yield Passed(event.timestamp, ACTIONS[step.action])


def _owed(case: Case) -> Iterator[str]:
    for duty in case.duties:
        what = case.supplement(duty.about).name if duty.action == "supply" else ""
        if duty.action in OWED_BY_APPLICANT:
            yield f"{ACTIONS[duty.action]}{f'：{what}' if what else ''}，{due_text(duty.due)} 以前"
    if case.stage is Stage.RECTIFYING and (order := case.last(e.RectificationOrdered)):
        yield f"整改：{'；'.join(order.items)}，{due_text(order.rectify_by)} 以前"
    if (told := case.last(e.SanctionForewarned)) and case.stage is Stage.UNRECTIFIED:
        yield f"可以陈述申辩，{due_text(told.statement_until)} 以前"


def _readable(case: Case) -> Iterator[Section]:
    """The file without what is internal: records of inspections, opinions."""
    internal = {"核查记录", "意见", "查明"}
    for section in case_file(case):
        facts = [fact for fact in section.facts if fact.label not in internal]
        yield Section(section.title, facts, section.texts)


def _looked(history: Sequence[Recorded], readings: Sequence[Row[Any]]) -> Iterator[Looked]:
    """Credit queries, and readings of the applicant's identity."""
    for recorded in history:
        event = recorded.event
        if isinstance(event, e.CreditCleared | e.CreditReconfirmed | e.CreditExcluded):
            who = f"{event.by.department.name}{Role.label_of(event.by.role)}"
            yield Looked(event.timestamp, who, "信用记录")
    for row in readings:
        yield Looked(row.at, f"{row.department}{Role.label_of(row.role)}", "身份信息")
