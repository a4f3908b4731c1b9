"""Secret keys as files of the data folder, made at first start and readable by the owner only."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from joserfc.jwk import ECKey


def token_key(folder: Path) -> ECKey:
    """The key that signs tokens for local use (ES256)."""
    text = load_or_make(folder / "token.json", _new_token_key)
    return ECKey.import_key(json.loads(text))


def vault_key(folder: Path) -> bytes:
    """64 secret bytes: half wraps the keys of persons, half makes their blind indexes."""
    return load_or_make(folder / "vault.key", lambda: os.urandom(64))


def _new_token_key() -> bytes:
    key = ECKey.generate_key("P-256", parameters={"use": "sig"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def load_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a key file; of several processes that start together, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return path.read_bytes()
    draft = path.with_suffix(f".{uuid4().hex}")
    draft.touch(mode=0o600)
    draft.write_bytes(make())
    try:
        os.link(draft, path)  # fails when another process was first: then its key holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
