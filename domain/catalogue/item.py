"""The CatalogueItem aggregate: a matter that the city allows to be handled on a promise."""

from datetime import datetime
from typing import Self
from uuid import UUID, uuid5

from domain.catalogue import events as e
from domain.catalogue.lifecycle import LISTING
from domain.catalogue.rules import ADMISSION, Applicant
from domain.catalogue.state import ItemState
from domain.catalogue.terms import CommitmentType, ListedItem, PinnedItem, Terms
from domain.kernel.errors import ItemClosed
from domain.kernel.lifecycle import reason
from domain.values.parties import Actor

_ITEMS = UUID("5d4b9c1e-0b52-5c7e-9a53-3a1f6f0e2c11")


def item_id(code: str) -> UUID:
    """The id of the item with this code; the same code always gives the same id."""
    return uuid5(_ITEMS, code)


class CatalogueItem(ItemState):
    TOPIC = "item"
    LIFECYCLES = (LISTING,)

    @classmethod
    def list(cls, item: ListedItem, terms: Terms | None, *, by: Actor, at: datetime) -> Self:
        return cls._begin(
            e.ItemListed, item_id(item.code), item=item, terms=terms, by=by, timestamp=at
        )

    def revise(
        self, terms: Terms, *, approved_by: str | None = None, by: Actor, at: datetime
    ) -> None:
        self._record(e.ItemRevised, terms=terms, approved_by=approved_by, by=by, at=at)

    def activate(self, *, by: Actor, at: datetime) -> None:
        self._record(e.ItemActivated, by=by, at=at)

    def delist(self, reason: str, *, by: Actor, at: datetime) -> None:
        self._record(e.ItemDelisted, reason=reason, by=by, at=at)

    def admit(self, kind: CommitmentType, applicant: Applicant) -> PinnedItem:
        """Returns the item with the terms under which this applicant may open a case today.

        Raises ItemClosed if a rule does not admit the applicant (R17: deny by default).
        """
        for rule in ADMISSION:
            if not rule(self, kind, applicant):
                raise ItemClosed(reason(rule), rule.__name__)
        assert self.terms is not None
        return PinnedItem(item=self.item, version=self.terms_version, terms=self.terms)
