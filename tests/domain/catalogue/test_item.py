"""The catalogue item: its lifecycle, its terms, and the applicants it admits (R17)."""

from functools import partial

import pytest
from pydantic import ValidationError

from domain.catalogue import events as e
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import CommitmentType, ItemField, PinnedItem, Terms
from domain.kernel.errors import ItemClosed
from domain.values.parties import Organisation
from tests import stories as s
from tests.given import CLERK, DAY_1, DECIDER, fact, given, told

given_item = partial(given, of=CatalogueItem)
REVISED = s.TERMS.model_copy(update={"measure_document": "义市监〔2026〕3号"})

LISTED_BARE = (fact(e.ItemListed, item=s.ITEM, terms=None),)
LISTED = (fact(e.ItemListed, item=s.ITEM, terms=s.TERMS),)
ACTIVE = (*LISTED, fact(e.ItemActivated))
DELISTED = (*ACTIVE, fact(e.ItemDelisted, reason="法规修改"))

SHOP = Organisation(code="92411281MA9KXNT251", name="义马市老王面馆")
SOCIETY = Organisation(code="51411281MJ0KXN035E", name="义马市餐饮协会")
STRANGER = Organisation(code="51410000MJ0KXN035D", name="河南省某协会")


# its life ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("terms", "version"), [(None, 0), (s.TERMS, 1)])
def test_an_item_is_listed_with_or_without_its_terms(terms, version):
    step = given_item().when("list", s.ITEM, terms)
    step.then(fact(e.ItemListed, item=s.ITEM, terms=terms))
    assert (step.it.id, step.it.terms_version) == (item_id(s.ITEM.code), version)
    assert not step.it.is_active


def test_one_code_is_one_stream_for_ever():
    assert str(item_id("000131001001")) == "c74b2ee9-5ec6-5c3b-ba73-f946cc1b5a8e"
    assert item_id("000131001001") != item_id("000131001002")


def test_an_item_with_terms_is_activated():
    step = given_item(*LISTED).when("activate")
    step.then(fact(e.ItemActivated))
    assert step.it.is_active


def test_an_item_without_terms_waits_for_its_management_measure():
    given_item(*LISTED_BARE).when("activate").refused(
        "该事项尚未制定信用承诺管理办法（办理方式、操作流程、惩戒措施）"
    )


def test_an_item_that_gets_its_terms_later_can_be_activated():
    revised = (*LISTED_BARE, fact(e.ItemRevised, terms=s.TERMS))
    given_item(*revised).when("activate").then(fact(e.ItemActivated))


@pytest.mark.parametrize("story", [LISTED, ACTIVE], ids=["listed", "active"])
def test_a_revision_changes_the_terms_and_nothing_else(story):
    step = given_item(*story)
    listing = step.it.listing
    step.when("revise", REVISED).then(fact(e.ItemRevised, terms=REVISED, approved_by=None))
    assert (step.it.terms, step.it.terms_version, step.it.listing) == (REVISED, 2, listing)


def test_a_second_person_approves_a_revision_and_is_recorded():
    step = given_item(*ACTIVE).when("revise", REVISED, approved_by=DECIDER.person)
    step.then(fact(e.ItemRevised, terms=REVISED, approved_by=DECIDER.person))


def test_nobody_approves_a_revision_of_their_own_however_the_id_is_spelt():
    for spelt in (CLERK.person, CLERK.person.upper(), f"{CLERK.person}\u200b"):
        step = given_item(*ACTIVE).when("revise", REVISED, approved_by=spelt)
        step.refused("批准人不能是导入人自己")


@pytest.mark.parametrize("story", [LISTED, ACTIVE], ids=["listed", "active"])
def test_an_item_is_taken_off_the_list(story):
    step = given_item(*story).when("delist", "法规修改")
    step.then(fact(e.ItemDelisted, reason="法规修改"))
    assert step.it.listing.label == "已移出清单"


@pytest.mark.parametrize(
    ("story", "attempt", "stage"),
    [
        (ACTIVE, ("activate",), "已启用"),
        (DELISTED, ("activate",), "已移出清单"),
        (DELISTED, ("revise", REVISED), "已移出清单"),
        (DELISTED, ("delist", "法规修改"), "已移出清单"),
    ],
)
def test_an_item_is_activated_once_and_a_delisted_one_stays_delisted(story, attempt, stage):
    given_item(*story).when(*attempt).refused(f"目前是“{stage}”")


@pytest.mark.parametrize(
    ("story", "actions"),
    [
        (LISTED_BARE, ["revise", "delist"]),
        (LISTED, ["revise", "activate", "delist"]),
        (ACTIVE, ["revise", "delist"]),
        (DELISTED, []),
    ],
)
def test_an_item_offers_the_actions_open_in_its_stage(story, actions):
    assert told(*story, of=CatalogueItem).open_actions(DECIDER, DAY_1) == actions


# whom it admits ---------------------------------------------------------------------------------


