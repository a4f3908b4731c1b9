"""The process that verifies: its limits, and files that are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.signatures.faults import SignatureFault, SignatureRefused
from domain.signatures.verification import Verification
from infrastructure.signatures import bounds
from infrastructure.signatures.verifier import ConfinedVerifier
from tests.infrastructure.signatures.letters import COMPANY, MOMENT, Letter

HOSTILE = {
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "a PDF of zeros": b"%PDF-1.7\n" + bytes(1000),
    "a text": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "a deep array": b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nstartxref\n9\n%%EOF",
    "tables in a circle": b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer\n<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
}


@pytest.fixture
def verifier(trust: Path) -> Iterator[ConfinedVerifier]:
    return ConfinedVerifier(trust, lambda: True)


def test_the_process_answers_like_the_steps_do(verifier, letters):
    accepted = verifier.verify(letters.signed, letters.served, COMPANY, MOMENT)
    assert isinstance(accepted, Verification)
    other = letters.of_another_case
    refused = verifier.verify(letters.signed, other, COMPANY, MOMENT)
    assert refused.fault is SignatureFault.LETTER_IS_AS_SERVED


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_none_is_refused_and_nothing_else_happens(name, letters, verify):
    refused = verify(Letter(HOSTILE[name], letters.served))
    assert isinstance(refused, SignatureRefused)
    assert refused.fault in (
        SignatureFault.FILE_IS_READABLE,
        SignatureFault.FILE_IS_BOUNDED,
        SignatureFault.LETTER_IS_SIGNED,
    )


def test_a_file_that_is_too_large_is_not_even_read(verifier, letters):
    large = letters.signed + bytes(bounds.MAX_BYTES)
    refused = verifier.verify(large, letters.served, COMPANY, MOMENT)
    assert refused.fault is SignatureFault.FILE_IS_BOUNDED


def test_a_process_that_takes_too_long_or_too_much_is_a_refusal(verifier, letters, monkeypatch):
    monkeypatch.setattr(bounds, "PATIENCE", 0.001)
    refused = verifier.verify(letters.signed, letters.served, COMPANY, MOMENT)
    assert refused.fault is SignatureFault.FILE_IS_BOUNDED
