"""Twelve crafted letters: two are accepted, ten are refused, each by a rule of its own."""

from collections.abc import Callable, Mapping
from hashlib import sha256

import pytest

from api.demo.signing import sign
from domain.signatures.faults import SignatureFault, SignatureRefused
from domain.signatures.verification import (
    AttributePlace,
    SignatureLevel,
    SignatureMethod,
    TimeSource,
    Verification,
)
from tests.infrastructure.signatures.letters import (
    COMPANY,
    MOMENT,
    MONTH,
    OTHER_COMPANY,
    YEAR,
    Letter,
    Letters,
    appended,
    beside,
    document,
)


def other_text(letters: Letters) -> Letter:
    changed = document("= Commitment\nCase one: I promise nothing.")
    return Letter(sign(changed, letters.company), letters.served)


def altered(letters: Letters) -> Letter:
    at = letters.signed.index(b"stream") + 40
    byte = bytes([letters.signed[at] ^ 1])
    return Letter(letters.signed[:at] + byte + letters.signed[at + 1 :], letters.served)


def twice(letters: Letters) -> Letter:
    return Letter(sign(letters.signed, letters.company, "Signature2"), letters.served)


def by_another(letters: Letters) -> Letter:
    return letters.by(letters.authority.issue(OTHER_COMPANY, "别的公司", MOMENT - MONTH, YEAR))


def expired(letters: Letters) -> Letter:
    return letters.by(letters.authority.issue(COMPANY, "示例", MOMENT - 2 * MONTH, MONTH))


def untrusted(letters: Letters) -> Letter:
    return letters.by(letters.unknown.issue(COMPANY, "示例", MOMENT - MONTH, YEAR))


REFUSED: Mapping[SignatureFault, Callable[[Letters], Letter]] = {
    SignatureFault.LETTER_IS_AS_SERVED: other_text,
    SignatureFault.SIGNER_IS_THE_EXPECTED: by_another,
    SignatureFault.CERTIFICATE_IS_IN_TIME: expired,
    SignatureFault.ISSUER_IS_TRUSTED: untrusted,
    SignatureFault.CERTIFICATE_IS_NOT_REVOKED: lambda its: its.by(its.revoked),
    SignatureFault.CONTENT_IS_UNALTERED: altered,
    SignatureFault.NOTHING_IS_APPENDED: lambda its: Letter(appended(its.signed), its.served),
    SignatureFault.SIGNED_ONCE: twice,
    SignatureFault.SM2_SIGNATURE_FITS: lambda _: beside("wrong-id"),
}


def test_a_letter_signed_by_the_company_is_accepted(letters, verify):
    accepted = verify(Letter(letters.signed, letters.served))
    assert isinstance(accepted, Verification)
    assert (accepted.method, accepted.level) == (SignatureMethod.PADES, SignatureLevel.RELIABLE_E)
    assert (accepted.signer.place, accepted.signer.oid) == (AttributePlace.SUBJECT, "2.5.4.97")
    assert (accepted.signing_time, accepted.time_source) == (MOMENT, TimeSource.RECEIVED)


def test_an_sm2_signature_beside_the_document_is_accepted(verify):
    accepted = verify(beside("right"))
    assert isinstance(accepted, Verification)
    assert accepted.method is SignatureMethod.SM2_DETACHED
    assert accepted.signer.place is AttributePlace.EXTENSION


@pytest.mark.parametrize("fault", REFUSED, ids=str)
def test_a_letter_is_refused_by_the_rule_that_it_breaks(fault, letters, verify):
    assert verify(REFUSED[fault](letters)).fault is fault


def test_a_letter_served_for_another_case_is_known_by_the_document_that_it_begins_with(
    letters, verify
):
    refused = verify(Letter(sign(letters.of_another_case, letters.company), letters.served))
    assert isinstance(refused, SignatureRefused)
    assert refused.fault is SignatureFault.LETTER_IS_AS_SERVED
    assert sha256(letters.of_another_case).hexdigest() in refused.begins_with
    assert refused.of_another_case.fault is SignatureFault.LETTER_IS_OF_THIS_CASE
    assert len({*REFUSED, refused.of_another_case.fault}) == 10
