"""Signing: a letter that no clerk attests is verified by the service, before the transaction."""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import StrictBool

from application.execution.context import CommandContext
from application.execution.ports import (
    Letters,
    Repository,
    ServedPapers,
    SignatureVerifier,
    Uploads,
    Vault,
)
from domain.case import values as f
from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.documents.kinds import DocumentKind
from domain.kernel.errors import ActionRefused
from domain.signatures.faults import SignatureFault, SignatureRefused
from domain.signatures.verification import ExpectedSigner, SignerKind, Verified
from domain.values.identifiers import Sha256
from domain.values.parties import Organisation, Value

_DIGEST = re.compile(rb"[0-9a-f]{64}")


class SignedLetter(Value):
    """The signed letter as it is handed in; what is known of its signature, the service adds."""

    notice_digest: Sha256
    digest: Sha256
    signature: f.Signature
    attested: StrictBool = False
    """True if the clerk saw the original and compared who signed with their document."""
    agency: f.Agency | None = None


@dataclass(frozen=True)
class Signing:
    repository: Repository
    vault: Vault
    uploads: Uploads
    letters: Letters
    papers: ServedPapers
    verifier: SignatureVerifier

    def verified(self, case: Case, context: CommandContext, digest: str) -> Verified:
        """Verifies the letter that the actor has uploaded.

        Raises ActionRefused by the rule that the file or its signature breaks.
        """
        signed = self.uploads.uploaded(context.by, digest)
        if signed is None:
            reason = "还没有收到签署的承诺书：请先上传文件，再按它的 SHA-256 办理"
            raise _refusal(reason, "document_is_filed")
        served = self.letters.render(self.repository.stream_of(Case, case.id), DocumentKind.LETTER)
        answer = self.verifier.verify(signed, served, self._signer(case, context.at), context.at)
        if not isinstance(answer, SignatureRefused):
            return Verified(**dict(answer))
        if answer.fault is SignatureFault.LETTER_IS_AS_SERVED and self._is_of_another(case, signed):
            answer = answer.of_another_case
        raise _refusal(answer.fault.label, answer.fault.value)

    def _signer(self, case: Case, at: datetime) -> ExpectedSigner:
        if isinstance(case.applicant, Organisation):
            return ExpectedSigner(kind=SignerKind.ORGANISATION, code=case.applicant.code)
        known = self.vault.reveal(case.applicant.ref, at)
        return ExpectedSigner(kind=SignerKind.PERSON, code=known.details.id_number)

    def _is_of_another(self, case: Case, signed: bytes) -> bool:
        """True if the file names the digest of a document that was served in another case."""
        named = {digest.decode() for digest in _DIGEST.findall(signed)}
        return any(
            of not in (None, case.id) for of in map(self.papers.case_of_document, sorted(named))
        )


def _refusal(reason: str, rule: str) -> ActionRefused:
    return ActionRefused(ACTIONS["commit"], reason, rule)
