from collections.abc import Callable
from pathlib import Path

import pytest

from domain.signatures.faults import SignatureRefused
from domain.signatures.verification import Verification
from infrastructure.signatures.process import answer
from infrastructure.signatures.protocol import Question
from tests.infrastructure.signatures.letters import MOMENT, Letter, Letters

Verify = Callable[..., Verification | SignatureRefused]


@pytest.fixture(scope="session")
def letters() -> Letters:
    return Letters()


@pytest.fixture(scope="session")
def trust(letters: Letters, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return letters.trust(tmp_path_factory.mktemp("signatures") / "trust")


@pytest.fixture
def verify(trust: Path) -> Verify:
    """Verifies a letter as the confined process does, without starting one."""

    def verified(letter: Letter, moment=MOMENT, folder=trust, demonstration=True):
        question = Question(
            signer=letter.signer,
            moment=moment,
            folder=folder,
            demonstration=demonstration,
            served_bytes=len(letter.served),
        )
        told = answer(question, letter.served, letter.signed)
        assert (told.verification is None) is (told.refused is not None)
        return told.verification or told.refused

    return verified
