"""All events of a catalogue item.  Topics are storage format: never edit one."""

from typing import Annotated

from domain.catalogue.terms import ListedItem, Terms
from domain.kernel.aggregate import Created, Event
from domain.values.parties import ONLY_IF_SET
from domain.values.staff import StaffId
from domain.values.texts import LongText


class ItemListed(Created, topic="item/item-listed", names=("terms.measure_document",)):
    """The item entered the city's list (清单); without terms it opens no case (R16)."""

    item: ListedItem
    terms: Terms | None = None


class ItemRevised(
    Event,
    topic="item/item-revised",
    names=("terms.measure_document",),
    words={"approved_by": "批准人"},
):
    """The department's management measure gave the item new terms (管理办法, R18)."""

    terms: Terms
    approved_by: Annotated[StaffId | None, ONLY_IF_SET] = None
    """The second person, who approved that a table revises an active item."""


class ItemActivated(Event, topic="item/item-activated"):
    """Cases may be opened on the item from now on."""


class ItemDelisted(Event, topic="item/item-delisted"):
    """The item left the list; running cases keep the terms they were opened with."""

    reason: LongText
