"""What a step of a verification comes to: a signature that fits, or the rule that it breaks."""

from typing import NamedTuple

from asn1crypto import x509

from domain.signatures.faults import SignatureFault, SignatureRefused
from domain.signatures.verification import SignatureMethod


class Signed(NamedTuple):
    """A signature that fits the served document; nothing is known yet of its certificate."""

    method: SignatureMethod
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    """The certificates that came with it."""


class Refuse(Exception):
    """Ends the verification: the signature breaks this rule."""

    def __init__(self, fault: SignatureFault, *begins_with: str) -> None:
        super().__init__(fault.value)
        self.answer = SignatureRefused(fault=fault, begins_with=begins_with)
