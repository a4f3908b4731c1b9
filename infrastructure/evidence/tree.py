"""The Merkle tree of RFC 6962 over the events' leaf hashes, stored in tiles of 256 (tlog-tiles).

Tile `index` of level L holds up to 256 neighbouring hashes, each of a complete subtree of 256**L
leaves.  A proof reads a few tiles on each level, however long the log is.
"""

from collections.abc import Callable
from hashlib import sha256

HEIGHT = 8
WIDTH = 1 << HEIGHT
EMPTY = sha256(b"").digest()
Tile = list[bytes]
Read = Callable[[int, int], Tile]
"""A function that returns the hashes of a tile, by level and index."""


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (RFC 6962 2.1)."""
    return sha256(b"\1" + left + right).digest()


def root(read: Read, size: int) -> bytes:
    """The hash of the tree of the first `size` leaves."""
    return _over(read, 0, size) if size else EMPTY


def inclusion(read: Read, index: int, size: int) -> list[bytes]:
    """The audit path of the leaf at `index` (from 0) in the tree of that size (RFC 6962 2.1.1)."""
    return _path(read, index, 0, size)


def consistency(read: Read, first: int, second: int) -> list[bytes]:
    """The proof that the tree of size `second` continues the one of size `first` (2.1.2)."""
    return _subproof(read, first, 0, second, whole=True) if 0 < first < second else []


def combined(hashes: Tile) -> bytes:
    """The root of a complete subtree, computed from all its hashes on one level."""
    while len(hashes) > 1:
        hashes = [node(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class Frontier:
    """A tree that grows leaf by leaf; it stores only the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        """The roots of the complete subtrees, largest first."""

    def append(self, leaf: bytes) -> None:
        self._peaks.append(leaf)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._peaks.pop()
            self._peaks.append(node(self._peaks.pop(), right))

    @property
    def root(self) -> bytes:
        *others, hashed = self._peaks or [EMPTY]
        for peak in reversed(others):
            hashed = node(peak, hashed)
        return hashed


def _over(read: Read, start: int, end: int) -> bytes:
    """The hash over the leaves from `start` to `end`, which is excluded."""
    length = end - start
    if length & (length - 1) == 0:
        return _complete(read, start, length.bit_length() - 1)
    middle = start + _split(length)
    return node(_over(read, start, middle), _over(read, middle, end))


def _complete(read: Read, start: int, height: int) -> bytes:
    """The root of the complete subtree of 2**height leaves that begins at `start`."""
    level, above = divmod(height, HEIGHT)
    first = start >> (level * HEIGHT)
    index, offset = divmod(first, WIDTH)
    return combined(read(level, index)[offset : offset + (1 << above)])


def _path(read: Read, leaf: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if leaf < middle:
        return [*_path(read, leaf, start, middle), _over(read, middle, end)]
    return [*_path(read, leaf, middle, end), _over(read, start, middle)]


def _subproof(read: Read, first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """Part of a consistency proof; if `whole`, the verifier already has this subtree's root."""
    if first == end:
        return [] if whole else [_over(read, start, end)]
    middle = start + _split(end - start)
    if first <= middle:
        return [
            *_subproof(read, first, start, middle, whole=whole),
            _over(read, middle, end),
        ]
    return [*_subproof(read, first, middle, end, whole=False), _over(read, start, middle)]


def _split(length: int) -> int:
    """The largest power of two below `length`."""
    return 1 << ((length - 1).bit_length() - 1)
