"""Signs a PDF with a test certificate, as an applicant would with a real one."""

from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from api.demo.authority import Issued, TestAuthority
from domain.signatures.verification import ExpectedSigner, SignerKind
from domain.values.identifiers import citizen_id, credit_code

FIELD = "Signature1"


def sign(pdf: bytes, signer: Issued, field: str = FIELD) -> bytes:
    """Returns the PDF with a signature appended; it has no picture on the page."""
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signed: Any = PdfSigner(metadata, _signer(signer)).sign_pdf(writer)
    content: bytes = signed.getvalue()
    return content


def signed_as(authority: TestAuthority, code: str, pdf: bytes, at: datetime) -> bytes:
    """Returns the PDF signed by the holder of this code.  Raises ValueError if it is no code."""
    kind = SignerKind.ORGANISATION
    try:
        number = credit_code(code)
    except ValueError:
        kind, number = SignerKind.PERSON, citizen_id(code)
    holder = ExpectedSigner(kind=kind, code=number)
    return sign(pdf, authority.issue(holder, kind.label, at))


def _signer(issued: Issued) -> SimpleSigner:
    private = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=x509.Certificate.load(issued.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore.from_certs(()),
    )
