"""Another implementation accepts our proofs and checkpoints, and refuses damaged ones."""

from base64 import b64encode
from random import Random

import pytest

from infrastructure.evidence import tree
from infrastructure.evidence.notes import Signer, checkpoint, signed
from tests.evidence.independent import independent
from tests.evidence.test_tree import LEAVES, tiled

__all__ = ["independent"]

LOG = Signer("xinnuo.local/yima", bytes(range(32)))
ANOTHER = Signer("witness.example/w1", bytes(32))
SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511, 513, 1000, 65_536, 66_000]
DICE = Random(6962)  # noqa: S311 - the same every time


def inclusions():
    for size in SIZES:
        read = tiled(size)
        for index in {0, size // 2, size - 1, DICE.randrange(size)}:
            yield {
                "kind": "inclusion",
                "size": size,
                "other": index,
                "root": tree.root(read, size),
                "hash": LEAVES[index],
                "proof": tree.inclusion(read, index, size),
            }


def consistencies():
    for size in SIZES:
        read = tiled(size)
        for first in {1, size // 2 or 1, size - 1 or 1, size, DICE.randint(1, size)}:
            yield {
                "kind": "consistency",
                "size": size,
                "other": first,
                "root": tree.root(read, size),
                "hash": tree.root(tiled(first), first),
                "proof": tree.consistency(read, first, size),
            }


@pytest.mark.parametrize("claims", [inclusions, consistencies])
def test_every_proof_is_accepted_and_every_damaged_one_is_not(independent, claims):
    made = [*claims()]
    assert all(independent(made))
    proved = [each for each in made if each["proof"]]
    assert not any(independent([each | {"proof": each["proof"][:-1]} for each in proved]))
    assert not any(independent([each | {"proof": damaged(each["proof"])} for each in proved]))
    assert not any(independent([each | {"root": LEAVES[0]} for each in proved]))
    assert not any(independent([each | {"hash": LEAVES[-1]} for each in proved]))


def damaged(proof):
    place = DICE.randrange(len(proof))
    changed = bytes([proof[place][0] ^ 1]) + proof[place][1:]
    return [*proof[:place], changed, *proof[place + 1 :]]


def note(text, key=LOG):
    return {"kind": "note", "note": text, "key": key.verifier}


def test_checkpoints_are_opened_with_their_key_and_only_as_they_were_signed(independent):
    text = checkpoint(LOG.name, 1815, LEAVES[0])
    plain, both = signed(text, [LOG]), signed(text, [LOG, ANOTHER])
    assert all(independent([note(plain), note(both), note(both, ANOTHER)]))
    forged = plain.replace("1815", "1816")
    unsigned = plain.replace(b64encode(LEAVES[0]).decode(), b64encode(LEAVES[1]).decode())
    assert not any(independent([note(plain, ANOTHER), note(forged), note(unsigned), note(text)]))
