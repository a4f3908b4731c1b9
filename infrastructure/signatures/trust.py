"""The trust folder: roots, revocation lists, and which attribute of a certificate names the signer.

    trust.toml       which attribute holds the code, for each issuer
    roots/           certificates of the roots that are trusted (PEM or DER)
    intermediates/   certificates of issuers below them; may be missing
    crls/            revocation lists (PEM or DER)

What cannot be read is not passed over: then nothing is trusted at all.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from asn1crypto import crl, pem, x509
from pydantic import Field, ValidationError, model_validator

from domain.signatures.verification import (
    AttributePlace,
    CertificateAttribute,
    ObjectId,
    SignerKind,
)
from domain.values.identifiers import Sha256
from domain.values.parties import Value
from infrastructure.signatures import bounds

TEST = "测试"
"""Stands in the name of every authority that is made for tests and the demonstration."""
FILE = "trust.toml"
T = TypeVar("T")


class Untrusted(ValueError):
    """The trust folder cannot be used; the message names the file and the remedy."""


class OnlyATest(Untrusted):
    """A test authority is in the trust folder of a service whose data was not invented."""


class CodePlace(Value):
    """Where the certificates of an issuer hold a code, and what stands before it there."""

    attribute: ObjectId | None = None
    extension: ObjectId | None = None
    prefix: str = Field(default="", max_length=40)

    @model_validator(mode="after")
    def _one_of_two(self) -> "CodePlace":
        if (self.attribute is None) == (self.extension is None):
            raise ValueError("attribute 和 extension 应当填且只填一项")
        return self

    @property
    def named(self) -> CertificateAttribute:
        if self.attribute is not None:
            return CertificateAttribute(place=AttributePlace.SUBJECT, oid=self.attribute)
        assert self.extension is not None
        return CertificateAttribute(place=AttributePlace.EXTENSION, oid=self.extension)


class Issuer(Value):
    """An authority, by its certificate, and where its certificates hold the codes."""

    certificate_sha256: Sha256
    organisation: CodePlace | None = None
    person: CodePlace | None = None


class _Mapping(Value):
    issuer: tuple[Issuer, ...] = Field(min_length=1, max_length=100)


@dataclass(frozen=True)
class Trust:
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    crls: tuple[crl.CertificateList, ...]
    issuers: Mapping[str, Issuer]
    """By the SHA-256 of the issuer's certificate."""

    def place(self, issuer: x509.Certificate, kind: SignerKind) -> CodePlace | None:
        """Where certificates of this issuer hold the code of such a signer; None if not set."""
        known = self.issuers.get(fingerprint(issuer))
        if known is None:
            return None
        return known.organisation if kind is SignerKind.ORGANISATION else known.person


def fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.dump()).hexdigest()


def load(folder: Path, *, demonstration: bool) -> Trust:
    """Reads the whole folder.  Raises Untrusted if anything in it cannot be read.

    An authority that is marked as a test is trusted by the demonstration alone.
    """
    if not folder.is_dir():
        raise Untrusted(f"没有信任文件夹“{folder}”，不能在线核验签名")
    roots = tuple(_read(folder / "roots", _certificate))
    if not roots:
        raise Untrusted(f"“{folder / 'roots'}”里没有根证书，不能在线核验签名")
    intermediates = tuple(_read(folder / "intermediates", _certificate))
    for each in (*roots, *intermediates):
        if is_a_test(each) and not demonstration:
            raise OnlyATest(
                f"信任文件夹“{folder}”里有测试证书（{each.subject.human_friendly}），"
                "只能用于演示数据：请换成电子认证机构的证书"
            )
    crls = tuple(_read(folder / "crls", _list))
    return Trust(roots, intermediates, crls, _issuers(folder / FILE))


def is_a_test(certificate: x509.Certificate) -> bool:
    """True if the name of the holder or of the issuer says that the certificate is a test."""
    names = (certificate.subject.native, certificate.issuer.native)
    return any(TEST in str(value) for name in names for value in name.values())


def _read(folder: Path, load: Callable[[bytes], T]) -> Iterator[T]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if len(files) > bounds.MAX_TRUST_FILES:
        raise Untrusted(f"“{folder}”里的文件太多，请只放需要的")
    for file in files:
        content = _bytes_of(file)
        try:
            for each in _unarmoured(content):
                yield load(each)
        except (ValueError, TypeError, KeyError):
            raise Untrusted(f"读不懂“{file}”，请换成 PEM 或者 DER 格式的文件，或者移走") from None


def _certificate(content: bytes) -> x509.Certificate:
    certificate = x509.Certificate.load(content, strict=True)
    _ = certificate.native  # parses all of it
    return certificate


def _list(content: bytes) -> crl.CertificateList:
    """Parses the head of a list only: it may name a hundred thousand certificates."""
    found = crl.CertificateList.load(content, strict=True)
    if next_update(found) is None:
        raise ValueError("the list does not say until when it is valid")
    return found


def next_update(revoked: crl.CertificateList) -> datetime | None:
    """Until when a revocation list is valid."""
    until: datetime | None = revoked["tbs_cert_list"]["next_update"].native
    return until


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > bounds.MAX_TRUST_BYTES:
            raise Untrusted(f"“{file}”太大，请检查这个文件")
        return file.read_bytes()
    except OSError as error:
        raise Untrusted(f"不能读取“{file}”（{error.strerror}），请检查权限") from None


def _unarmoured(content: bytes) -> Iterator[bytes]:
    if not pem.detect(content):
        yield content
        return
    for _, _, each in pem.unarmor(content, multiple=True):
        yield each


def _issuers(file: Path) -> Mapping[str, Issuer]:
    try:
        found = _Mapping.model_validate(tomllib.loads(_bytes_of(file).decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Untrusted(f"“{file}”不是 TOML 文件（{error}），请按 README 改正") from None
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        raise Untrusted(f"“{file}”中的 {place} 不对（{reason}），请按 README 改正") from None
    issuers = {each.certificate_sha256: each for each in found.issuer}
    if len(issuers) < len(found.issuer):
        raise Untrusted(f"“{file}”中同一个签发机构出现两次，请只留一项")
    return issuers
