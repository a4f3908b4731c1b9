"""The evidence log over HTTP, as an outside auditor reads and checks it."""

import base64
from hashlib import sha256
from random import Random

import pytest

from infrastructure.evidence import tree
from infrastructure.evidence.bundle_check import check, checkpoint_of, root_over
from tests import stories as s
from tests.api.conftest import as_, client, logs, the_service, walk
from tests.evidence.independent import independent
from tests.support.service_driver import Office

__all__ = ["as_", "client", "independent", "logs", "walk"]

DICE = Random(9162)  # noqa: S311 - the same every time


@pytest.fixture
def sealed(client):
    """The sizes of four checkpoints over about 300 events; nothing is sealed during the test."""
    service, sizes = the_service(client), []
    for number in range(1, 29):
        Office(service).remembers(s.PENALIZED, number=number)
        if not number % 7:
            service.sealer.seal()
            sizes.append(service.verifier.verify().sealed)
    return sizes


def note(client, size=None):
    reply = client.get(f"/log/checkpoint/{size}" if size else "/log/checkpoint")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    return reply.text


def keys(client):
    return client.get("/log/keys").text.splitlines()


def proof_of(client, what, **how):
    return client.get(f"/api/v1/log/{what}", params=how).json()


def test_proofs_and_checkpoints_over_http_convince_another_implementation(
    client, sealed, independent
):
    (key,), roots = keys(client), {}
    claims = []
    for size in sealed:
        claims.append({"kind": "note", "note": note(client, size), "key": key})
        roots[size] = base64.b64encode(checkpoint_of(note(client, size), [key])[2]).decode()
        for position in {1, size, DICE.randint(1, size)}:
            proof = proof_of(client, "inclusion", position=position, size=size)
            assert (proof["leaf_index"], proof["tree_size"]) == (position - 1, size)
            tree_facts = {"size": size, "other": position - 1, "root": roots[size]}
            path = {"hash": proof["leaf_hash"], "proof": proof["hashes"]}
            claims.append({"kind": "inclusion"} | tree_facts | path)
    for first in sealed:
        for second in (size for size in sealed if size >= first):
            proof = proof_of(client, "consistency", first=first, second=second)
            tree_facts = {"size": second, "other": first, "root": roots[second]}
            path = {"hash": roots[first], "proof": proof["hashes"]}
            claims.append({"kind": "consistency"} | tree_facts | path)
    assert all(independent(claims))


def test_the_tiles_are_all_that_is_needed_to_work_out_the_root(client, sealed):
    *_, size = sealed

    def read(level, index):
        width = min(tree.WIDTH, (size >> (8 * level)) - index * tree.WIDTH)
        part = "" if width == tree.WIDTH else f".p/{width}"
        reply = client.get(f"/log/tile/{level}/{index:03}{part}")
        assert "immutable" in reply.headers["Cache-Control"]
        return [reply.content[at : at + 32] for at in range(0, len(reply.content), 32)]

    assert tree.root(read, size) == checkpoint_of(note(client), keys(client))[2]


NOT_THERE = [
    "/log/checkpoint/99999",
    "/log/tile/0/002",
    "/log/tile/0/001.p/255",
    "/log/tile/0/000.p/257",
    "/log/tile/0/0",
    "/log/tile/0/-01",
    "/log/tile/0/x000/000.p/0",
    "/log/tile/0/x000/abc",
    "/api/v1/log/inclusion?position=99999",
    "/api/v1/log/inclusion?position=9&size=8",
    "/api/v1/log/consistency?first=9&second=8",
    "/api/v1/log/consistency?first=9&second=99999",
]
INVALID = ["/log/tile/9/000", "/log/checkpoint/0", "/api/v1/log/inclusion?position=0"]


def test_what_lies_beyond_the_sealed_log_is_not_found(client, sealed):
    for address in NOT_THERE:
        assert client.get(address).json()["code"] == "not-found", address
    for address in INVALID:
        assert client.get(address).json()["code"] == "invalid-request", address


def test_the_checking_program_is_handed_out(client):
    program = client.get("/log/verify.py")
    assert program.headers["Content-Type"].startswith("text/plain")
    compile(program.text, "verify.py", "exec")


# the evidence of one case -------------------------------------------------------------------------


def test_a_reader_of_a_case_may_take_its_evidence_along_and_that_is_logged(client, as_, walk):
    walk.to("granted")
    reply = walk.get("/bundle")
    assert reply.headers["Content-Type"] == "application/zip"
    assert walk.view["id"] in reply.headers["Content-Disposition"]
    assert check(reply.content, keys(client)).startswith("核验通过")
    proof = walk.get("/proof").json()
    size, root = checkpoint_of(proof["checkpoint"], keys(client))[1:]
    for event in proof["events"]:
        leaf = sha256(b"\0" + event["leaf"].encode()).digest()
        path = [base64.b64decode(each) for each in event["proof"]]
        assert root_over(leaf, event["position"] - 1, size, path) == root
    reads = client.get("/api/v1/audit/reads", headers=as_("auditor")).json()["items"]
    assert {"bundle", "proof"} <= {read["what"] for read in reads}
