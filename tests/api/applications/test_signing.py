"""Twelve letters over HTTP: which are accepted, and the rule that each of the others breaks."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.demo.authority import Issued, TestAuthority
from api.demo.signing import sign
from application.access.permissions import Role
from domain.signatures.faults import SignatureFault as Fault
from infrastructure.database.markers import DEMO, set_mark
from tests.api.conftest import COMPANY, Walk, log_size, the_service
from tests.api.desk.form_client import hidden
from tests.conftest import Clock
from tests.infrastructure.signatures.letters import COMPANY as SIGNER
from tests.infrastructure.signatures.letters import (
    MONTH,
    OTHER_COMPANY,
    appended,
    beside,
)
from tests.infrastructure.signatures.sm2_authority import Sm2Authority, Sm2Holder, signed_beside
from tests.support.browser_client import OURS, Visitor
from tests.support.repetitions import count, dice


class Signatory:
    """The applicant of a notified case, with a certificate of the authority that is trusted."""

    def __init__(self, walk: Walk, folder: Path) -> None:
        self.walk, self.now = walk.to("notified"), walk.as_.clock()
        self.authority = TestAuthority.begin(self.now - MONTH)
        self.unknown = TestAuthority.begin(self.now - MONTH, "别的认证机构（测试）")
        self.company = self.authority.issue(SIGNER, "示例商贸", self.now)
        self.revoked = self.authority.issue(SIGNER, "示例商贸", self.now)
        self.authority.keep(folder.with_name("ca"), folder, self.now)
        revoked = self.authority.revocation_list([self.revoked], self.now)
        (folder / "crls" / "root.crl").write_bytes(revoked)
        self.served = self.letter_of(walk)

    @staticmethod
    def letter_of(walk: Walk) -> bytes:
        return walk.get("/documents/letter", Role.INTAKE_CLERK).content

    def signed(self, by: Issued | None = None) -> bytes:
        return sign(self.served, by or self.company)

    def hands_in(self, letter: bytes, **said: object) -> Response:
        """The clerk uploads the file that the applicant brings, and attests nothing."""
        clerk = self.walk.as_(Role.INTAKE_CLERK)
        sent = self.walk.client.post("/api/v1/files", files={"file": letter}, headers=clerk)
        assert sent.status_code == 201, sent.text
        signature = {"mark": "seal", "signed_on": self.walk.today}
        notice = self.walk.view["notice"]["digest"]
        facts = {"notice_digest": notice, "digest": sent.json()["sha256"], "signature": signature}
        body = {"outcome": "promise", "letter": facts | said}
        return self.walk.post("commit", body, **clerk)


@pytest.fixture
def signatory(client: TestClient, walk: Walk) -> Iterator[Signatory]:
    service = the_service(client)
    set_mark(service.engine, DEMO, service.clock())  # only then a test authority is trusted
    return Signatory(walk, Path(service.settings.trust_folder))


def altered(its: Signatory) -> bytes:
    signed = its.signed()
    at = signed.index(b"stream") + 40
    return signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]


def of_another_case(its: Signatory) -> bytes:
    other = Walk(its.walk.client, its.walk.as_).to("notified")
    return sign(its.letter_of(other), its.company)


def of_another_document(its: Signatory) -> bytes:
    return sign(its.walk.get("/documents/notice", Role.INTAKE_CLERK).content, its.company)


def expired(its: Signatory) -> bytes:
    return its.signed(its.authority.issue(SIGNER, "示例商贸", its.now - MONTH, MONTH / 2))


REFUSED: Mapping[Fault, Callable[[Signatory], bytes]] = {
    Fault.LETTER_IS_SIGNED: lambda its: its.served,
    Fault.LETTER_IS_AS_SERVED: of_another_document,
    Fault.LETTER_IS_OF_THIS_CASE: of_another_case,
    Fault.SIGNER_IS_THE_EXPECTED: lambda its: its.signed(
        its.authority.issue(OTHER_COMPANY, "别的公司", its.now)
    ),
    Fault.CERTIFICATE_IS_IN_TIME: expired,
    Fault.ISSUER_IS_TRUSTED: lambda its: its.signed(its.unknown.issue(SIGNER, "示例", its.now)),
    Fault.CERTIFICATE_IS_NOT_REVOKED: lambda its: its.signed(its.revoked),
    Fault.CONTENT_IS_UNALTERED: altered,
    Fault.NOTHING_IS_APPENDED: lambda its: appended(its.signed()),
    Fault.SIGNED_ONCE: lambda its: sign(its.signed(), its.company, "Signature2"),
    Fault.SM2_SIGNATURE_FITS: lambda _: beside("right").signed,
}


def test_each_letter_is_refused_by_the_rule_that_it_breaks_and_changes_nothing(
    signatory: Signatory,
) -> None:
    letters = {fault: make(signatory) for fault, make in REFUSED.items()}
    size = log_size(signatory.walk.client)
    for fault, letter in letters.items():
        reply = signatory.hands_in(letter)
        assert (reply.status_code, reply.json()["rule"]) == (409, fault.value), reply.text
        assert fault.label in reply.json()["detail"]
    assert log_size(signatory.walk.client) == size
    assert signatory.hands_in(signatory.signed()).status_code == 200


def test_a_letter_that_is_verified_says_so_and_its_file_is_kept_as_it_was_signed(
    signatory: Signatory,
) -> None:
    letter = signatory.signed()
    assert letter.startswith(signatory.served)
    reply = signatory.hands_in(letter)
    assert reply.status_code == 200, reply.text
    *_, made = signatory.walk.get("/history").json()
    known = made["facts"]["letter"]["verification"]
    assert (known["by"], known["method"], known["level"]) == ("service", "pades", "reliable_e")
    assert SIGNER.code not in str(known)
    (filed,) = (digest for _, digest in _files(signatory) if digest)
    kept = f"/api/v1/files/{signatory.walk.view['id']}/{filed}"
    clerk = signatory.walk.as_(Role.INTAKE_CLERK)
    assert signatory.walk.client.get(kept, headers=clerk).content == letter


def test_a_letter_signed_with_sm2_beside_it_is_accepted_and_its_like_with_another_text_is_not(
    signatory: Signatory,
) -> None:
    authority, holder = Sm2Authority(signatory.now), Sm2Holder("示例商贸")
    authority.trusted_by(Path(the_service(signatory.walk.client).settings.trust_folder))
    certificate = authority.issue(holder, SIGNER.code)
    foreign = authority.issue(holder, OTHER_COMPANY.code)
    for file, fault in (
        (signed_beside(signatory.served + b" ", holder, certificate), Fault.SM2_SIGNATURE_FITS),
        (signed_beside(signatory.served, holder, foreign), Fault.SIGNER_IS_THE_EXPECTED),
    ):
        assert signatory.hands_in(file).json()["rule"] == fault.value
    reply = signatory.hands_in(signed_beside(signatory.served, holder, certificate))
    assert reply.status_code == 200, reply.text
    *_, made = signatory.walk.get("/history").json()
    known = made["facts"]["letter"]["verification"]
    assert (known["by"], known["method"], known["level"]) == (
        "service",
        "sm2_detached",
        "reliable_e",
    )


def _files(signatory: Signatory) -> list[tuple[str, str]]:
    clerk = signatory.walk.as_(Role.INTAKE_CLERK)
    address = f"/api/v1/files/{signatory.walk.view['id']}"
    filed = signatory.walk.client.get(address, headers=clerk).json()
    return [(each["title"], each["sha256"]) for each in filed]


@pytest.mark.parametrize("said", ["verified", "level", "channel", "verification"])
def test_nobody_says_how_a_letter_is_known_to_be_signed(signatory: Signatory, said: str) -> None:
    reply = signatory.hands_in(signatory.signed(), **{said: "reliable_e"})
    assert reply.status_code == 422
    (error,) = reply.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/body/promise/letter", "extra_forbidden")


HEARSAY: dict[str, Sequence[Any]] = {
    "verified": (True, "true", 1),
    "level": ("reliable_e", "ordinary_e", "x"),
    "channel": ("online", "counter"),
    "verification": ({"by": "service"}, {"by": "service", "level": "reliable_e"}, "service"),
    "by": ("service",),
    "method": ("pades", "sm2"),
    "attested": (False, None, "no", "service", 2),
    "signer": ("义马市示例商贸有限公司",),
    "letter": ({"verified": True},),
}
"""What a client may claim of a letter; to attest it is left to the clerk who saw the original."""


def test_whatever_a_body_claims_nothing_is_promised_without_a_verified_document(
    signatory: Signatory,
) -> None:
    walk, random = signatory.walk, dice(13)
    clerk, size = walk.as_(Role.INTAKE_CLERK), log_size(walk.client)
    uploaded = []
    for content in (signatory.served, of_another_document(signatory), appended(signatory.signed())):
        sent = walk.client.post("/api/v1/files", files={"file": content}, headers=clerk)
        uploaded.append(sent.json()["sha256"])
    for _ in range(count(150, 1_000)):
        body = claimed(random, signatory, uploaded)
        reply = walk.post("commit", body, **clerk)
        assert reply.status_code in {409, 422}, (body, reply.text)
    assert log_size(walk.client) == size


def claimed(random: Random, its: Signatory, uploaded: Sequence[str]) -> dict[str, Any]:
    """A random body: what belongs in it may be missing or wrong, and anything may be claimed."""
    right = its.walk.view["notice"]["digest"]
    strange = [right, f"{random.getrandbits(256):064x}"]
    signature = {"mark": random.choice(["seal", "signature", "x"]), "signed_on": its.walk.today}
    letter: dict[str, Any] = {
        "notice_digest": random.choice([right, right, right, f"{random.getrandbits(256):064x}"]),
        "digest": random.choice(uploaded if random.random() < 0.2 else strange),
        "signature": signature,
    }
    body: dict[str, Any] = {"outcome": "promise", "letter": letter}
    for place in (letter, signature, body):
        for name in random.sample(sorted(HEARSAY), random.choice([0, 0, 1, 3])):
            place[name] = random.choice(HEARSAY[name])
        if random.random() < 0.1:
            del place[random.choice(sorted(place))]
    return body


def test_without_a_list_of_that_day_nobody_can_know_and_the_counter_stays_open(
    signatory: Signatory, clock: Clock
) -> None:
    folder = Path(the_service(signatory.walk.client).settings.trust_folder)
    old = signatory.authority.revocation_list([], signatory.now - MONTH, MONTH / 2)
    (folder / "crls" / "root.crl").write_bytes(old)
    letter = signatory.signed()
    reply = signatory.hands_in(letter)
    assert reply.json()["rule"] == Fault.REVOCATION_IS_KNOWN.value, reply.text
    assert "到窗口办理" in reply.json()["detail"]
    assert signatory.hands_in(letter, attested=True).status_code == 200


# the applicant, online --------------------------------------------------------------------------

CODE = re.compile(r'slip-code">([A-Z0-9-]{19})<')


def enters(visitor: Visitor, case_id: str) -> None:
    visitor.sign_in(visitor.token(Role.INTAKE_CLERK))
    page = visitor.client.post(f"/desk/cases/{case_id}/slip", headers=OURS)
    (code,) = CODE.findall(page.text)
    visitor.client.cookies.clear()
    assert visitor.client.post("/mine", data={"code": code}, headers=OURS).status_code == 303


def promises(client: TestClient, letter: bytes, today: str, **more: str) -> Response:
    page = client.get("/mine/case/promise")
    assert "怎样在网上签署" in page.text
    assert "已看过原件" not in page.text
    fields = hidden(page.text, "commit-promise") | {"last_four": [COMPANY["code"][-4:]]}
    fields |= {"letter.signature.mark": ["seal"], "letter.signature.signed_on": [today]}
    fields |= {name: [value] for name, value in more.items()} | {"step": ["do"]}
    files = {"letter.digest": ("承诺书.pdf", letter, "application/pdf")}
    return client.post("/mine/case/promise", data=fields, files=files, headers=OURS)


def test_an_applicant_promises_at_home_and_only_with_their_own_signature(
    signatory: Signatory, visitor: Visitor
) -> None:
    walk = signatory.walk
    enters(visitor, walk.view["id"])
    served = visitor.client.get("/mine/case/documents/letter").content
    assert served == signatory.served
    foreign = signatory.authority.issue(OTHER_COMPANY, "别的公司", signatory.now)
    refused = promises(visitor.client, signatory.signed(foreign), walk.today)
    assert refused.status_code == 409
    assert Fault.SIGNER_IS_THE_EXPECTED.label in refused.text
    scan = promises(visitor.client, served, walk.today, **{"letter.attested": "true"})
    assert Fault.LETTER_IS_SIGNED.label in scan.text, "nobody attests their own paper"
    done = promises(visitor.client, signatory.signed(), walk.today)
    assert done.status_code == 303, done.text
    assert "已收到您的承诺" in visitor.client.get("/mine/case").text
    *_, made = walk.get("/history").json()
    assert (made["channel"], made["by"]["role"]) == ("online", Role.SUBJECT_SELF)
    assert made["facts"]["letter"]["verification"]["by"] == "service"
