"""The tree of domain errors: everything the service can refuse, and why.

DomainError
├── ActionRefused        the table or a rule says no: 案件所处阶段或者某条规则不允许
├── ItemClosed           the item opens no case (R17, R18): 事项未列入清单、未启用
├── IdentityConflict     the code is known under another name: 与已登记的姓名（名称）不一致
├── NotPermitted         the role or the department has no right: 岗位或单位无权
├── NotFound             no such case, item or disclosure: 没有这个案件、事项或公示
│   ├── NotBegun         at that moment the stream did not exist yet: 当时还没有这个案件
│   └── NotYet           that moment or version is still to come: 这一时刻还没有到
├── NoLongerPublic       its publicity period has ended: 公示期满，不再公示
├── StaleVersion         the optimistic lock failed, another command came first: 别人先办了一步
├── KeyReused            one idempotency key was used for two requests: 幂等键被用于另一个请求
├── ProjectionBehind     a read model has not reached the requested position: 列表还没有跟上
├── PlatformUnreachable  an outside system did not answer, so nothing changes: 外部平台没有回答
├── ClockJumped          the clock cannot be trusted, so nothing is recorded: 服务器时钟不可信
├── KeysMissing          without the right key nobody can know the answer: 密钥不在或者不符
├── IdentityUnreadable   what is stored of a person does not open: 这个人的信息打不开
├── WrittenByNewer       an event is of a form that this release does not know: 由更新的版本写入
├── DocumentDiffers      made again it is not what was served: 文书与送达时的不一致
└── LogContradicted      what was signed before says otherwise: 事件日志与已经签名的不符
"""

from datetime import date
from typing import ClassVar

from domain.law.lawbook import NAMED, PRINTED, Lawbook


class DomainError(Exception):
    """A refusal; `code` is stable, and `str(error)` is shown to people."""

    code: ClassVar[str]
    title: ClassVar[str]

    def told(self, law: Lawbook) -> str:
        """The refusal, with the articles of this lawbook where it cites any."""
        return str(self)


class ActionRefused(DomainError):
    """The lifecycle or a named rule does not allow the action; nothing was recorded."""

    code = "action-refused"
    title = "现在不能办理这一步"

    def __init__(self, action: str, reason: str, rule: str, day: date | None = None) -> None:
        """`day` is that of the attempt, if the reason names the basis of a rule."""
        self.action, self.said, self.rule, self.day = action, reason, rule, day
        super().__init__(self.told(PRINTED))

    @property
    def reason(self) -> str:
        return self._by(PRINTED)

    @property
    def cites(self) -> bool:
        """True if the reason names a basis, whose article may have been entered since."""
        return bool(self.day and NAMED.search(self.said))

    def told(self, law: Lawbook) -> str:
        return f"不能办理“{self.action}”：{self._by(law)}"

    def _by(self, law: Lawbook) -> str:
        return law.told(self.said, self.day) if self.day else self.said


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


class NotBegun(NotFound):
    code = "not-begun"
    title = "当时还没有"


class NotYet(NotFound):
    code = "not-yet"
    title = "还没有到"


class NoLongerPublic(DomainError):
    """It was public, and the law ends that; nothing else of it is told."""

    code = "no-longer-public"
    title = "已经不再公示"


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


class ClockJumped(DomainError):
    code = "clock-jumped"
    title = "服务器时钟不可信，暂不办理"


class WrittenByNewer(DomainError):
    """The stream has an event that this release cannot read, so nothing is known of its state."""

    code = "written-by-newer-release"
    title = "由更新的版本写入"

    def __init__(self, topic: str, version: int) -> None:
        super().__init__(
            f"卷宗的第{version}个事件（{topic}）由更新的版本写入，本程序读不懂，"
            "没有查看也没有办理：请用新版本的服务，或者升级以后再试"
        )


class LogContradicted(DomainError):
    """Nothing is signed as long as a checkpoint that was signed before contradicts the log."""

    code = "log-contradicted"
    title = "事件日志与已经签名的不符"


class PlatformUnreachable(DomainError):
    code = "platform-unreachable"
    title = "外部平台暂时无法访问"


class FileRefused(DomainError):
    """It is no file of a kind that is taken in."""

    code = "file-refused"
    title = "不收这种文件"


class FileTooLarge(DomainError):
    code = "file-too-large"
    title = "文件过大"


class KeysMissing(DomainError):
    """Not "nothing was found": without the right key nobody can know."""

    code = "keys-missing"
    title = "密钥不在或者不符，无法得知"


class IdentityUnreadable(DomainError):
    code = "identity-unreadable"
    title = "这个人的身份信息打不开"


class DocumentDiffers(DomainError):
    """The document is not given out, because it is not the one that was served."""

    code = "document-differs"
    title = "文书与送达时的不一致"
