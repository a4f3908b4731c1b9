"""Use cases of the catalogue: list, revise, activate, delist, and load a row of a table."""

from dataclasses import dataclass

from application.access.permissions import permit
from application.catalogue.commands import ItemCommand, ListItem
from application.execution.context import CommandContext
from application.execution.execute import Executed, execute
from application.execution.ports import Repository, UnitOfWork
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.errors import ActionRefused


@dataclass(frozen=True)
class Catalogue:
    repository: Repository

    def list_item(self, context: CommandContext, command: ListItem) -> Executed[CatalogueItem]:
        def decide(work: UnitOfWork) -> CatalogueItem:
            permit(context.by, command.VERB)
            if work.find(CatalogueItem, item_id(command.item.code)):
                raise ActionRefused("列入清单", "这个事项编码已经在清单内", "listed_once")
            return CatalogueItem.list(command.item, command.terms, by=context.by, at=context.at)

        return execute(self.repository, CatalogueItem, context, command.item.code, command, decide)

    def act(
        self, context: CommandContext, code: str, command: ItemCommand
    ) -> Executed[CatalogueItem]:
        def decide(work: UnitOfWork) -> CatalogueItem:
            permit(context.by, command.VERB)
            item = work.get(CatalogueItem, item_id(code))
            command.apply_to(item, context.by, context.at)
            return item

        return execute(self.repository, CatalogueItem, context, code, command, decide)

    def load(self, context: CommandContext, item: ListedItem, terms: Terms | None) -> bool:
        """Loads one row of a table into the catalogue; returns True if anything changed.

        A new item is listed, and activated if it has terms; changed terms are a revision.  The
        contact details stay, because a table has no column for them.
        """
        command = ListItem(item=item, terms=terms)

        def decide(work: UnitOfWork) -> CatalogueItem:
            permit(context.by, command.VERB)
            known = work.find(CatalogueItem, item_id(item.code))
            entry = known or CatalogueItem.list(item, terms, by=context.by, at=context.at)
            told = terms and terms.keeping_contact_of(entry.terms)
            if told and told != entry.terms:
                entry.revise(told, by=context.by, at=context.at)
            if "activate" in entry.open_actions(context.by, context.at):
                entry.activate(by=context.by, at=context.at)
            return entry

        executed = execute(self.repository, CatalogueItem, context, item.code, command, decide)
        return executed.position is not None
