"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint): what is signed, and by whom.

Signing only.  Who checks a note uses `bundle_check`, which needs nothing but Python.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\1"


@dataclass(frozen=True)
class Signer:
    """A key of the log, under the log's name."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> str:
        """The public key as it is handed out: name+hash+key (a signed-note verifier key)."""
        key = base64.b64encode(ED25519 + self._public).decode()
        return f"{self.name}+{self._hash.hex()}+{key}"

    def line(self, text: str) -> str:
        """The signature line under a note's text."""
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
    """The text of a checkpoint (C2SP tlog-checkpoint): which log, how many events, its root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed(text: str, signers: list[Signer]) -> str:
    """A note: the text, and a signature of each key."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)
