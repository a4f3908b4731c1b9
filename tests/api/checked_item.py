"""An item whose materials two officers check before a grant."""

from application.catalogue.commands import ActivateItem, ListItem
from application.execution.context import CommandContext
from domain.catalogue.item import CatalogueItem, item_id
from infrastructure.container import Container
from tests import stories as s

CODE = "000131001004"


def needing_a_check(service: Container, context: CommandContext) -> str:
    """Returns the code of the item, which is listed and activated if it was not yet."""
    with service.repository.unit_of_work(context, "") as work:
        known = work.find(CatalogueItem, item_id(CODE))
    if known is None:
        item = s.ITEM.model_copy(update={"code": CODE, "name": "食品生产许可"})
        listed = ListItem(item=item, terms=s.TO_CHECK.terms)
        service.catalogue.list_item(context, listed)
        service.catalogue.act(context, CODE, ActivateItem())
    return CODE
