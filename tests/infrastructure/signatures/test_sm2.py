"""SM2 and SM3 against the example of GB/T 32918.5-2017, annex A.2."""

import pytest
from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature
from gmssl_pyx import sm2_sign

from infrastructure.signatures import sm2

MESSAGE = b"message digest"
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
X = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
Y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
PUBLIC = bytes.fromhex(X + Y)


def encoded(r: str, s: str) -> bytes:
    return algos.DSASignature({"r": int(r, 16), "s": int(s, 16)}).dump()


SIGNATURE = encoded(R, S)


def key_info(point: bytes, curve: str = sm2.CURVE) -> keys.PublicKeyInfo:
    parameters = keys.ECDomainParameters(name="named", value=keys.NamedCurve(curve))
    algorithm = {"algorithm": "ec", "parameters": parameters}
    return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": keys.ECPointBitString(point)})


def test_the_signature_of_the_standard_is_valid():
    assert sm2.is_signed(MESSAGE, SIGNATURE, PUBLIC)


@pytest.mark.parametrize(
    ("message", "signature", "key"),
    [
        (b"message digesT", SIGNATURE, PUBLIC),
        (MESSAGE, encoded(S, R), PUBLIC),
        (MESSAGE, encoded("0", S), PUBLIC),
        (MESSAGE, SIGNATURE[:-1], PUBLIC),
        (MESSAGE, b"", PUBLIC),
    ],
)
def test_no_other_text_signature_or_form_is_valid(message, signature, key):
    assert not sm2.is_signed(message, signature, key)


def test_a_signature_under_another_user_id_is_not_valid():
    other = sm2_sign(PRIVATE, PUBLIC, MESSAGE, signer_id=b"ALICE123@YAHOO.COM")
    assert sm2.is_signed(MESSAGE, other, PUBLIC, b"ALICE123@YAHOO.COM")
    assert not sm2.is_signed(MESSAGE, other, PUBLIC)


def test_a_key_is_a_point_on_the_curve_of_sm2():
    assert sm2.public_key(key_info(b"\x04" + PUBLIC)) == PUBLIC
    for point, curve in [
        (b"\x04" + PUBLIC[:-1] + b"\x00", sm2.CURVE),
        (b"\x04" + PUBLIC, "1.2.840.10045.3.1.7"),
    ]:
        with pytest.raises(ValueError, match=r"."):
            sm2.public_key(key_info(point, curve))


def test_a_certificate_under_sm2_is_validated_with_sm2_alone():
    algorithm = algos.SignedDigestAlgorithm({"algorithm": sm2.SIGNED_WITH_SM3})
    validator = sm2.Sm2Validator()
    right = key_info(b"\x04" + PUBLIC)
    validator.validate_signature(SIGNATURE, MESSAGE, right, algorithm)
    for signature, key in [
        (encoded(S, R), right),
        (SIGNATURE, key_info(b"\x04" + PUBLIC, "1.2.840.10045.3.1.7")),
    ]:
        with pytest.raises(InvalidSignature):
            validator.validate_signature(signature, MESSAGE, key, algorithm)
