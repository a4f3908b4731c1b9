"""The secret keys in the data folder: created at first start, readable by the owner only."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from joserfc.jwk import ECKey


def token_key(folder: Path) -> ECKey:
    """Returns the key that signs tokens for local use (ES256)."""
    text = load_or_make(folder / "token.json", _new_token_key)
    return ECKey.import_key(json.loads(text))


def vault_key(folder: Path) -> bytes:
    """Returns 64 secret bytes: 32 wrap the persons' keys, 32 compute their blind indexes."""
    return load_or_make(folder / "vault.key", lambda: os.urandom(64))


def _new_token_key() -> bytes:
    key = ECKey.generate_key("P-256", parameters={"use": "sig"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def load_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """Returns the content of a key file; creates the file if it does not exist.

    Processes that start together may all try; they all return the content of the first.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return path.read_bytes()
    draft = path.with_suffix(f".{uuid4().hex}")
    draft.touch(mode=0o600)
    draft.write_bytes(make())
    try:
        os.link(draft, path)  # fails if another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
