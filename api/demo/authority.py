"""The certificate authority of the demonstration: whatever it issues is marked 测试.

A service whose data was not invented refuses its root (`infrastructure/signatures/trust.py`).
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from domain.signatures.verification import ExpectedSigner, SignerKind
from infrastructure.container import Container
from infrastructure.signatures.trust import FILE, TEST

NAME = f"信诺演示认证机构（{TEST}）"
FOLDER = "demonstration"
"""Where its key is, in the data folder."""
PERSON_CODE = "1.2.156.10260.4.1.1"
"""The extension in which GM/T 0015 keeps the number of an identity card."""
YEARS = timedelta(days=3650)
_CERTIFICATE, _KEY, _LIST = "root.pem", "ca.key", "root.crl"
_MAPPING = """\
# 测试：本文件只用于演示。证书的哪一项记载统一社会信用代码、公民身份号码，按签发机构逐个填写。
[[issuer]]
certificate_sha256 = "{fingerprint}"
organisation = {{ attribute = "{organisation}" }}
person = {{ extension = "{person}" }}
"""


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class NoDemonstration(RuntimeError):
    """Only the demonstration has an authority of its own; the message says what to do instead."""


@dataclass(frozen=True)
class TestAuthority:
    """A root that issues the certificates of made-up signers."""

    __test__ = False  # pytest takes every class Test… for one of its own
    root: Issued

    @classmethod
    def begin(cls, at: datetime, name: str = NAME) -> Self:
        """Makes a new root, valid from the day before."""
        key, named = _new_key(), _named((NameOID.COMMON_NAME, name))
        days = (at - timedelta(days=1), at + YEARS)
        made = _certificate(named, named, key, days).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        made = made.add_extension(_usage(signs_certificates=True), critical=True)
        return cls(Issued(made.sign(key, SHA256()), key))

    @classmethod
    def load(cls, folder: Path, trust: Path) -> Self:
        """Reads the authority that `keep` wrote."""
        key = load_pem_private_key((folder / _KEY).read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        root = x509.load_pem_x509_certificate((trust / "roots" / _CERTIFICATE).read_bytes())
        return cls(Issued(root, key))

    @classmethod
    def of(cls, container: Container) -> Self:
        """Returns the authority of a demonstration, which makes one if it has none yet.

        Raises NoDemonstration for data that was not invented, or under another trust folder.
        """
        if not container.is_demonstration():
            raise NoDemonstration("测试证书只能用于演示数据，请先在空的数据库里运行 xinnuo demo")
        folder, trust = container.settings.data_dir / FOLDER, container.settings.trust_folder
        if (folder / _KEY).exists():
            return cls.load(folder, trust)
        if trust.exists():
            raise NoDemonstration(f"信任文件夹“{trust}”不是演示用的，请移走后再试")
        authority = cls.begin(container.clock())
        authority.keep(folder, trust, container.clock())
        return authority

    def keep(self, folder: Path, trust: Path, at: datetime) -> None:
        """Writes the root, its list and the mapping to the trust folder, its key apart."""
        for each in (folder, trust / "roots", trust / "crls"):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        (trust / "roots" / _CERTIFICATE).write_bytes(
            self.root.certificate.public_bytes(Encoding.PEM)
        )
        (trust / "crls" / _LIST).write_bytes(self.revocation_list((), at))
        (trust / FILE).write_text(self.mapping, "utf-8")
        private = self.root.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(folder / _KEY, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(private)

    @property
    def mapping(self) -> str:
        """The text of trust.toml for this authority alone."""
        return _MAPPING.format(
            fingerprint=self.root.certificate.fingerprint(SHA256()).hex(),
            organisation=NameOID.ORGANIZATION_IDENTIFIER.dotted_string,
            person=PERSON_CODE,
        )

    def issue(
        self, holder: ExpectedSigner, name: str, at: datetime, days: timedelta = YEARS
    ) -> Issued:
        """Issues a certificate that is valid from the day before, for so many days."""
        key = _new_key()
        subject = [(NameOID.COMMON_NAME, f"{name}（{TEST}）")]
        if holder.kind is SignerKind.ORGANISATION:
            subject.append((NameOID.ORGANIZATION_IDENTIFIER, holder.code))
        valid = (at - timedelta(days=1), min(at + days, self.root.certificate.not_valid_after_utc))
        made = _certificate(_named(*subject), self.root.certificate.subject, key, valid)
        made = made.add_extension(_usage(signs_certificates=False), critical=True)
        if holder.kind is SignerKind.PERSON:
            made = made.add_extension(_person(holder.code), critical=False)
        return Issued(made.sign(self.root.key, SHA256()), key)

    def revocation_list(
        self, revoked: Iterable[Issued], at: datetime, days: timedelta = YEARS
    ) -> bytes:
        """Returns the list in DER, valid from the day before, for so many days."""
        day_before = at - timedelta(days=1)
        made = x509.CertificateRevocationListBuilder(
            issuer_name=self.root.certificate.subject,
            last_update=day_before,
            next_update=at + days,
        )
        for each in revoked:
            entry = x509.RevokedCertificateBuilder(each.certificate.serial_number, day_before)
            made = made.add_revoked_certificate(entry.build())
        return made.sign(self.root.key, SHA256()).public_bytes(Encoding.DER)


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _named(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(*each) for each in attributes])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    valid: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=valid[0],
        not_valid_after=valid[1],
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _person(code: str) -> x509.UnrecognizedExtension:
    """The number as a PrintableString: tag 19, its length, its characters."""
    text = code.encode("ascii")
    return x509.UnrecognizedExtension(
        x509.ObjectIdentifier(PERSON_CODE), bytes([0x13, len(text)]) + text
    )
