"""The signing keys of the log, stored as files in the data folder."""

import os
from pathlib import Path

from infrastructure.evidence.notes import Signer
from infrastructure.identity.keys import load_or_make


def log_signers(folder: Path, name: str) -> list[Signer]:
    """Returns all signing keys of the log, newest first; creates one if there is none."""
    seeds = _log_seeds(folder) or [new_log_key(folder)]
    return [Signer(name, seed) for seed in seeds[::-1]]


def new_log_key(folder: Path) -> bytes:
    """Creates a new signing key for checkpoints and returns its seed."""
    number = len(_log_seeds(folder)) + 1
    return load_or_make(folder / f"log-{number:03}.key", lambda: os.urandom(32))


def _log_seeds(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("log-*.key"))]
