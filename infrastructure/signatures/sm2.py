"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32918.5, GB/T 35276) over the library GmSSL.

X.509 validation knows no SM2: `Sm2Validator` adds it, for certificates and for revocation lists.
"""

from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from gmssl_pyx import (
    SM2_DEFAULT_SIGNER_ID,
    GmsslInnerError,
    normalize_sm2_public_key,
    sm2_verify,
)
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

CURVE = "1.2.156.10197.1.301"
SIGNED_WITH_SM3 = "1.2.156.10197.1.501"
"""sm2-with-sm3, the algorithm of a signature."""
_FIELD = 32


def public_key(info: PublicKeyInfo) -> bytes:
    """Returns the two coordinates of an SM2 key.  Raises ValueError if it is none."""
    algorithm = info["algorithm"]
    if algorithm["algorithm"].native != "ec" or algorithm["parameters"].chosen.dotted != CURVE:
        raise ValueError("not a key on the curve of SM2")
    try:
        key: bytes = normalize_sm2_public_key(bytes(info["public_key"]))  # it is on the curve
    except GmsslInnerError as error:
        raise ValueError(str(error)) from None
    return key


def is_signed(
    message: bytes, signature: bytes, key: bytes, signer_id: bytes = SM2_DEFAULT_SIGNER_ID
) -> bool:
    """True if this is the key's signature of the message, under the id of the standard."""
    try:
        return bool(sm2_verify(key, message, signature, signer_id=signer_id))
    except GmsslInnerError:
        return False


class Sm2Validator(DefaultSignatureValidator):
    """Validates SM2 signatures, and leaves every other algorithm to the library."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: object,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        if signature_algorithm["algorithm"].dotted != SIGNED_WITH_SM3:  # type: ignore[index]
            super().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
            return
        try:
            valid = is_signed(signed_data, signature, public_key(public_key_info))
        except ValueError:
            valid = False
        if not valid:
            raise InvalidSignature
