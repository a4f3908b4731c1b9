"""What is written down of everybody who is shown something that is not public."""

from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from application.access.permissions import Role
from domain.values.labels import Labelled
from domain.values.parties import Actor


class Reading(Labelled):
    """What was read."""

    STATE = "state", "状态"
    HISTORY = "history", "完整经过"
    DIFF = "diff", "两个时刻之间的变化"
    ACTIONS = "actions", "当时可以办理的事项"
    IDENTITY = "identity", "申请人身份"
    CASES = "cases", "案件列表"
    WORKLIST = "worklist", "待办列表"
    REVIEWS = "reviews", "容错审查列表"
    TRAIL = "trail", "审计轨迹"
    READS = "reads", "查阅记录"
    SEARCH = "search", "检索"
    EXPORT = "export", "导出"
    BUNDLE = "bundle", "案卷包"
    PROOF = "proof", "证明"


WHEN_AUDITING = frozenset({Reading.CASES, Reading.WORKLIST})
"""Lists that name no natural person: noted of auditors only, of whom every reading is noted."""


class Read(NamedTuple):
    """One reading: who was shown what, when, of which stream, for what purpose."""

    at: datetime
    by: Actor
    what: Reading
    stream_id: UUID | None
    purpose: str
    request_id: UUID
    details: dict[str, Any]
    """What exactly was asked for: a version, the filters of a list."""


class AccessLog(Protocol):
    def add(self, read: Read) -> None:
        """Write it down for ever.  When this raises, nothing may be shown."""


def is_noted(by: Actor, what: Reading) -> bool:
    """Of officers every reading of a case, of auditors every reading (domain.md A.6)."""
    return by.role == Role.AUDITOR or what not in WHEN_AUDITING


def usual_purpose(by: Actor) -> str:
    """For what somebody reads who does not say it (个人信息保护法 6: 明确、合理的目的)."""
    return "审计监督" if by.role == Role.AUDITOR else "办理本案"
