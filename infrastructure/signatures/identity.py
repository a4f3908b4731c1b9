"""Reads the code of the signer from the attribute of a certificate that the city has configured."""

from asn1crypto import core, parser, x509

from domain.signatures.faults import SignatureFault
from domain.signatures.verification import CertificateAttribute, ExpectedSigner
from infrastructure.signatures.outcome import Refuse
from infrastructure.signatures.trust import CodePlace, Trust

_TEXTS = {
    core.UTF8String.tag: "utf-8",
    core.PrintableString.tag: "ascii",
    core.IA5String.tag: "ascii",
    core.NumericString.tag: "ascii",
    core.BMPString.tag: "utf-16-be",
}
_UNIVERSAL, _CONTEXT = 0, 2
_DEPTH = 5


def identify(
    certificate: x509.Certificate, issuer: x509.Certificate, signer: ExpectedSigner, trust: Trust
) -> CertificateAttribute:
    """Returns the attribute that holds the signer's code.  Raises Refuse if none does."""
    place = trust.place(issuer, signer.kind)
    if place is None:
        raise Refuse(SignatureFault.SIGNER_CAN_BE_TOLD)
    held = codes(certificate, place)
    if held != [f"{place.prefix}{signer.code}".upper()]:
        raise Refuse(SignatureFault.SIGNER_IS_THE_EXPECTED)
    return place.named


def codes(certificate: x509.Certificate, place: CodePlace) -> list[str]:
    """Returns the texts at a place of the certificate; two of them identify nobody."""
    if place.attribute is not None:
        return [
            str(each["value"].native).strip().upper()
            for part in certificate.subject.chosen
            for each in part
            if each["type"].dotted == place.attribute
        ]
    extensions = certificate["tbs_certificate"]["extensions"]
    return [
        text.strip().upper()
        for each in ([] if isinstance(extensions, core.Void) else extensions)
        if each["extn_id"].dotted == place.extension
        for text in _texts(bytes(each["extn_value"]))
    ]


def _texts(value: bytes, depth: int = 0) -> list[str]:
    """The texts in an extension: a string, or strings within sequences, sets and tags."""
    try:
        kind, method, tag, _, content, _ = parser.parse(value, strict=True)
        if method == 1 and depth < _DEPTH:
            return [text for part in _parts(content) for text in _texts(part, depth + 1)]
        if kind == _UNIVERSAL and tag in _TEXTS:
            return [content.decode(_TEXTS[tag])]
        if kind == _CONTEXT and method == 0:  # an implicit tag hides which string it is
            return [content.decode("utf-8")]
    except (ValueError, UnicodeDecodeError):
        return []
    return []


def _parts(content: bytes) -> list[bytes]:
    parts, start = [], 0
    while start < len(content):
        _, _, _, header, inner, trailer = parser.parse(content[start:])
        length = len(header) + len(inner) + len(trailer)
        parts.append(content[start : start + length])
        start += length
    return parts
