"""Use cases of the catalogue: list, revise, activate, delist, and load a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.catalogue.commands import ItemCommand, ListItem
from application.catalogue.loading import Approval, Loading
from application.execution.context import CommandContext
from application.execution.execute import Executed, act, execute
from application.execution.ports import Repository, UnitOfWork
from application.imports.report import Outcome
from application.imports.rows import ItemEntry
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.errors import ActionRefused


@dataclass(frozen=True)
class Catalogue:
    repository: Repository

    def list_item(self, context: CommandContext, command: ListItem) -> Executed[CatalogueItem]:
        def decide(work: UnitOfWork) -> CatalogueItem:
            if work.find(CatalogueItem, item_id(command.item.code)):
                raise ActionRefused("列入清单", "这个事项编码已经在清单内", "listed_once")
            return CatalogueItem.list(command.item, command.terms, by=context.by, at=context.at)

        return execute(self.repository, CatalogueItem, context, command.item.code, command, decide)

    def act(
        self, context: CommandContext, code: str, command: ItemCommand
    ) -> Executed[CatalogueItem]:
        def decide(_: UnitOfWork, item: CatalogueItem) -> None:
            command.apply_to(item, context.by, context.at)

        return act(self.repository, CatalogueItem, context, item_id(code), command, decide, code)

    def load(
        self, context: CommandContext, entries: Sequence[ItemEntry], approval: Approval
    ) -> list[Outcome]:
        """Loads a table of items; see `Loading.load`."""
        return Loading(context, approval).load(self.repository, entries)
