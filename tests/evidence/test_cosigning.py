"""Cosigning: witnesses sign a checkpoint, and a witness's key alone is enough to check it."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.settings import Settings
from tests import stories as s
from tests.api.conftest import client, logs, the_service
from tests.evidence.independent import independent
from tests.support.service_driver import Office

__all__ = ["client", "independent", "logs"]


class Witness:
    """A witness: signs the checkpoint that it saw and the time (C2SP tlog-cosignature)."""

    def __init__(self, name: str, seed: int) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.name, self.public = name, b"\4" + self.key.public_key().public_bytes_raw()
        self.hash = sha256(f"{name}\n".encode() + self.public).digest()[:4]

    @property
    def verifier(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(self.public).decode()}"

    def line(self, note: str, at: int = 1_795_000_000) -> str:
        text = note.partition("\n\n")[0] + "\n"
        signature = self.key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        data = self.hash + at.to_bytes(8, "big") + signature
        return f"— {self.name} {base64.b64encode(data).decode()}"


NEIGHBOUR, STRANGER = Witness("witness.example/mianchi", 1), Witness("stranger.example/w", 2)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"witnesses": (NEIGHBOUR.verifier,)})


@pytest.fixture
def checkpoint(client):
    """The signed note of a checkpoint, and the path to which its cosignatures are posted."""
    service = the_service(client)
    Office(service).remembers(s.PENALIZED)
    service.sealer.seal()
    note = service.proofs.checkpoint()
    return note, f"/api/v1/log/checkpoints/{note.splitlines()[1]}/cosignatures"


def test_a_witness_signs_beside_the_log_and_its_key_alone_opens_the_checkpoint(
    client, checkpoint, independent
):
    note, place = checkpoint
    cosigned = client.post(place, json={"line": NEIGHBOUR.line(note)}).text
    assert client.get(f"/log/checkpoint/{note.splitlines()[1]}").text == cosigned
    (ours,) = client.get("/log/keys").text.splitlines()
    assert checkpoint_of(cosigned, [NEIGHBOUR.verifier]) == checkpoint_of(note, [ours])
    assert independent([{"kind": "note", "note": cosigned, "key": ours}]) == [True]
    with pytest.raises(Broken):
        checkpoint_of(note, [NEIGHBOUR.verifier])


def test_the_same_cosignature_is_kept_once(client, checkpoint):
    note, place = checkpoint
    body = {"line": NEIGHBOUR.line(note)}
    assert client.post(place, json=body).text == client.post(place, json=body).text


def test_a_line_that_no_known_witness_has_signed_is_refused(client, checkpoint):
    note, place = checkpoint
    line = NEIGHBOUR.line(note)
    of_another_log = NEIGHBOUR.line(note.replace("xinnuo", "other"))
    for other in (STRANGER.line(note), of_another_log, altered(line)):
        assert client.post(place, json={"line": other}).json()["code"] == "not-permitted", other
    assert client.post(place, json={"line": "no line"}).json()["code"] == "invalid-request"
    nowhere = place.replace(note.splitlines()[1], "9999")
    assert client.post(nowhere, json={"line": line}).json()["code"] == "not-found"
    assert client.get(f"/log/checkpoint/{note.splitlines()[1]}").text == note


def altered(line: str) -> str:
    """Returns the line with another time than the one that was signed."""
    head, _, text = line.rpartition(" ")
    data = bytearray(base64.b64decode(text))
    data[11] ^= 1
    return f"{head} {base64.b64encode(bytes(data)).decode()}"


def test_the_log_is_still_verified_against_a_cosigned_checkpoint(client, checkpoint):
    note, place = checkpoint
    cosigned = client.post(place, json={"line": NEIGHBOUR.line(note)}).text
    service = the_service(client)
    assert service.verifier.verify([cosigned]).flaw is None
    service.sealer.sign_again()
    assert checkpoint_of(service.proofs.checkpoint(), [NEIGHBOUR.verifier])
