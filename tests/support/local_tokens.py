"""Tokens signed with the key in a folder of keys, as `xinnuo token` signs them."""

from pathlib import Path

from api.http.auth import Tokens
from infrastructure.keys.kinds import token_key_of


def tokens_of(folder: Path) -> Tokens:
    return Tokens(token_key_of((folder / "token.json").read_bytes()))
