"""What happens to key files in the field: each damage is done to a folder of keys."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from shutil import move, rmtree
from typing import NamedTuple

from joserfc.jwk import ECKey

VAULT, TOKEN, LOG = "vault.key", "token.json", "log-001.key"


class Damage(NamedTuple):
    """What is done to the file, and what the refusal must say beside the file's name."""

    file: str
    do: Callable[[Path], object]
    says: str = "备份"


def _writes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _replaced(by: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(by(path.read_bytes()))


def _without_its_secret(content: bytes) -> bytes:
    return json.dumps({k: v for k, v in json.loads(content).items() if k != "d"}).encode()


def _with_another_secret(content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"d": _jwk("P-256")["d"]}).encode()


def _jwk(curve: str) -> dict[str, str]:
    return dict(ECKey.generate_key(curve, private=True).as_dict(private=True))


def _links_to(path: Path, where: str) -> None:
    path.unlink()
    path.symlink_to(where)


def _is_a(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def _moved_away(path: Path) -> None:
    move(path, path.with_name("elsewhere"))


DAMAGES = {
    "the folder is missing": Damage("", rmtree),
    "the folder was moved": Damage("", _moved_away),
    "the folder is a file": Damage("", lambda path: (rmtree(path), path.touch())),
    "the folder is open to all": Damage("", lambda path: path.chmod(0o755), "chmod 700"),
    "the folder is open to a group": Damage("", lambda path: path.chmod(0o750), "chmod 700"),
    "the vault's key is missing": Damage(VAULT, Path.unlink),
    "the vault's key is half as long": Damage(VAULT, _replaced(lambda key: key[:32])),
    "the vault's key is empty": Damage(VAULT, _writes(b"")),
    "the vault's key has a byte more": Damage(VAULT, _replaced(lambda key: key + b"\n")),
    "the vault's key is of another installation": Damage(VAULT, _writes(os.urandom(64))),
    "the halves of the vault's key are swapped": Damage(
        VAULT, _replaced(lambda key: key[32:] + key[:32])
    ),
    "one bit of the vault's key has changed": Damage(
        VAULT, _replaced(lambda key: key[:63] + bytes([key[63] ^ 1]))
    ),
    "the vault's key is open to all": Damage(VAULT, lambda path: path.chmod(0o644), "chmod 600"),
    "the vault's key is a link to nowhere": Damage(VAULT, lambda path: _links_to(path, "gone")),
    "the vault's key is a link to itself": Damage(VAULT, lambda path: _links_to(path, VAULT)),
    "the vault's key is a folder": Damage(VAULT, lambda path: _is_a(path, Path.mkdir)),
    "the vault's key is a pipe": Damage(VAULT, lambda path: _is_a(path, os.mkfifo)),
    "the token's key is missing": Damage(TOKEN, Path.unlink),
    "the token's key is no JSON": Damage(TOKEN, _replaced(lambda text: text[:-9])),
    "the token's key is no object": Damage(TOKEN, _writes(b"[]")),
    "the token's key is of another curve": Damage(
        TOKEN, lambda path: path.write_text(json.dumps(_jwk("P-384")))
    ),
    "the token's key is public only": Damage(TOKEN, _replaced(_without_its_secret)),
    "the token's key does not fit its public part": Damage(TOKEN, _replaced(_with_another_secret)),
    "the token's key is of another installation": Damage(
        TOKEN, lambda path: path.write_text(json.dumps(_jwk("P-256")))
    ),
    "the token's key is open to a group": Damage(TOKEN, lambda p: p.chmod(0o640), "chmod 600"),
    "the log's key is missing": Damage(LOG, Path.unlink),
    "the log's key is truncated": Damage(LOG, _replaced(lambda key: key[:31])),
    "the log's key is of another installation": Damage(LOG, _writes(os.urandom(32))),
    "the log's key is open to others": Damage(LOG, lambda path: path.chmod(0o604), "chmod 600"),
    "there is a key of a newer log": Damage(
        "log-002.key", lambda path: (path.write_bytes(os.urandom(32)), path.chmod(0o600)), "较旧"
    ),
    "there is a key of a log long after": Damage(
        "log-017.key", lambda path: (path.write_bytes(os.urandom(32)), path.chmod(0o600)), "较旧"
    ),
}
