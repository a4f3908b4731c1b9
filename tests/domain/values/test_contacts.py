"""Contact details of organs: what is accepted, and what belongs to a person."""

import pytest
from pydantic import ValidationError

from domain.values.contacts import OrganContact
from tests.typed.spellings import MOBILE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0398-5832345", "0398-5832345"),
        ("（0398）5832345", "0398-5832345"),
        ("０３９８—５８３２３４５", "0398-5832345"),
        ("0398-5832345转801", "0398-5832345转801"),
        ("010-62345678-12", "010-62345678转12"),
        ("5832345", "5832345"),
        ("400 820 8820", "400-820-8820"),
        ("12345", "12345"),
        ("12315", "12315"),
    ],
)
def test_the_telephone_of_an_office_is_kept_in_one_form(typed, kept):
    contact = OrganContact(telephone=typed, complaints=typed)
    assert (contact.telephone, contact.complaints) == (kept, kept)


@pytest.mark.parametrize(
    "mobile", [MOBILE, "138-0013-8000", "+8613800138000", "１３８００１３８０００"]
)
def test_a_mobile_number_is_no_telephone_of_an_office(mobile):
    with pytest.raises(ValidationError, match="这是手机号码，请填写单位的固定电话"):
        OrganContact(telephone=mobile)


@pytest.mark.parametrize("wrong", ["无", "0398-583234", "电话5832345", "5832345、5832346", ""])
def test_what_is_no_telephone_is_refused(wrong):
    with pytest.raises(ValidationError, match="应为单位电话"):
        OrganContact(complaints=wrong)


def test_a_mailbox_a_website_and_an_address_have_their_forms():
    contact = OrganContact(
        mailbox="YMZWFW＠163.com", website="https://www.yima.gov.cn", address="千秋路东段8号"
    )
    assert contact.mailbox == "ymzwfw@163.com"
    assert contact.website == "https://www.yima.gov.cn/"
    for field, wrong in (("mailbox", "某某"), ("website", "javascript:1"), ("address", MOBILE)):
        with pytest.raises(ValidationError):
            OrganContact(**{field: wrong})


def test_a_contact_says_something():
    with pytest.raises(ValidationError, match="至少填写一种联系方式"):
        OrganContact()