def of_field(field: ItemField, **terms: object) -> CatalogueItem:
    """An active item of this field."""
    item = s.ITEM.model_copy(update={"field": field})
    listed = fact(e.ItemListed, item=item, terms=s.TERMS.model_copy(update=terms))
    return told(listed, fact(e.ItemActivated), of=CatalogueItem)


def shut_out(item: CatalogueItem, kind: CommitmentType, applicant: object) -> tuple[str, str]:
    """The reason and the rule with which the item refuses the applicant."""
    with pytest.raises(ItemClosed) as closed:
        item.admit(kind, applicant)
    assert str(closed.value) == closed.value.reason
    return closed.value.reason, closed.value.rule


def test_an_admitted_applicant_gets_the_current_terms():
    item = told(*ACTIVE, of=CatalogueItem)
    assert item.admit(s.NOTICE, s.APPLICANT) == PinnedItem(item=s.ITEM, version=1, terms=s.TERMS)
    revised = told(*ACTIVE, fact(e.ItemRevised, terms=REVISED), of=CatalogueItem)
    assert revised.admit(s.DEFERRED, s.APPLICANT) == PinnedItem(
        item=s.ITEM, version=2, terms=REVISED
    )


def test_the_version_of_an_item_counts_terms_not_events():
    late = (*LISTED_BARE, fact(e.ItemRevised, terms=s.TERMS), fact(e.ItemActivated))
    assert told(*late, of=CatalogueItem).admit(s.NOTICE, s.APPLICANT).version == 1


@pytest.mark.parametrize(
    "story", [LISTED_BARE, LISTED, DELISTED], ids=["bare", "listed", "delisted"]
)
def test_only_an_active_item_opens_cases(story):
    assert shut_out(told(*story, of=CatalogueItem), s.NOTICE, s.APPLICANT) == (
        "该事项未在清单中启用，清单外事项不纳入信用承诺办理",
        "item_is_active",
    )


@pytest.mark.parametrize(("offered", "other"), [(s.NOTICE, s.DEFERRED), (s.DEFERRED, s.NOTICE)])
def test_an_item_opens_only_the_types_it_offers(offered, other):
    item = of_field(ItemField.OTHER_HIGH_FREQUENCY, types=(offered,))
    assert item.admit(offered, s.APPLICANT)
    assert shut_out(item, other, s.APPLICANT) == ("该事项不适用所选的承诺类型", "type_is_offered")


FOR_COMPANIES = ["construction", "simple_deregistration"]


@pytest.mark.parametrize(
    ("field", "admitted", "refused"),
    [
        ("citizen", [s.PERSON, SHOP], [s.APPLICANT, SOCIETY]),
        *((field, [s.APPLICANT, SHOP, SOCIETY], [s.PERSON]) for field in FOR_COMPANIES),
        ("company_setup", [s.PERSON, SHOP, s.APPLICANT, SOCIETY], []),
        ("other_high_frequency", [s.PERSON, SHOP, s.APPLICANT, SOCIETY], []),
    ],
)
def test_every_field_admits_only_its_kinds_of_applicant(field, admitted, refused):
    item = of_field(ItemField(field))
    assert all(item.admit(s.NOTICE, who) for who in admitted)
    for who in refused:
        assert shut_out(item, s.NOTICE, who) == (
            "该事项所属领域不面向这一类申请人",
            "applicant_fits_the_field",
        )


def test_the_pilot_is_for_the_citys_own_social_organisations():
    item = of_field(ItemField.SOCIAL_ORGANISATIONS)
    assert item.admit(s.NOTICE, SOCIETY)
    for who in (s.APPLICANT, s.PERSON, STRANGER):
        assert shut_out(item, s.NOTICE, who) == (
            "该事项先在全市性社会组织中试点，申请人不在试点范围内",
            "applicant_is_in_the_pilot",
        )


# its terms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"types": (s.NOTICE, s.NOTICE)}, "types 有重复"),
        ({"measures": ("H1", "H1")}, "measures 有重复"),
        ({"materials": (s.FORM, s.FORM, s.HEALTH)}, "材料编号有重复"),
        ({"materials": (s.FORM,)}, "容缺受理型须至少有一份次要材料"),
        ({"types": ()}, "types"),
        ({"conditions": ()}, "conditions"),
        ({"standards": ()}, "standards"),
        ({"consequences": ()}, "consequences"),
        ({"measures": ()}, "measures"),
        ({"measures": ("H8",)}, "measures"),
        ({"legal_basis": ()}, "legal_basis"),
        ({"measure_document": " "}, "文字不能为空"),
        ({"periods": {"supplement": 0, "inspection": 20, "rectification": 10}}, "supplement"),
        ({"periods": {"supplement": 5, "inspection": 251, "rectification": 10}}, "inspection"),
        ({"periods": {"supplement": 5, "inspection": 20}}, "rectification"),
    ],
)
def test_terms_say_everything_once_and_leave_no_period_open(wrong, words):
    with pytest.raises(ValidationError, match=words):
        Terms.model_validate({**dict(s.TERMS), **wrong})


def test_a_notice_commitment_item_needs_no_secondary_material():
    assert Terms.model_validate({**dict(s.TERMS), "types": (s.NOTICE,), "materials": (s.FORM,)})
