"""The state of a catalogue item."""

from domain.catalogue import events as e
from domain.catalogue.stages import Listing
from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged


class ItemState(Staged):
    """The listing of an item, and its current terms with their version number."""

    def __init__(self, item: ListedItem) -> None:
        self.item = item
        self.listing = Listing.LISTED
        self.terms: Terms | None = None
        self.terms_version = 0

    @property
    def is_active(self) -> bool:
        return self.listing is Listing.ACTIVE

    def remember(self, event: Event) -> None:
        match event:
            case e.ItemListed(terms=Terms() as terms) | e.ItemRevised(terms=terms):
                self.terms = terms
                self.terms_version += 1
