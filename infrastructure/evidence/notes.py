"""Signs checkpoints as notes (C2SP signed-note, tlog-checkpoint).

`bundle_check` opens notes; it needs only the standard library, and here checks signatures by a
library that is a thousand times as fast.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\1"


@dataclass(frozen=True)
class Signer:
    """A signing key of the log; `name` is the name of the log."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> str:
        """The public key as a signed-note verifier key: name+hash+key."""
        key = base64.b64encode(ED25519 + self._public).decode()
        return f"{self.name}+{self._hash.hex()}+{key}"

    def line(self, text: str) -> str:
        """Returns the signature line for a note's text."""
        signature = self._private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(self._hash + signature).decode()}\n"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    @property
    def _hash(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self._public).digest()[:4]


def checkpoint(origin: str, size: int, root: bytes) -> str:
    """Returns the text of a checkpoint (C2SP tlog-checkpoint): origin, size and root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed(text: str, signers: list[Signer]) -> str:
    """Returns a signed note: the text, and one signature line for each signer."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def signed_by(public: bytes, signature: bytes, text: bytes) -> bool:
    """True if the public key has signed the text; as `bundle_check` does, but fast."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
