"""Every fact a catalogue item records.  Topics are storage format: never edit one."""

from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.aggregate import Created, Event
from domain.values.parties import LongText


class ItemListed(Created, topic="item/item-listed", names=("terms.measure_document",)):
    """Entered in the city's list (清单); without terms it is listed but opens nothing (R16)."""

    item: ListedItem
    terms: Terms | None = None


class ItemRevised(Event, topic="item/item-revised", names=("terms.measure_document",)):
    """New terms by the department's management measure (管理办法, R18)."""

    terms: Terms


class ItemActivated(Event, topic="item/item-activated"):
    """From now on cases may be opened."""


class ItemDelisted(Event, topic="item/item-delisted"):
    """Taken off the list; running cases go on under the terms they were opened with."""

    reason: LongText
