"""Commands of a catalogue item: one class for each verb."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from application.execution.command import Command, Facts, Verb
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import ListedItem, Terms
from domain.values.parties import Actor
from domain.values.texts import LongText


class ListItem(
    Command,
    verb="list",
    label="列入清单",
    help="把一个事项列入信用承诺事项清单；写明条款的，启用以后可以适用",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "item.code": "事项编码",
        "item.name": "事项名称",
        "item.department": "承诺受理单位",
        "code_confirmed.by": "核对人员",
        "terms": "条款（可以以后再定）",
    }
    item: ListedItem
    terms: Terms | None = None


class ItemCommand(Command):
    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        """Calls the method of the item that decides this command."""
        raise AssertionError(f"{type(self).__name__} applies nothing")  # pragma: no cover


class ReviseItem(
    ItemCommand,
    verb="revise",
    label="修订条款",
    help="给事项定出新一版条款；在办案件仍按开立时的条款办完",
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "terms": "新的条款",
    }
    terms: Terms

    @classmethod
    def initial(cls, item: CatalogueItem) -> Facts:
        return {"terms": item.terms.model_dump(mode="json")} if item.terms else {}

    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.revise(self.terms, by=by, at=at)


class ActivateItem(
    ItemCommand,
    verb="activate",
    label="启用",
    help="事项从这时起可以适用信用承诺，并在网站上公布",
):
    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.activate(by=by, at=at)


class DelistItem(
    ItemCommand,
    verb="delist",
    label="移出清单",
    help="事项不再受理新的案件，理由向社会公布；在办案件按开立时的条款办完",
    final=True,
):
    LABELS: ClassVar[Mapping[str, str]] = {
        "reason": "移出的理由（公开）",
    }
    reason: LongText

    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.delist(self.reason, by=by, at=at)


LIST = Verb("list", "列入清单", (ListItem,))
VERBS = (
    Verb("revise", "修订办理条件、期限和惩戒措施", (ReviseItem,)),
    Verb("activate", "启用", (ActivateItem,)),
    Verb("delist", "移出清单；在办案件按开立时的条款办完", (DelistItem,)),
)
"""The verbs of an item that is already listed; LIST is the verb that lists it."""
