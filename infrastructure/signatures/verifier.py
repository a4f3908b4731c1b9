"""Verifies electronic signatures, each in a process of its own with bounded memory and time.

Whatever is in the file, the process that asks goes on; nothing that goes wrong is an acceptance.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from pydantic import ValidationError

from domain.signatures.faults import SignatureFault, SignatureRefused
from domain.signatures.verification import ExpectedSigner, Verification
from infrastructure.signatures import bounds
from infrastructure.signatures.protocol import Answer, Question

_PROCESS = "infrastructure.signatures.process"
_ROOT = Path(__file__).parents[2]
_BUSY = BoundedSemaphore(bounds.AT_ONCE)
_TOO_MUCH = SignatureRefused(fault=SignatureFault.FILE_IS_BOUNDED)


@dataclass(frozen=True)
class ConfinedVerifier:
    """Implements the SignatureVerifier port on the trust folder."""

    folder: Path
    is_demonstration: Callable[[], bool] = field(repr=False)
    """True if the data of this service was invented: then test certificates are trusted."""

    def verify(
        self, signed: bytes, served: bytes, signer: ExpectedSigner, moment: datetime
    ) -> Verification | SignatureRefused:
        if max(len(signed), len(served)) > bounds.MAX_BYTES:
            return _TOO_MUCH
        question = Question(
            signer=signer,
            moment=moment,
            folder=self.folder.absolute(),
            demonstration=self.is_demonstration(),
            served_bytes=len(served),
        )
        told = question.model_dump_json().encode() + b"\n" + served + signed
        with _BUSY:
            return _answer(told)


def _answer(told: bytes) -> Verification | SignatureRefused:
    """Asks the process; it inherits no environment variable, since some hold secrets."""
    try:
        process = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            [sys.executable, "-m", _PROCESS],
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1"},
            timeout=bounds.PATIENCE,
            check=False,
        )
        answer = Answer.model_validate_json(process.stdout)
    except (subprocess.TimeoutExpired, ValidationError):  # it was stopped by one of its limits
        return _TOO_MUCH
    return answer.verification or answer.refused or _TOO_MUCH
