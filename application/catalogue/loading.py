"""Loads a table of items into the catalogue: all of its items in one transaction, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from application.access.permissions import permit
from application.catalogue.commands import ListItem
from application.execution.context import CommandContext
from application.execution.ports import Repository, UnitOfWork
from application.imports.changes import Change, Outcome
from application.imports.rows import ItemEntry
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import ListedItem
from domain.kernel.errors import ActionRefused
from domain.values.staff import is_among

_IDENTITY = {
    "name": "事项名称",
    "field": "领域",
    "department": "责任单位",
    "supervisor": "监管单位",
}


class Approval(NamedTuple):
    """What the table may do beyond listing new items."""

    by: str | None = None
    """Staff id of the person who approved the changes of active items; None allows no change."""
    dry_run: bool = False


class NotLoaded(Exception):
    """Ends a unit of work without keeping anything."""


@dataclass(frozen=True)
class Loading:
    """Loads entries in one unit of work; a new item with terms is activated at once."""

    context: CommandContext
    approval: Approval

    def load(self, repository: Repository, entries: Sequence[ItemEntry]) -> list[Outcome]:
        """Returns the outcome of every entry; keeps nothing if one is refused, or on a dry run."""
        permit(self.context.by, ListItem.VERB)
        cause = f"import/{self.approval.by}" if self.approval.by else "import"
        context = replace(self.context, command=ListItem.VERB, causation=cause)
        outcomes: list[Outcome] = []
        try:
            with repository.unit_of_work(context, "", alone=True) as work:
                outcomes += (self._outcome(work, entry) for entry in entries)
                refused = any(each.change is Change.REFUSED for each in outcomes)
                if refused or self.approval.dry_run:
                    raise NotLoaded
        except NotLoaded:
            pass
        return outcomes

    def _outcome(self, work: UnitOfWork, entry: ItemEntry) -> Outcome:
        known = work.find(CatalogueItem, item_id(entry.item.code))
        try:
            if known is None:
                item, change = self._listed(entry), Change.NEW
            else:
                item, change = known, self._revised(known, entry)
            self._activate(item)
        except ActionRefused as refusal:
            return Outcome(Change.REFUSED, refusal.reason)
        work.keep(item)
        return Outcome(change)

    def _listed(self, entry: ItemEntry) -> CatalogueItem:
        return CatalogueItem.list(entry.item, entry.terms, by=self.context.by, at=self.context.at)

    def _revised(self, known: CatalogueItem, entry: ItemEntry) -> Change:
        """Revises the terms of a listed item.  Raises ActionRefused for any other change."""
        if columns := _differing(known.item, entry.item):
            raise ActionRefused("导入", f"清单中这个事项的{columns}不同，表格不能更改", "identity")
        terms = entry.terms and entry.terms.keeping_contact_of(known.terms)  # no column for them
        if terms is None or terms == known.terms:
            return Change.SAME
        if known.is_active and not self._is_approved():
            reason = "该事项已启用，修订条款须由导入人以外的人员批准（--approved-by）"
            raise ActionRefused("修订", reason, "revision_is_approved")
        known.revise(terms, by=self.context.by, at=self.context.at)
        return Change.CHANGED

    def _is_approved(self) -> bool:
        """True if another person than the importer approved."""
        approver = self.approval.by
        return approver is not None and not is_among(approver, {self.context.by.person})

    def _activate(self, item: CatalogueItem) -> None:
        if "activate" in item.open_actions(self.context.by, self.context.at):
            item.activate(by=self.context.by, at=self.context.at)


def _differing(known: ListedItem, entry: ListedItem) -> str:
    return "、".join(
        column for name, column in _IDENTITY.items() if getattr(known, name) != getattr(entry, name)
    )
