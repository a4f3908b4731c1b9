"""Sealing: encryption that binds a text or a file to its place (AES-256-GCM)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_SIZE = 12


class SealBroken(Exception):
    """It was sealed with another key or for another place, or it has changed."""


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypts bytes and binds them to a place: they cannot be moved to another one."""
    nonce = os.urandom(_NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def opened(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypts what was sealed with this key for this place.  Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error
