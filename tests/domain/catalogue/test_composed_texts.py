"""Texts composed of an item's terms: terms that they cannot hold are refused when written."""

from datetime import date
from functools import partial

import pytest
from pydantic import ValidationError

from application.catalogue.commands import ListItem, ReviseItem
from application.imports.rows import parse_item
from domain.catalogue import composed_texts as composed
from domain.catalogue import events as e
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import Material, Replaces, Terms, Weight
from domain.kernel.errors import ItemClosed
from tests import stories as s
from tests.application.imports.test_rows import ITEM as ROW
from tests.given import fact, given, told

given_item = partial(given, of=CatalogueItem)
DEFERRABLE = (s.HEALTH.name, s.PLAN.name)
ROOM_FOR_CONDITIONS = 4000 - len(composed.longest_contents(("",), DEFERRABLE, ())[0])
TODAY = date(2026, 9, 28)
ROOM_FOR_CONSEQUENCES = 4000 - len(
    composed.liability(composed.consequences(("",), TODAY, of_an_approval=True))
)


def written(**changed: object) -> Terms:
    return Terms.model_validate({**dict(s.TERMS), **changed})


def faults(**changed: object) -> dict[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as refusal:
        written(**changed)
    return {
        each["loc"]: each["msg"].removeprefix("Value error, ") for each in refusal.value.errors()
    }


TOO_LONG = s.TERMS.model_copy(update={"conditions": ("条" * 1999,) * 3})
"""Terms as an earlier release accepted them."""
TOO_STRICT = s.TERMS.model_copy(update={"consequences": ("果" * 3999,)})
OLD_TERMS = [TOO_LONG, TOO_STRICT]

# when they are written --------------------------------------------------------------------------


def test_conditions_may_fill_the_content_of_the_letter_to_the_last_character() -> None:
    terms = written(conditions=("条" * ROOM_FOR_CONDITIONS,))
    assert len(composed.longest_contents(terms.conditions, DEFERRABLE, ())[0]) == 4000


@pytest.mark.parametrize(
    ("conditions", "length"),
    [(("条" * (ROOM_FOR_CONDITIONS + 1),), 4001), (("条" * 1999,) * 3, 6108)],
)
def test_conditions_that_the_letter_cannot_hold_are_refused_by_its_name_and_length(
    conditions: tuple[str, ...], length: int
) -> None:
    assert faults(conditions=conditions) == {
        ("conditions",): (
            f"承诺内容由办理条件和容缺、承诺替代的材料的名称写成，将有{length}字，超过4000字，请精简"
        )
    }


def test_the_names_of_deferrable_materials_count_as_if_all_were_deferred() -> None:
    secondary = [
        Material(code=f"S-{n}", name="材" * 195 + str(n), weight=Weight.SECONDARY)
        for n in range(20)
    ]
    assert list(faults(materials=(s.FORM, *secondary))) == [("conditions",)]
    primary = [each.model_copy(update={"weight": Weight.PRIMARY}) for each in secondary]
    assert written(materials=(s.FORM, s.HEALTH, *primary))
    assert written(types=(s.NOTICE,), materials=(s.FORM, *secondary))
    replaced = [each.model_copy(update={"replaced_by_promise": True}) for each in secondary]
    assert list(faults(types=(s.NOTICE,), materials=(s.FORM, *replaced))) == [("conditions",)]


def test_consequences_may_fill_the_liability_to_the_last_character() -> None:
    terms = written(consequences=("果" * ROOM_FOR_CONSEQUENCES,))
    assert len(composed.liability(terms.consequences_told(TODAY))) == 4000


def test_consequences_that_the_record_cannot_hold_are_refused_by_its_name_and_length() -> None:
    too_many = ("果" * (ROOM_FOR_CONSEQUENCES + 1),)
    assert faults(consequences=too_many) == {
        ("consequences",): "违诺责任由违诺后果和法定后果写成，将有4001字，超过4000字，请精简"
    }
    assert written(consequences=too_many, replaces=Replaces.CERTIFICATE)


@pytest.mark.parametrize("command", [ListItem, ReviseItem])
def test_listing_and_revising_refuse_what_the_letter_cannot_hold(command: type) -> None:
    with pytest.raises(ValidationError, match="承诺内容由办理条件"):
        command.model_validate({"item": dict(s.ITEM), "terms": dict(TOO_LONG)})


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("办理条件", "；".join(("条" * 1999 + str(n)) for n in range(3)), "承诺内容由办理条件"),
        ("违诺后果", "果" * 3990, "违诺责任由违诺后果"),
        ("办理条件", "；".join("条" * 96 + str(n) for n in range(40)), "承诺内容由办理条件"),
    ],
)
def test_a_table_refuses_what_the_letter_cannot_hold_by_its_column(
    column: str, cell: str, reason: str
) -> None:
    (error,) = parse_item(7, ROW | {column: cell}).errors
    assert (error.row, error.column) == (7, column)
    assert error.reason.startswith(reason)


# items written by an earlier release ------------------------------------------------------------

SAYING = "该事项的办理条件、容缺材料或者违诺后果写成承诺书后超过4000字，须先修订精简"


@pytest.mark.parametrize("old", OLD_TERMS)
def test_an_old_item_that_is_too_long_is_not_activated_until_it_is_revised(old: Terms) -> None:
    listed = (fact(e.ItemListed, item=s.ITEM, terms=old),)
    given_item(*listed).when("activate").refused(SAYING)
    revised = (*listed, fact(e.ItemRevised, terms=s.TERMS))
    given_item(*revised).when("activate").then(fact(e.ItemActivated))


@pytest.mark.parametrize("old", OLD_TERMS)
def test_an_old_active_item_that_is_too_long_opens_no_case_until_it_is_revised(old: Terms) -> None:
    active = (fact(e.ItemListed, item=s.ITEM, terms=old), fact(e.ItemActivated))
    with pytest.raises(ItemClosed) as closed:
        told(*active, of=CatalogueItem).admit(s.NOTICE, s.APPLICANT)
    assert (closed.value.reason, closed.value.rule) == (SAYING, "terms_fit_the_record")
    revised = told(*active, fact(e.ItemRevised, terms=s.TERMS), of=CatalogueItem)
    assert revised.admit(s.NOTICE, s.APPLICANT).terms == s.TERMS


# texts that always fit --------------------------------------------------------------------------


def test_the_longest_name_of_an_item_fits_the_reason_of_a_promise() -> None:
    assert len(composed.reason("名" * 200)) <= composed.REASON.limit


def test_a_finding_names_as_many_overdue_materials_as_it_can_hold() -> None:
    assert composed.overdue(["健康证明", "布局图"]) == (
        "补交期限已过，《健康证明》、《布局图》仍未补齐"
    )
    text = composed.overdue([f"{n:02}" + "材" * 198 for n in range(60)])
    assert 3700 < len(text) <= 4000
    assert text.endswith("》等60份材料仍未补齐")
    assert text.count("《") == text.count("、") + 1 == 19
