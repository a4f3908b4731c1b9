"""Why an electronic signature is refused: each reason has a code of its own and one sentence."""

from domain.signatures.verification import SignatureMethod
from domain.values.identifiers import Sha256
from domain.values.labels import Labelled
from domain.values.parties import Value


class SignatureFault(Labelled):
    """The rule that a signature breaks, and what to do about it."""

    ONLINE_IS_OPEN = (
        "online_is_open",
        "本机关还没有可用的电子签名信任设置，暂不能核验电子签名：请到窗口签署纸质承诺书，由工作人员看过原件后办理",
    )
    FILE_IS_READABLE = (
        "file_is_readable",
        "这不是能够核验的签名文件，请用签名软件直接签署送达的 PDF，不要加密或者另存为其他格式",
    )
    FILE_IS_BOUNDED = (
        "file_is_bounded",
        "文件过大或者结构过于复杂，没有核验，请重新下载送达的承诺书，签署后再提交",
    )
    LETTER_IS_SIGNED = (
        "letter_is_signed",
        "文件里没有电子签名，请用数字证书签署承诺书以后再提交",
    )
    SIGNED_ONCE = (
        "signed_once",
        "文件里不止一个签名，承诺书只由应当签署的人签一次，请重新下载承诺书，只签一次再提交",
    )
    CONTENT_IS_UNALTERED = (
        "content_is_unaltered",
        "文件在签名以后被改动过，签名已经失效，请重新下载承诺书，签署后原样提交",
    )
    SM2_SIGNATURE_FITS = (
        "sm2_signature_fits",
        "SM2 签名与送达的承诺书或者证书不符，请用默认用户标识 1234567812345678 对原文重新签名",
    )
    WHOLE_FILE_IS_COVERED = (
        "whole_file_is_covered",
        "签名没有覆盖整个文件，请重新下载承诺书，对全文签署后再提交",
    )
    NOTHING_IS_APPENDED = (
        "nothing_is_appended",
        "签名以后又在文件末尾添加了内容，请提交签名后没有再保存过的文件",
    )
    LETTER_IS_OF_THIS_CASE = (
        "letter_is_of_this_case",
        "签署的是另一个案件的承诺书，请下载本案送达的承诺书，签署后再提交",
    )
    LETTER_IS_AS_SERVED = (
        "letter_is_as_served",
        "签署的不是本系统送达的承诺书原文，请重新下载本案的承诺书，不改动内容，直接签署后再提交",
    )
    ONLY_THE_SIGNATURE_IS_ADDED = (
        "only_the_signature_is_added",
        "除签名以外还改动了承诺书的内容，请重新下载本案的承诺书，直接签署后再提交",
    )
    ALGORITHM_IS_STRONG = (
        "algorithm_is_strong",
        "签名使用的算法或者密钥强度不够，请换用 SHA-256 以上、RSA 2048 位以上或者国密算法的证书",
    )
    ISSUER_IS_TRUSTED = (
        "issuer_is_trusted",
        "签名证书不是本机关信任的电子认证机构颁发的，请换用受信任机构的证书，或者到窗口办理",
    )
    CERTIFICATE_IS_IN_TIME = (
        "certificate_is_in_time",
        "签名证书已经过期或者尚未生效，请更新证书后重新签署",
    )
    CERTIFICATE_IS_NOT_REVOKED = (
        "certificate_is_not_revoked",
        "签名证书已经被吊销，请向电子认证机构换发证书后重新签署",
    )
    REVOCATION_IS_KNOWN = (
        "revocation_is_known",
        "没有当日有效的证书吊销列表，无法得知证书是否已被吊销，请稍后再提交，或者到窗口办理",
    )
    CERTIFICATE_MAY_SIGN = (
        "certificate_may_sign",
        "这张证书不是用于签名的证书，请换用签名证书重新签署",
    )
    SIGNER_CAN_BE_TOLD = (
        "signer_can_be_told",
        "还没有设置这家电子认证机构的证书用哪一项记载代码，无法得知是谁签的，请到窗口办理，或者由管理员设置",
    )
    SIGNER_IS_THE_EXPECTED = (
        "signer_is_the_expected",
        "签名证书上的代码与应当签署的人不一致，请由申请人或者其授权的代理人用自己的证书重新签署",
    )


class SignatureRefused(Value):
    """A signature that is not accepted.  There is no verification of it, not even in part."""

    fault: SignatureFault
    method: SignatureMethod | None = None
    begins_with: tuple[Sha256, ...] = ()
    """The SHA-256 of each document with which a signed file begins that is not the served one."""

    @property
    def of_another_case(self) -> "SignatureRefused":
        """The same refusal, once it is known that the file begins with another case's document."""
        return self.model_copy(update={"fault": SignatureFault.LETTER_IS_OF_THIS_CASE})
