"""What an accepted electronic signature proves, and who is expected to have signed."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StrictBool

from domain.values.labels import Labelled
from domain.values.parties import Value


class SignatureMethod(Labelled):
    """How the signature and the document belong together."""

    PADES = "pades", "PDF 文件内的电子签名"
    SM2_DETACHED = "sm2_detached", "与文件分离的国密 SM2 电子签名"


class SignatureLevel(Labelled):
    """How far the signature can be relied on (电子签名法 13, 国务院令第716号 8–12)."""

    PAPER_SCAN_ATTESTED = "paper_scan_attested", "纸质扫描并经窗口核对"
    SIMPLE_E = "simple_e", "一般电子签名"
    RELIABLE_E = "reliable_e", "可靠电子签名"
    QUALIFIED_SEAL = "qualified_seal", "国家标准电子印章"


class TimeSource(Labelled):
    """Where the signing time comes from.  The time that a signer claims is no source."""

    RECEIVED = "received", "收到文件的时间"


class SignerKind(Labelled):
    """Whose code is looked for in a certificate."""

    ORGANISATION = "organisation", "单位"
    PERSON = "person", "个人"


class ExpectedSigner(Value):
    """Who had to sign.  The code of a person goes to the verifier and into no event."""

    kind: SignerKind
    code: str
    """统一社会信用代码 or 公民身份号码."""


class AttributePlace(Labelled):
    SUBJECT = "subject", "证书主体"
    EXTENSION = "extension", "证书扩展项"


ObjectId = Annotated[str, Field(pattern=r"^[0-2](\.(0|[1-9][0-9]{0,18})){1,30}$")]


Fingerprint = Annotated[
    str, Field(pattern=r"^[0-9a-f]+$", min_length=64, max_length=64, description="证书的 SHA-256")
]
"""The hash of a certificate, which is no document of a case."""


class CertificateAttribute(Value):
    """The attribute of a certificate that names the signer; what it says is not kept."""

    place: AttributePlace
    oid: ObjectId


class Verification(Value):
    """An electronic signature that the service has verified and accepted."""

    method: SignatureMethod
    level: SignatureLevel
    signer: CertificateAttribute
    """The attribute that held the code of the expected signer."""
    certificate_sha256: Fingerprint
    root_sha256: Fingerprint
    """The root to which the certificate leads."""
    signing_time: AwareDatetime
    time_source: TimeSource


class Verified(Verification):
    """The service verified the electronic signature."""

    by: Literal["service"] = "service"


class Attested(Value):
    """The clerk saw the original at the counter, and compared who signed with their document."""

    by: Literal["clerk"] = "clerk"

    @property
    def level(self) -> SignatureLevel:
        return SignatureLevel.PAPER_SCAN_ATTESTED


class Claimed(Value):
    """What a client said of the signature; nobody has verified it.

    It stands in events from before the service verified, and no new letter is accepted with it.
    """

    by: Literal["claimed"] = "claimed"
    level: SignatureLevel
    verified: StrictBool


Evidence = Annotated[Verified | Attested | Claimed, Field(discriminator="by")]
"""How it is known that a letter is signed."""
