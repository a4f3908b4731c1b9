"""The kinds of secret keys: the file and the form of each, its id and its check value."""

import json
import os
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

CURVE = "P-256"
VAULT_BYTES, SEED_BYTES, ID_BYTES, CHECK_BYTES = 64, 32, 8, 32


class KeyKind(StrEnum):
    VAULT = "vault"
    TOKEN = "token"  # noqa: S105 - the name of a kind
    LOG = "log"


class WrongForm(ValueError):
    """The content of a file is not a key of its kind; the message completes “this file …”."""


class KeyForm(NamedTuple):
    """What is fixed for a kind of key."""

    file: str
    """Name of the file; of the log's keys each version has its own."""
    make: Callable[[], bytes]
    """Returns the content of a new file."""
    secret_of: Callable[[bytes], bytes]
    """Returns the secret bytes of a file's content.  Raises WrongForm."""
    loss: str
    """What the service cannot do without the key, for people."""


def derived(secret: bytes, label: str, size: int = CHECK_BYTES) -> bytes:
    """Returns bytes for one purpose (HKDF, RFC 5869); the secret cannot be found from them."""
    return HKDF(SHA256(), size, salt=None, info=label.encode()).derive(secret)


def file_name(kind: KeyKind, version: int) -> str:
    return FORMS[kind].file.format(version)


def key_id(kind: KeyKind, secret: bytes) -> str:
    """Returns the public id of a key."""
    return derived(secret, f"xinnuo {kind} id", ID_BYTES).hex()


def check_value(kind: KeyKind, secret: bytes) -> bytes:
    """Returns what the database stores of a key, to recognise it by."""
    return derived(secret, f"xinnuo {kind} check")


def token_key_of(content: bytes) -> ECKey:
    """Returns the signing key in a token key file.  Raises WrongForm."""
    try:
        key = ECKey.import_key(json.loads(content))
        complete = key.curve_name == CURVE and key.is_private
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise WrongForm("不是有效的 JWK") from error
    if not complete:
        raise WrongForm(f"不是 {CURVE} 的私钥")
    return key


def _token_secret(content: bytes) -> bytes:
    key = token_key_of(content).private_key
    assert key, "token_key_of returns private keys only"
    return key.private_numbers().private_value.to_bytes(SEED_BYTES)


def _new_token_key() -> bytes:
    key = ECKey.generate_key(CURVE, parameters={"use": "sig"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def _raw(size: int) -> Callable[[bytes], bytes]:
    def secret_of(content: bytes) -> bytes:
        if len(content) != size:
            raise WrongForm(f"应为 {size} 字节，现在是 {len(content)} 字节")
        return content

    return secret_of


FORMS = {
    KeyKind.VAULT: KeyForm(
        "vault.key",
        lambda: os.urandom(VAULT_BYTES),
        _raw(VAULT_BYTES),
        "自然人的信息打不开，也无法得知谁有信用记录",
    ),
    KeyKind.TOKEN: KeyForm(
        "token.json", _new_token_key, _token_secret, "不能签发令牌，也不能核对已经签发的令牌"
    ),
    KeyKind.LOG: KeyForm(
        "log-{:03}.key",
        lambda: os.urandom(SEED_BYTES),
        _raw(SEED_BYTES),
        "事件日志不能继续签名封存",
    ),
}
"""`vault.key`: 32 bytes wrap the persons' keys, 32 compute blind indexes; further keys are derived.
`token.json`: a JWK for ES256.  `log-001.key` …: Ed25519 seeds."""
