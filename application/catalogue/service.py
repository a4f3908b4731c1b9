"""Use cases of the catalogue: list, revise, activate, delist, and load a whole table."""

from dataclasses import dataclass

from application.access.permissions import permit
from application.catalogue.commands import ItemCommand, ListItem
from application.execution.context import Turn
from application.execution.execute import Done, carry_out
from application.execution.ports import Store, Work
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.errors import ActionRefused


@dataclass(frozen=True)
class Catalogue:
    store: Store

    def list_item(self, turn: Turn, command: ListItem) -> Done[CatalogueItem]:
        def decide(work: Work) -> CatalogueItem:
            permit(turn.by, command.VERB)
            if work.find(CatalogueItem, item_id(command.item.code)):
                raise ActionRefused("列入清单", "这个事项编码已经在清单内", "listed_once")
            return CatalogueItem.list(command.item, command.terms, by=turn.by, at=turn.at)

        return carry_out(self.store, CatalogueItem, turn, command.item.code, command, decide)

    def act(self, turn: Turn, code: str, command: ItemCommand) -> Done[CatalogueItem]:
        def decide(work: Work) -> CatalogueItem:
            permit(turn.by, command.VERB)
            item = work.get(CatalogueItem, item_id(code))
            command.tell(item, turn.by, turn.at)
            return item

        return carry_out(self.store, CatalogueItem, turn, code, command, decide)

    def load(self, turn: Turn, item: ListedItem, terms: Terms | None) -> bool:
        """Bring one row of a table into the catalogue; say whether anything changed.

        New items are listed and, when they have terms, activated; changed terms are a revision.
        """
        command = ListItem(item=item, terms=terms)

        def decide(work: Work) -> CatalogueItem:
            permit(turn.by, command.VERB)
            known = work.find(CatalogueItem, item_id(item.code))
            entry = known or CatalogueItem.list(item, terms, by=turn.by, at=turn.at)
            if terms and terms != entry.terms:
                entry.revise(terms, by=turn.by, at=turn.at)
            if "activate" in entry.open_actions(turn.by, turn.at):
                entry.activate(by=turn.by, at=turn.at)
            return entry

        done = carry_out(self.store, CatalogueItem, turn, item.code, command, decide)
        return done.position is not None
