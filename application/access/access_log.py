"""The access log: its entries, and which reads of what is not public it must record."""

from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from application.access.permissions import Role
from domain.values.labels import Labelled
from domain.values.parties import Actor


class ReadSubject(Labelled):
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
    OVERVIEW = "overview", "审计总览"
    SEARCH = "search", "检索"
    EXPORT = "export", "导出"
    BUNDLE = "bundle", "案卷包"
    PROOF = "proof", "证明"
    DOCUMENT = "document", "送达的文书"
    FILES = "files", "卷内文件"
    BOARD = "board", "看板"


PERSONAL = frozenset({ReadSubject.IDENTITY})
"""Reads that showed who a natural person is."""
LOGGED_FOR_AUDITORS_ONLY = frozenset({ReadSubject.CASES, ReadSubject.WORKLIST})
"""Lists that name no natural person: they are logged only if an auditor reads them."""


class ReadEntry(NamedTuple):
    """One entry: who was shown what, when, of which stream, for what purpose, in which request."""

    at: datetime
    by: Actor
    what: ReadSubject
    stream_id: UUID | None
    purpose: str
    request_id: UUID
    details: dict[str, Any]
    """Parameters of the request, e.g. the version or the filters of a list."""


class AccessLog(Protocol):
    def add(self, *entries: ReadEntry) -> None:
        """Appends entries, which are kept for ever.  If this raises, nothing may be shown."""


def is_noted(by: Actor, what: ReadSubject) -> bool:
    """True if this read must be logged.

    All reads by auditors are logged; reads by officers are, except LOGGED_FOR_AUDITORS_ONLY.
    """
    return by.role == Role.AUDITOR or what not in LOGGED_FOR_AUDITORS_ONLY


def usual_purpose(by: Actor) -> str:
    """The purpose of a reader who states none (个人信息保护法 6: 明确、合理的目的)."""
    return "审计监督" if by.role == Role.AUDITOR else "办理本案"
