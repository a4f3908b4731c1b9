"""Whether a certificate may be believed: chain to a configured root, in time, not revoked.

Nothing is fetched from the network: what the trust folder does not hold is not known.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from asn1crypto import x509
from asn1crypto.algos import DigestAlgorithm, SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    AlgorithmUsageConstraint,
    AlgorithmUsagePolicy,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from domain.signatures.faults import SignatureFault as Fault
from infrastructure.signatures import sm2
from infrastructure.signatures.outcome import Refuse
from infrastructure.signatures.trust import Trust

_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
_SHORTEST = {"rsassa_pkcs1v15": 2048, "rsassa_pss": 2048, "ecdsa": 256}
"""Bits of the shortest key, by algorithm."""
_LISTS = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CRL_REQUIRED,
    )
)
"""A revocation list that is valid at the moment is needed for every certificate but the root."""
_FAULTS: tuple[tuple[type[Exception], Fault], ...] = (
    (RevokedError, Fault.CERTIFICATE_IS_NOT_REVOKED),
    (InsufficientRevinfoError, Fault.REVOCATION_IS_KNOWN),
    (ExpiredError, Fault.CERTIFICATE_IS_IN_TIME),
    (NotYetValidError, Fault.CERTIFICATE_IS_IN_TIME),
    (DisallowedAlgorithmError, Fault.ALGORITHM_IS_STRONG),
    (InvalidCertificateError, Fault.ISSUER_IS_TRUSTED),
    (PathBuildingError, Fault.ISSUER_IS_TRUSTED),
    (ValidationError, Fault.ISSUER_IS_TRUSTED),
)


class StrongAlgorithms(AlgorithmUsagePolicy):
    """Allows only what is listed: a new algorithm is weak until somebody has looked at it."""

    def digest_algorithm_allowed(
        self, algo: DigestAlgorithm, moment: datetime | None
    ) -> AlgorithmUsageConstraint:
        return AlgorithmUsageConstraint(allowed=algo["algorithm"].native in _DIGESTS)

    def signature_algorithm_allowed(
        self, algo: SignedDigestAlgorithm, moment: datetime | None, public_key: PublicKeyInfo | None
    ) -> AlgorithmUsageConstraint:
        of_sm2 = algo["algorithm"].dotted == sm2.SIGNED_WITH_SM3
        return AlgorithmUsageConstraint(allowed=of_sm2 or is_strong(algo, public_key))


def is_strong(
    algorithm: SignedDigestAlgorithm, key: PublicKeyInfo | None, digest: str = ""
) -> bool:
    """True for an algorithm and a key that may sign; `digest` holds where it names none itself."""
    try:
        kind = algorithm.signature_algo
    except ValueError:
        return False
    try:
        digest = algorithm.hash_algo
    except ValueError:
        if not digest:
            return False
    shortest = _SHORTEST.get(kind)
    return shortest is not None and digest in _DIGESTS and (not key or key.bit_size >= shortest)


STRONG = StrongAlgorithms()


def path_to_root(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    trust: Trust,
    moment: datetime,
) -> ValidationPath:
    """Returns the chain of certificates, the root first.  Raises Refuse if none holds."""
    if certificate.ca or not _may_sign(certificate):
        raise Refuse(Fault.CERTIFICATE_MAY_SIGN)
    context = ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=[*trust.intermediates, *others],
        crls=list(trust.crls),
        moment=moment,
        revinfo_policy=_LISTS,
        algorithm_usage_policy=STRONG,
        signature_validator=sm2.Sm2Validator(),
    )
    try:
        path = asyncio.run(CertificateValidator(certificate, (), context).async_validate_path())
    except tuple(kind for kind, _ in _FAULTS) as error:
        raise Refuse(next(fault for kind, fault in _FAULTS if isinstance(error, kind))) from None
    if len(path) == 1:  # a root that signs itself
        raise Refuse(Fault.CERTIFICATE_MAY_SIGN)
    return path


def issuer_of(path: ValidationPath) -> x509.Certificate:
    """Returns the certificate of the authority that issued the last one."""
    certificates = list(path.iter_certs(include_root=True))
    return certificates[-2]


def root_of(path: ValidationPath) -> x509.Certificate:
    return next(iter(path.iter_certs(include_root=True)))


def _may_sign(certificate: x509.Certificate) -> bool:
    usage = certificate.key_usage_value
    return usage is not None and bool({"digital_signature", "non_repudiation"} & usage.native)
