"""An SM2 signature beside the document: a text file with the certificate and the signature.

    -----BEGIN CERTIFICATE-----        the signer's certificate, then those of its issuers, if any
    -----BEGIN SM2 SIGNATURE-----      the signature of the served bytes: ASN.1 DER (GB/T 35276)

It is made over the bytes of the served PDF with SM3 and the default user id (GB/T 35276).
"""

from asn1crypto import pem, x509

from domain.signatures.faults import SignatureFault as Fault
from domain.signatures.verification import SignatureMethod
from infrastructure.signatures import bounds, sm2
from infrastructure.signatures.outcome import Refuse, Signed

MAGIC = b"-----BEGIN "
CERTIFICATE, SIGNATURE = "CERTIFICATE", "SM2 SIGNATURE"


def signed_beside(signed: bytes, served: bytes) -> Signed:
    """Returns the signature of the served document.  Raises Refuse if a rule is broken."""
    certificates, signatures = _parts(signed)
    if not signatures:
        raise Refuse(Fault.LETTER_IS_SIGNED)
    if len(signatures) > 1:
        raise Refuse(Fault.SIGNED_ONCE)
    if not 1 <= len(certificates) <= bounds.MAX_CERTIFICATES:
        raise Refuse(Fault.FILE_IS_READABLE)
    signer, *others = (x509.Certificate.load(each) for each in certificates)
    try:
        key = sm2.public_key(signer.public_key)
    except ValueError:
        raise Refuse(Fault.ALGORITHM_IS_STRONG) from None
    if not sm2.is_signed(served, signatures[0], key):
        raise Refuse(Fault.SM2_SIGNATURE_FITS)
    return Signed(SignatureMethod.SM2_DETACHED, signer, tuple(others))


def _parts(signed: bytes) -> tuple[list[bytes], list[bytes]]:
    parts: dict[str, list[bytes]] = {CERTIFICATE: [], SIGNATURE: []}
    for name, _, content in pem.unarmor(signed, multiple=True):
        if name not in parts:
            raise Refuse(Fault.FILE_IS_READABLE)
        parts[name].append(content)
    return parts[CERTIFICATE], parts[SIGNATURE]
