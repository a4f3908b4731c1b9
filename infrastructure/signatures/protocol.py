"""What the service asks the verifying process, and what it is told."""

from pathlib import Path

from pydantic import AwareDatetime

from domain.signatures.faults import SignatureRefused
from domain.signatures.verification import ExpectedSigner, Verification
from domain.values.parties import Value


class Question(Value):
    """What is asked, beside the two files."""

    signer: ExpectedSigner
    moment: AwareDatetime
    folder: Path
    demonstration: bool
    served_bytes: int


class Answer(Value):
    """Exactly one of the two."""

    verification: Verification | None = None
    refused: SignatureRefused | None = None
