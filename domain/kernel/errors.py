"""The tree of domain errors: everything the service can refuse, and why.

DomainError
├── ActionRefused        the table or a rule says no: 案件所处阶段或者某条规则不允许
├── ItemClosed           the item opens no case (R17, R18): 事项未列入清单、未启用
├── IdentityConflict     the code is known under another name: 与已登记的姓名（名称）不一致
├── NotPermitted         the role or the department has no right: 岗位或单位无权
├── NotFound             no such case, item or disclosure: 没有这个案件、事项或公示
├── StaleVersion         the optimistic lock failed, another command came first: 别人先办了一步
├── KeyReused            one idempotency key was used for two requests: 幂等键被用于另一个请求
├── ProjectionBehind     a read model has not reached the requested position: 列表还没有跟上
├── LogContradicted      what was signed before says otherwise: 事件日志与已经签名的不符
└── PlatformUnreachable  an outside system did not answer, so nothing changes: 外部平台没有回答
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal; `code` is stable, and `str(error)` is shown to people."""

    code: ClassVar[str]
    title: ClassVar[str]


class ActionRefused(DomainError):
    """The lifecycle or a named rule does not allow the action; nothing was recorded."""

    code = "action-refused"
    title = "现在不能办理这一步"

    def __init__(self, action: str, reason: str, rule: str) -> None:
        super().__init__(f"不能办理“{action}”：{reason}")
        self.reason, self.rule = reason, rule


class ItemClosed(DomainError):
    code = "item-closed"
    title = "该事项不能适用信用承诺"

    def __init__(self, reason: str, rule: str) -> None:
        super().__init__(reason)
        self.reason, self.rule = reason, rule


class IdentityConflict(DomainError):
    """The message repeats neither name."""

    code = "identity-conflict"
    title = "与已登记的姓名（名称）不一致"


class NotPermitted(DomainError):
    code = "not-permitted"
    title = "无权办理"


class NotFound(DomainError):
    code = "not-found"
    title = "没有找到"


class StaleVersion(DomainError):
    code = "stale-version"
    title = "案件已有新的变化"

    def __init__(self, seen: int | None, current: int) -> None:
        super().__init__(f"您看到的是第 {seen or '?'} 版，现在已是第 {current} 版，请刷新后再办")
        self.current = current


class KeyReused(DomainError):
    code = "idempotency-key-reused"
    title = "幂等键已用于另一个请求"


class ProjectionBehind(DomainError):
    code = "projection-behind"
    title = "列表还没有跟上"


class LogContradicted(DomainError):
    """Nothing is signed as long as a checkpoint that was signed before contradicts the log."""

    code = "log-contradicted"
    title = "事件日志与已经签名的不符"


class PlatformUnreachable(DomainError):
    code = "platform-unreachable"
    title = "外部平台暂时无法访问"
