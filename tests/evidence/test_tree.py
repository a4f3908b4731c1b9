"""The Merkle tree computes the hashes and proofs of RFC 6962, however it grew."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.database.engine import writing
from infrastructure.evidence import tree
from infrastructure.evidence.bundle_check import Broken, root_over
from infrastructure.evidence.tiles import Tiles

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]
SIZES = st.integers(1, 1500)


def by_the_rfc(leaves):
    """The tree hash (MTH) of RFC 6962 2.1, written word by word; the leaves are already hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + by_the_rfc(leaves[:k]) + by_the_rfc(leaves[k:])).digest()


def tiled(size):
    """The tiles of a tree that was made in one step."""
    tiles, level, row = {}, 0, LEAVES[:size]
    while row:
        pages = [row[at : at + tree.WIDTH] for at in range(0, len(row), tree.WIDTH)]
        tiles |= {(level, number): page for number, page in enumerate(pages)}
        row = [tree.combined(page) for page in pages if len(page) == tree.WIDTH]
        level += 1
    return lambda level, index: tiles[level, index]


@given(SIZES)
def test_the_root_is_the_tree_hash_of_the_rfc(size):
    assert tree.root(tiled(size), size) == by_the_rfc(LEAVES[:size])


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert tree.root(tiled(0), 0) == tree.Frontier().root == by_the_rfc([])


@given(SIZES)
def test_a_tree_that_grew_leaf_by_leaf_has_the_same_root(size):
    frontier = tree.Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root) == (size, by_the_rfc(LEAVES[:size]))


@given(st.data(), SIZES)
def test_an_audit_path_leads_to_the_root_from_its_leaf_and_from_no_other(data, size):
    index = data.draw(st.integers(0, size - 1))
    path, root = tree.inclusion(tiled(size), index, size), by_the_rfc(LEAVES[:size])
    assert root_over(LEAVES[index], index, size, path) == root
    assert root_over(LEAVES[-1], index, size, path) != root
    other = data.draw(st.integers(0, size - 1))
    try:
        assert (root_over(LEAVES[index], other, size, path) == root) == (other == index)
    except Broken:
        assert other != index


def test_a_tree_of_three_levels_of_tiles_answers_as_a_small_one():
    read, size = tiled(70_000), 70_000
    assert tree.root(read, size) == by_the_rfc(LEAVES)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        path = tree.inclusion(read, index, size)
        assert root_over(LEAVES[index], index, size, path) == by_the_rfc(LEAVES)


@pytest.fixture
def grown(service):
    """A function that adds leaves to the tiles in a real database, in the given steps."""

    def grow(steps):
        size = 0
        for step in steps:
            with writing(service.engine).begin() as db:
                tiles = Tiles(db)
                tiles.grow(size, LEAVES[size : size + step])
                tiles.write(db)
            size += step
        return size

    return grow


STEPS = [[1], [255, 1, 1], [256, 256], [300, 300, 300], [1] * 20, [700, 3, 4096], [66_000, 900]]


@pytest.mark.parametrize("steps", STEPS, ids=str)
def test_tiles_that_grew_in_steps_equal_those_made_at_once(service, grown, steps):
    size = grown(steps)
    with service.engine.connect() as db:
        tiles, made = Tiles(db), tiled(size)
        for level in range(3):
            for index in range(-(-(size >> (level * tree.HEIGHT)) // tree.WIDTH)):
                assert tiles.read(level, index) == made(level, index), (level, index)


@settings(max_examples=30)
@given(st.data(), SIZES)
def test_an_audit_path_with_one_changed_byte_leads_to_another_root(data, size):
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(tiled(size), index, size)
    if not path:
        return
    place = data.draw(st.integers(0, len(path) - 1))
    path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    assert root_over(LEAVES[index], index, size, path) != by_the_rfc(LEAVES[:size])
