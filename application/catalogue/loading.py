"""Loads a table of items into the catalogue: all of its items in one transaction, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from application.access.permissions import permit
from application.catalogue.commands import ListItem
from application.execution.context import CommandContext
from application.execution.ports import Repository, UnitOfWork
from application.imports.report import Change, Outcome
from application.imports.rows import ItemEntry
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.errors import ActionRefused
from domain.values.folding import fold


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
        context = replace(self.context, command=ListItem.VERB)
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
                item, change, steps = self._listed(entry), Change.NEW, ["列入清单"]
            else:
                item, change, steps = known, *self._revised(known, entry)
            steps += self._activate(item)
        except ActionRefused as refusal:
            return Outcome(Change.REFUSED, (f"“事项编码”：{refusal}",))
        work.keep(item)
        return Outcome(Change.CHANGED if change is Change.SAME and steps else change, told(steps))

    def _listed(self, entry: ItemEntry) -> CatalogueItem:
        return CatalogueItem.list(entry.item, entry.terms, by=self.context.by, at=self.context.at)

    def _revised(self, known: CatalogueItem, entry: ItemEntry) -> tuple[Change, list[str]]:
        """Revises the terms of a listed item.  Raises ActionRefused for any other change."""
        if columns := _differing(known.item, entry.item):
            raise ActionRefused("导入", f"清单中这个事项的{columns}不同，表格不能更改", "identity")
        terms = _kept(entry, known.terms)
        if terms is None or terms == known.terms:
            return Change.SAME, []
        if known.is_active and self.approval.by is None:
            reason = "该事项已启用，修订条款须由导入人以外的人员批准（--approved-by）"
            raise ActionRefused("修订", reason, "revision_is_approved")
        approved_by = self.approval.by if known.is_active else None
        known.revise(terms, approved_by=approved_by, by=self.context.by, at=self.context.at)
        return Change.CHANGED, ["修订条款"]

    def _activate(self, item: CatalogueItem) -> list[str]:
        if "activate" not in item.open_actions(self.context.by, self.context.at):
            return []
        item.activate(by=self.context.by, at=self.context.at)
        return ["启用"]


def _kept(entry: ItemEntry, earlier: Terms | None) -> Terms | None:
    """The terms of a row, with what it leaves as it was; a table has no columns for the contact."""
    terms = entry.terms and entry.terms.keeping_contact_of(earlier)
    if terms and earlier and entry.leaves_the_check:
        return terms.keeping_check_of(earlier)
    return terms


def told(steps: Sequence[str]) -> tuple[str, ...]:
    return ("、".join(steps),) if steps else ()


def _differing(known: ListedItem, entry: ListedItem) -> str:
    one, other = _identity(known), _identity(entry)
    return "、".join(column for column, fact in one.items() if other[column] != fact)


def _identity(item: ListedItem) -> dict[str, object]:
    """What never changes about an item, by column; a name may be spelt in several ways."""
    return {
        "事项名称": fold(item.name),
        "领域": item.field,
        "责任单位": fold(item.department.name),
        "责任单位代码": item.department.code,
        "监管单位": fold(item.supervisor.name),
        "监管单位代码": item.supervisor.code,
    }
