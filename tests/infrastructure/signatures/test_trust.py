"""The trust folder: what cannot be read closes the door, and a test authority is for a test."""

import shutil
from pathlib import Path

import pytest

from api.demo.authority import TestAuthority
from domain.signatures.faults import SignatureFault
from domain.signatures.verification import ExpectedSigner, SignerKind, Verification
from infrastructure.signatures import trust as trusted
from tests.infrastructure.signatures.letters import (
    COMPANY,
    MOMENT,
    MONTH,
    PERSON,
    YEAR,
    Letter,
    Letters,
    beside,
)


@pytest.fixture
def folder(trust: Path, tmp_path: Path) -> Path:
    """A trust folder of its own, which a test may damage."""
    return shutil.copytree(trust, tmp_path / "trust")


@pytest.fixture
def right(letters: Letters) -> Letter:
    return Letter(letters.signed, letters.served)


def damaged_mapping(folder: Path) -> None:
    (folder / "trust.toml").write_text("[[issuer]]\ncertificate_sha256 = 7\n")


def no_toml(folder: Path) -> None:
    (folder / "trust.toml").write_bytes(b"\xff\xfe")


def twice(folder: Path) -> None:
    text = (folder / "trust.toml").read_text("utf-8")
    (folder / "trust.toml").write_text(text + text, "utf-8")


def both_places(folder: Path) -> None:
    text = (folder / "trust.toml").read_text("utf-8")
    both = text.replace('attribute = "2.5.4.97"', 'attribute = "2.5.4.97", extension = "1.2.3"')
    (folder / "trust.toml").write_text(both, "utf-8")


DAMAGES = [
    shutil.rmtree,
    lambda folder: shutil.rmtree(folder / "roots"),
    lambda folder: (folder / "roots" / "note.txt").write_text("not a certificate"),
    lambda folder: (folder / "crls" / "empty.crl").write_bytes(b""),
    lambda folder: (folder / "trust.toml").unlink(),
    damaged_mapping,
    no_toml,
    twice,
    both_places,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_that_cannot_be_read_as_a_whole_trusts_nobody(damage, folder, right, verify):
    damage(folder)
    assert verify(right, folder=folder).fault is SignatureFault.ONLINE_IS_OPEN
    with pytest.raises(trusted.Untrusted, match=r"请|没有"):
        trusted.load(folder, demonstration=True)


def test_a_test_authority_is_refused_where_the_data_was_not_invented(folder, right, verify):
    refused = verify(right, folder=folder, demonstration=False)
    assert refused.fault is SignatureFault.ONLINE_IS_OPEN
    with pytest.raises(trusted.OnlyATest, match="测试"):
        trusted.load(folder, demonstration=False)


def test_without_a_revocation_list_of_that_day_nobody_can_know(folder, right, letters, verify):
    of_last_month = letters.authority.revocation_list((), MOMENT - MONTH, MONTH / 2)
    (folder / "crls" / "root.crl").write_bytes(of_last_month)
    assert verify(right, folder=folder).fault is SignatureFault.REVOCATION_IS_KNOWN
    (folder / "crls" / "root.crl").unlink()
    assert verify(right, folder=folder).fault is SignatureFault.REVOCATION_IS_KNOWN


def test_a_revocation_list_of_another_authority_says_nothing(folder, right, letters, verify):
    theirs = TestAuthority.begin(MOMENT - YEAR).revocation_list((), MOMENT, MONTH)
    (folder / "crls" / "root.crl").write_bytes(theirs)
    assert verify(right, folder=folder).fault is SignatureFault.REVOCATION_IS_KNOWN


def test_an_issuer_without_a_mapping_identifies_nobody(folder, right, letters, verify):
    mapping = (folder / "trust.toml").read_text("utf-8")
    (folder / "trust.toml").write_text(mapping.replace("organisation = {", "#"), "utf-8")
    assert verify(right, folder=folder).fault is SignatureFault.SIGNER_CAN_BE_TOLD
    only_sm2 = mapping[mapping.rindex("[[issuer]]") :]
    (folder / "trust.toml").write_text(only_sm2, "utf-8")
    assert verify(right, folder=folder).fault is SignatureFault.SIGNER_CAN_BE_TOLD


def test_a_fixed_text_may_stand_before_the_code(folder, right, verify):
    mapping = (folder / "trust.toml").read_text("utf-8")
    prefixed = mapping.replace('"2.5.4.97"', '"2.5.4.97", prefix = "9141"')
    (folder / "trust.toml").write_text(prefixed, "utf-8")
    rest = ExpectedSigner(kind=SignerKind.ORGANISATION, code=COMPANY.code.removeprefix("9141"))
    assert isinstance(verify(right._replace(signer=rest), folder=folder), Verification)
    assert verify(right, folder=folder).fault is SignatureFault.SIGNER_IS_THE_EXPECTED


def test_a_person_is_identified_by_the_extension_of_the_certificate(letters, verify):
    letter = letters.by(letters.authority.issue(PERSON, "示例", MOMENT - MONTH, YEAR))
    assert isinstance(verify(letter._replace(signer=PERSON)), Verification)
    assert verify(letter).fault is SignatureFault.SIGNER_IS_THE_EXPECTED
    other = PERSON.model_copy(update={"code": "41128119850505002X"})
    assert verify(beside("right")._replace(signer=other)).fault is (
        SignatureFault.SIGNER_IS_THE_EXPECTED
    )
