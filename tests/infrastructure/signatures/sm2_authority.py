"""An SM2 authority made for one test: its root, its empty revocation list, a signer's certificate.

The library that makes certificates elsewhere knows no SM2, so they are put together here.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from asn1crypto import algos, core, crl, keys, pem, x509
from gmssl_pyx import sm2_key_generate, sm2_sign

from infrastructure.signatures import sm2

CODE_IN = "1.2.156.10260.4.1.4"
"""The extension of GB/T 20518 with the code of an organisation."""
MONTH = timedelta(days=30)


class Sm2Holder:
    """A key on the curve of SM2."""

    def __init__(self, name: str) -> None:
        self.public, self.private = sm2_key_generate()
        self.name = x509.Name.build({"common_name": name})

    def signs(self, message: bytes) -> bytes:
        signature: bytes = sm2_sign(self.private, self.public, message)
        return signature

    @property
    def key(self) -> keys.PublicKeyInfo:
        curve = keys.ECDomainParameters(name="named", value=keys.NamedCurve(sm2.CURVE))
        algorithm = {"algorithm": "ec", "parameters": curve}
        point = keys.ECPointBitString(b"\x04" + self.public)
        return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point})


class Sm2Authority:
    """Its certificates are valid from a month before this moment to a month after it."""

    def __init__(self, moment: datetime) -> None:
        self.moment, self.holder = moment, Sm2Holder("国密测试认证机构（测试）")
        usage = ("key_usage", True, {"key_cert_sign", "crl_sign"})
        basic = ("basic_constraints", True, {"ca": True})
        self.root = self._certificate(self.holder, 1, [basic, usage])

    def issue(self, holder: Sm2Holder, code: str) -> bytes:
        """The certificate of an organisation with this code."""
        usage = ("key_usage", True, {"digital_signature", "non_repudiation"})
        numbered = (CODE_IN, False, core.ParsableOctetString(core.UTF8String(code).dump()))
        return self._certificate(holder, 2, [usage, numbered])

    def trusted_by(self, folder: Path) -> None:
        """Lays root, revocation list and the place of the code into a trust folder."""
        (folder / "roots" / "sm2.pem").write_bytes(pem.armor("CERTIFICATE", self.root))
        (folder / "crls" / "sm2.crl").write_bytes(self._revoked())
        with (folder / "trust.toml").open("a", encoding="utf-8") as mapping:
            mapping.write(
                f'\n[[issuer]]\ncertificate_sha256 = "{sha256(self.root).hexdigest()}"\n'
                f'organisation = {{ extension = "{CODE_IN}" }}\n'
            )

    def _certificate(
        self, of: Sm2Holder, number: int, extensions: list[tuple[str, bool, object]]
    ) -> bytes:
        body = x509.TbsCertificate(
            {
                "version": "v3",
                "serial_number": number,
                "signature": _SM2,
                "issuer": self.holder.name,
                "validity": {
                    "not_before": x509.Time({"utc_time": self.moment - MONTH}),
                    "not_after": x509.Time({"utc_time": self.moment + MONTH}),
                },
                "subject": of.name,
                "subject_public_key_info": of.key,
                "extensions": [
                    {"extn_id": name, "critical": critical, "extn_value": value}
                    for name, critical, value in extensions
                ],
            }
        )
        parts = {"tbs_certificate": body, "signature_value": self.holder.signs(body.dump())}
        return bytes(x509.Certificate(parts | {"signature_algorithm": _SM2}).dump())

    def _revoked(self) -> bytes:
        body = crl.TbsCertList(
            {
                "version": "v2",
                "signature": _SM2,
                "issuer": self.holder.name,
                "this_update": x509.Time({"utc_time": self.moment - MONTH}),
                "next_update": x509.Time({"utc_time": self.moment + MONTH}),
            }
        )
        parts = {"tbs_cert_list": body, "signature": self.holder.signs(body.dump())}
        return bytes(crl.CertificateList(parts | {"signature_algorithm": _SM2}).dump())


_SM2 = algos.SignedDigestAlgorithm({"algorithm": sm2.SIGNED_WITH_SM3})


def signed_beside(served: bytes, holder: Sm2Holder, certificate: bytes) -> bytes:
    """The file that is handed in: the certificate and the signature of the served document."""
    signature = pem.armor("SM2 SIGNATURE", holder.signs(served))
    return bytes(pem.armor("CERTIFICATE", certificate) + signature)
