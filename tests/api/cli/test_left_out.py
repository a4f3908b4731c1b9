"""What a table of the catalogue leaves out stays as it was: an older table can come again."""

import pytest

from api.imports import Order, load_catalogue
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import Terms
from infrastructure.container import Container
from tests.api.cli.test_imports import QUIET, Table, item, listed, table

__all__ = ["table"]

CHECK = "是否实质核查"
APPROVED = Order(by="w-01", approved_by="z-01")


def terms(service: Container) -> Terms:
    terms = service.repository.get(CatalogueItem, item_id(item()["事项编码"])).terms
    assert terms is not None
    return terms


def older(**changes: str) -> dict[str, str]:
    """A row of a table from before the column of the check."""
    return {name: cell for name, cell in item(0, **changes).items() if name != CHECK}


def test_an_older_table_lists_an_item_that_needs_no_check(service: Container, table: Table):
    load_catalogue(service, table(older()), QUIET)
    assert not terms(service).substantive_check


@pytest.mark.parametrize("row", [older(补交期限="15"), item(0, 补交期限="15") | {CHECK: ""}])
def test_a_table_that_does_not_say_it_leaves_the_check_as_it_was(
    service: Container, table: Table, row: dict[str, str]
):
    load_catalogue(service, table(item(0, **{CHECK: "是"})), QUIET)
    assert listed(load_catalogue(service, table(row), QUIET, APPROVED)) == [(2, "更新")]
    assert terms(service).periods.supplement == 15
    assert terms(service).substantive_check


def test_a_table_that_says_no_ends_the_check(service: Container, table: Table):
    load_catalogue(service, table(item(0, **{CHECK: "是"})), QUIET)
    no = table(item(0, **{CHECK: "否"}))
    assert listed(load_catalogue(service, no, QUIET, APPROVED)) == [(2, "更新")]
    assert not terms(service).substantive_check
