"""The process that verifies one signature: it limits itself, reads standard input, writes a line.

Standard input is a line of JSON (a `Question`), then the bytes of the served document, then those
of the signed file.  The answer is a line of JSON.  `python -m` runs it (see `verifier.py`).
"""

import logging
import resource
import sys

from domain.signatures.faults import SignatureFault as Fault
from domain.signatures.faults import SignatureRefused
from domain.signatures.verification import (
    SignatureLevel,
    TimeSource,
    Verification,
)
from infrastructure.signatures import bounds, chain, identity, pades, sm2_detached, trust
from infrastructure.signatures.outcome import Refuse, Signed
from infrastructure.signatures.protocol import Answer, Question


def answer(question: Question, served: bytes, signed: bytes) -> Answer:
    """Verifies the signature; whatever goes wrong, the answer is a refusal."""
    try:
        return Answer(verification=_verified(question, served, signed))
    except Refuse as refuse:
        return Answer(refused=refuse.answer)
    except trust.Untrusted:
        return Answer(refused=SignatureRefused(fault=Fault.ONLINE_IS_OPEN))
    except (MemoryError, RecursionError):
        return Answer(refused=SignatureRefused(fault=Fault.FILE_IS_BOUNDED))
    except Exception:  # the libraries raise errors of many kinds at a file that is not well formed
        return Answer(refused=SignatureRefused(fault=Fault.FILE_IS_READABLE))


def _verified(question: Question, served: bytes, signed: bytes) -> Verification:
    trusted = trust.load(question.folder, demonstration=question.demonstration)
    found = _signature(signed, served)
    path = chain.path_to_root(found.certificate, found.others, trusted, question.moment)
    issuer = chain.issuer_of(path)
    attribute = identity.identify(found.certificate, issuer, question.signer, trusted)
    return Verification(
        method=found.method,
        level=SignatureLevel.RELIABLE_E,
        signer=attribute,
        certificate_sha256=trust.fingerprint(found.certificate),
        root_sha256=trust.fingerprint(chain.root_of(path)),
        signing_time=question.moment,
        time_source=TimeSource.RECEIVED,
    )


def _signature(signed: bytes, served: bytes) -> Signed:
    if signed.startswith(pades.MAGIC):
        return pades.signed_pdf(signed, served)
    if signed.startswith(sm2_detached.MAGIC):
        return sm2_detached.signed_beside(signed, served)
    raise Refuse(Fault.FILE_IS_READABLE)


def _limit_itself() -> None:
    """Bounds memory and time of this process, and forbids it to write files."""
    for limit, value in (
        (resource.RLIMIT_DATA, bounds.MAX_DATA),
        (resource.RLIMIT_CPU, bounds.SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    _limit_itself()
    logging.disable()  # what the libraries say of a file may name the person who signed it
    question = Question.model_validate_json(sys.stdin.buffer.readline())
    served = sys.stdin.buffer.read(question.served_bytes)
    signed = sys.stdin.buffer.read()
    sys.stdout.write(answer(question, served, signed).model_dump_json())


if __name__ == "__main__":
    main()
