"""Crafted letters: certificates of a test authority at a fixed moment, PDFs signed with them."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import typst
from asn1crypto import pem
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from api.demo.authority import Issued, TestAuthority
from api.demo.signing import sign
from domain.signatures.verification import ExpectedSigner, SignerKind

HERE = Path(__file__).parent
MOMENT = datetime(2026, 12, 1, 2, tzinfo=UTC)
"""When each letter is received."""
MONTH, YEAR = timedelta(days=30), timedelta(days=365)
COMPANY = ExpectedSigner(kind=SignerKind.ORGANISATION, code="91411281MA9KXNT179")
OTHER_COMPANY = ExpectedSigner(kind=SignerKind.ORGANISATION, code="91411281MA9AC19Q08")
PERSON = ExpectedSigner(kind=SignerKind.PERSON, code="411281199001010014")


class Letter(NamedTuple):
    signed: bytes
    served: bytes
    signer: ExpectedSigner = COMPANY


def document(text: str) -> bytes:
    """A PDF as the service serves it."""
    content: bytes = typst.compile(text.encode(), pdf_standards=["a-2a"], timestamp=MOMENT)
    return content


class Letters:
    """The twelve letters; a certificate is valid for a year unless it says otherwise."""

    def __init__(self) -> None:
        self.authority = TestAuthority.begin(MOMENT - YEAR)
        self.unknown = TestAuthority.begin(MOMENT - YEAR, "别的认证机构（测试）")
        self.served = document("= Commitment\nCase one: I promise to keep the conditions.")
        self.of_another_case = document("= Commitment\nCase two: I promise something else.")
        self.company = self.authority.issue(COMPANY, "示例商贸", MOMENT - MONTH, YEAR)
        self.revoked = self.authority.issue(COMPANY, "示例商贸", MOMENT - MONTH, YEAR)

    @cached_property
    def signed(self) -> bytes:
        return sign(self.served, self.company)

    def by(self, signer: Issued) -> Letter:
        return Letter(sign(self.served, signer), self.served)

    def trust(self, folder: Path) -> Path:
        """Writes the trust folder of these letters, with the authority of SM2 beside theirs."""
        self.authority.keep(folder.with_name("ca"), folder, MOMENT - MONTH)
        revoked = self.authority.revocation_list([self.revoked], MOMENT, MONTH)
        (folder / "crls" / "root.crl").write_bytes(revoked)
        (folder / "roots" / "sm2.pem").write_bytes((HERE / "sm2" / "root.pem").read_bytes())
        (folder / "crls" / "sm2.pem").write_bytes((HERE / "sm2" / "root.crl").read_bytes())
        with (folder / "trust.toml").open("a", encoding="utf-8") as mapping:
            mapping.write(SM2_MAPPING)
        return folder


_ROOT = pem.unarmor((HERE / "sm2" / "root.pem").read_bytes())[2]


SM2_MAPPING = f"""
[[issuer]]
certificate_sha256 = "{sha256(_ROOT).hexdigest()}"
person = {{ extension = "1.2.156.10260.4.1.1" }}
"""


def beside(name: str) -> Letter:
    """A signature made by OpenSSL, beside the document."""
    served = (HERE / "sm2" / "served.txt").read_bytes()
    return Letter((HERE / "sm2" / f"{name}.pem").read_bytes(), served, PERSON)


def appended(pdf: bytes) -> bytes:
    """The PDF with an update after its end that changes its title."""
    writer, out = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    title = DictionaryObject({pdf_name("/Title"): pdf_string("another title")})
    writer.set_info(writer.add_object(title))
    writer.write(out)
    return out.getvalue()
