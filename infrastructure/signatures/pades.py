"""A signature in a PDF file: one, over the whole file, that adds nothing but itself.

What poppler calls a valid signature may have been changed afterwards, and a signer can change the
text in the very update that is signed.  So the file must begin byte for byte with the served one,
and a comparison of both must find the signature and nothing else.
"""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO

from asn1crypto import cms, core
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from domain.signatures.faults import SignatureFault as Fault
from domain.signatures.verification import SignatureMethod
from infrastructure.signatures import bounds
from infrastructure.signatures.chain import STRONG, is_strong
from infrastructure.signatures.difference import adds_only
from infrastructure.signatures.outcome import Refuse, Signed

MAGIC = b"%PDF-"
_FORMS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
_MOST_BEGINNINGS = 8
"""Documents with which a signed file may begin; each is hashed."""


def signed_pdf(signed: bytes, served: bytes) -> Signed:
    """Returns the signature of the served document.  Raises Refuse if a rule is broken.

    An error of the library means that the file is none that can be verified.
    """
    reader = PdfFileReader(BytesIO(signed), strict=True)
    if reader.encrypted:
        raise Refuse(Fault.FILE_IS_READABLE)
    signature = _only_one(reader)
    _fits(signature)
    _covers(signature, signed)
    if len(signed) <= len(served) or not signed.startswith(served):
        raise Refuse(Fault.LETTER_IS_AS_SERVED, *_beginnings(signed))
    before = PdfFileReader(BytesIO(served), strict=True)
    if not adds_only(signature.field_name, reader, before):
        raise Refuse(Fault.ONLY_THE_SIGNATURE_IS_ADDED)
    others = tuple(signature.other_embedded_certs)[: bounds.MAX_CERTIFICATES]
    return Signed(SignatureMethod.PADES, signature.signer_cert, others)


def _only_one(reader: PdfFileReader) -> EmbeddedPdfSignature:
    signatures: list[EmbeddedPdfSignature] = reader.embedded_signatures
    if not signatures:
        raise Refuse(Fault.LETTER_IS_SIGNED)
    if len(signatures) > 1:
        raise Refuse(Fault.SIGNED_ONCE)
    if not _is_detached(signatures[0]):
        raise Refuse(Fault.FILE_IS_READABLE)
    return signatures[0]


def _is_detached(signature: EmbeddedPdfSignature) -> bool:
    """True if it signs attributes with the digest of the file, and carries no content itself."""
    content = signature.signed_data["encap_content_info"]["content"]
    attributes = signature.signer_info["signed_attrs"]
    known = signature.sig_object.get("/SubFilter") in _FORMS
    return known and isinstance(content, core.Void) and not isinstance(attributes, core.Void)


def _fits(signature: EmbeddedPdfSignature) -> None:
    info, certificate = signature.signer_info, signature.signer_cert
    digest = info["digest_algorithm"]
    named = digest["algorithm"].native
    strong = STRONG.digest_algorithm_allowed(digest, None)
    if not (strong and is_strong(info["signature_algorithm"], certificate.public_key, named)):
        raise Refuse(Fault.ALGORITHM_IS_STRONG)
    digest_now = signature.compute_digest()
    intact, valid = validate_sig_integrity(info, certificate, "data", actual_digest=digest_now)
    if not (intact and valid):
        raise Refuse(Fault.CONTENT_IS_UNALTERED)


def _covers(signature: EmbeddedPdfSignature, signed: bytes) -> None:
    """The signed ranges and the signature between them are the whole file, without a gap."""
    ranges = [int(each) for each in signature.byte_range]
    if len(ranges) != 4 or ranges[0] != 0:  # noqa: PLR2004 - two ranges, each a start and a length
        raise Refuse(Fault.WHOLE_FILE_IS_COVERED)
    _, before, start, after = ranges
    if start + after < len(signed):
        coverage = signature.evaluate_signature_coverage()
        appended = coverage == SignatureCoverageLevel.ENTIRE_REVISION
        raise Refuse(Fault.NOTHING_IS_APPENDED if appended else Fault.WHOLE_FILE_IS_COVERED)
    if start + after > len(signed) or not _is_signature(signed[before:start], signature):
        raise Refuse(Fault.WHOLE_FILE_IS_COVERED)


def _is_signature(gap: bytes, signature: EmbeddedPdfSignature) -> bool:
    """True if what is not signed is the signature in one spelling, filled up with zeros."""
    whole = signature.pkcs7_content
    if whole[len(cms.ContentInfo.load(whole).dump()) :].strip(b"\0"):
        return False
    written = whole.hex().encode()
    return gap in (b"<" + written + b">", b"<" + written.upper() + b">")


def _beginnings(signed: bytes) -> Iterator[str]:
    """Yields the SHA-256 of each complete document with which the file begins."""
    for count, end in enumerate(_END.finditer(signed)):
        if count == _MOST_BEGINNINGS or end.end() == len(signed):
            return
        for length in sorted({end.start() + 5, end.end()}):
            yield hashlib.sha256(signed[:length]).hexdigest()
