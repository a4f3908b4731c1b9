"""Commands of a catalogue item: one class for each verb."""

from datetime import datetime

from application.execution.command import Command, Verb
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import ListedItem, Terms
from domain.values.parties import Actor
from domain.values.texts import LongText


class ListItem(Command, verb="list"):
    item: ListedItem
    terms: Terms | None = None


class ItemCommand(Command):
    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        """Calls the method of the item that decides this command."""
        raise AssertionError(f"{type(self).__name__} applies nothing")  # pragma: no cover


class ReviseItem(ItemCommand, verb="revise"):
    terms: Terms

    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.revise(self.terms, by=by, at=at)


class ActivateItem(ItemCommand, verb="activate"):
    def apply_to(self, item: CatalogueItem, by: Actor, at: datetime) -> None:
        item.activate(by=by, at=at)


class DelistItem(ItemCommand, verb="delist"):
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
