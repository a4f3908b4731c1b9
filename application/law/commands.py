"""Commands of an entered article: enter, approve, return."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from application.execution.command import Command, Examples, Verb
from domain.values.parties import Actor
from domain.values.texts import LongText, ShortText
from domain.values.workdays import Day
from domain.wording.entry import ArticleEntry
from domain.wording.values import ArticleNumber, Revised


class EnterArticle(
    Command,
    verb="enter",
    label="录入条文",
    help="录入修订后的条文；另一名人员核对批准以后，施行之日起的文书引用这一条",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "article": "条号",
        "provision": "条文原文",
        "found_in": "出处（公报、官方网站的地址）",
    }
    cites: Revised
    article: ArticleNumber
    provision: LongText
    in_force_from: Day
    found_in: ShortText
    EXAMPLES: ClassVar[Examples] = {
        "录入": {
            "cites": "deferred_materials",
            "article": "第四十条",
            "provision": "条文原文",
            "in_force_from": "2026-03-01",
            "found_in": "河南省人民代表大会常务委员会公报",
        }
    }


class EntryCommand(Command):
    def apply_to(self, entry: ArticleEntry, by: Actor, at: datetime) -> None:
        """Calls the method of the entry that decides this command."""
        raise AssertionError(f"{type(self).__name__} applies nothing")  # pragma: no cover


class ApproveArticle(
    EntryCommand,
    verb="approve",
    label="批准条文",
    help="已经与出处核对一致；施行之日起的文书从现在起引用这一条",
    final=True,
):
    def apply_to(self, entry: ArticleEntry, by: Actor, at: datetime) -> None:
        entry.approve(by=by, at=at)


class ReturnArticle(
    EntryCommand,
    verb="return",
    label="退回条文",
    help="与出处不一致，不予采用；可以另行录入",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {"reason": "退回的理由"}
    reason: LongText

    def apply_to(self, entry: ArticleEntry, by: Actor, at: datetime) -> None:
        entry.hand_back(self.reason, by=by, at=at)


ENTER = Verb("enter", "录入修订后的条文", (EnterArticle,))
VERBS = (
    Verb("approve", "批准另一名人员录入的条文", (ApproveArticle,)),
    Verb("return", "退回另一名人员录入的条文", (ReturnArticle,)),
)
"""The verbs of an entry that exists; ENTER is the verb that begins one."""
