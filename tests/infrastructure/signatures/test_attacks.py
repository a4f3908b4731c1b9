"""PDFs that show other text than was served, and certificates that prove too little."""

from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.generic import StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from api.demo.authority import Issued
from api.demo.signing import sign
from domain.signatures.faults import SignatureFault as Fault
from domain.signatures.verification import ExpectedSigner
from tests.infrastructure.signatures.letters import MOMENT, MONTH, YEAR, Letter, Letters


def overwritten(pdf: bytes) -> bytes:
    """The PDF with an update that shows another page, as a signer may make before signing."""
    writer, out = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)
    writer.write(out)
    return out.getvalue()


def test_a_signer_who_changes_the_page_before_signing_is_found_out(letters, verify):
    letter = Letter(sign(overwritten(letters.served), letters.company), letters.served)
    assert letter.signed.startswith(letter.served)
    assert verify(letter).fault is Fault.ONLY_THE_SIGNATURE_IS_ADDED


def small_pdf(begins_at: int) -> bytes:
    """A PDF of one empty page, whose tables count from the beginning of another file."""
    out, places = b"%PDF-1.7\n", []
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>",
    )
    for number, each in enumerate(objects, 1):
        places.append(begins_at + len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = begins_at + len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table


def test_a_file_that_begins_with_the_served_one_and_shows_another_is_found_out(letters, verify):
    """The tables of the signed document lead past the served bytes: no reader shows them."""
    for served in (letters.served, small_pdf(0)):
        other = served + small_pdf(len(served))
        letter = Letter(sign(other, letters.company), served)
        assert letter.signed.startswith(served)
        assert verify(letter).fault is Fault.ONLY_THE_SIGNATURE_IS_ADDED


@pytest.mark.parametrize("tail", [b"\n", b"%", b"\0" * 100])
def test_not_one_byte_may_follow_the_signature(tail, letters, verify):
    assert verify(Letter(letters.signed + tail, letters.served)).fault in (
        Fault.NOTHING_IS_APPENDED,
        Fault.WHOLE_FILE_IS_COVERED,
    )


def test_what_fills_up_the_signature_is_zeros_in_one_spelling(letters, verify):
    padding = letters.signed.rindex(b"0000>")
    for byte in (b"1", b" "):
        changed = letters.signed[:padding] + byte + letters.signed[padding + 1 :]
        refused = verify(Letter(changed, letters.served))
        assert refused.fault in (Fault.WHOLE_FILE_IS_COVERED, Fault.FILE_IS_READABLE)


def test_the_served_letter_itself_is_not_signed(letters, verify):
    assert verify(Letter(letters.served, letters.served)).fault is Fault.LETTER_IS_SIGNED


def test_a_letter_served_after_the_signature_was_made_is_another(letters, verify):
    assert verify(Letter(letters.signed, letters.signed)).fault is Fault.LETTER_IS_AS_SERVED


def reissued(letters: Letters, *, ca: bool = False, **usage: bool) -> Issued:
    """The company's certificate made anew with other constraints."""
    old = letters.company.certificate
    kinds = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment"]
    kinds += ["key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    made = x509.CertificateBuilder(
        old.issuer, old.subject, old.public_key(), x509.random_serial_number(),
        old.not_valid_before_utc, old.not_valid_after_utc,
    )  # fmt: skip
    constraints = x509.BasicConstraints(ca=ca, path_length=None)
    made = made.add_extension(constraints, critical=True)
    made = made.add_extension(x509.KeyUsage(**dict.fromkeys(kinds, False) | usage), critical=True)
    return Issued(made.sign(letters.authority.root.key, SHA256()), letters.company.key)


def test_a_certificate_for_encryption_or_of_an_authority_signs_no_letter(letters, verify):
    for_encryption = reissued(letters, key_encipherment=True)
    assert verify(letters.by(for_encryption)).fault is Fault.CERTIFICATE_MAY_SIGN
    of_an_authority = reissued(letters, ca=True, digital_signature=True, key_cert_sign=True)
    assert verify(letters.by(of_an_authority)).fault is Fault.CERTIFICATE_MAY_SIGN
    root = letters.by(letters.authority.root)
    assert verify(root).fault is Fault.CERTIFICATE_MAY_SIGN


def test_an_issued_certificate_issues_none(letters, verify):
    """A signer who issues a certificate to somebody else is no authority."""
    signer = ExpectedSigner(kind="organisation", code="91411281MA9KXNT179")
    forged = letters.authority.issue(signer, "示例", MOMENT - MONTH, YEAR)
    made = x509.CertificateBuilder(
        letters.company.certificate.subject, forged.certificate.subject,
        forged.certificate.public_key(), x509.random_serial_number(),
        MOMENT - MONTH, MOMENT + MONTH,
    )  # fmt: skip
    usage = forged.certificate.extensions.get_extension_for_class(x509.KeyUsage)
    made = made.add_extension(usage.value, critical=True)
    by_the_company = Issued(made.sign(letters.company.key, SHA256()), forged.key)
    assert verify(letters.by(by_the_company)).fault is Fault.ISSUER_IS_TRUSTED
