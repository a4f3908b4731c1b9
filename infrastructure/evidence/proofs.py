"""Merkle proofs from the sealed log: inclusion of an event, consistency of two checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, func, select

from domain.kernel.errors import NotFound
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.evidence.sealer import sealed_size
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import WIDTH, Tile, consistency, inclusion

c = checkpoints.c


class Inclusion(NamedTuple):
    """An inclusion proof: a leaf hash and its audit path to the root of the first `size` events."""

    size: int
    leaf: bytes
    path: list[bytes]


@dataclass(frozen=True)
class Proofs:
    engine: Engine

    def newest(self) -> Row[Any] | None:
        """Returns the row of the newest checkpoint.  Returns None if nothing is sealed."""
        with self.engine.connect() as db:
            return db.execute(select(checkpoints).order_by(c.size.desc()).limit(1)).one_or_none()

    def checkpoint(self, size: int | None = None) -> str:
        """Returns the newest checkpoint, or the one of that size, as a signed note.

        Raises NotFound if there is none.
        """
        with self.engine.connect() as db:
            size_of_note = select(func.max(c.size)).scalar_subquery() if size is None else size
            note: str | None = db.scalar(select(c.note).where(c.size == size_of_note))
        if note is None:
            raise NotFound("没有这个检查点：日志还没有封存到那里")
        return note

    def tile(self, level: int, index: int) -> Tile:
        """Returns the hashes of a tile; an empty list if there is no such tile."""
        with self.engine.connect() as db:
            return Tiles(db).read(level, index)

    def inclusion(self, position: int, size: int | None = None) -> Inclusion:
        """Proves that the event at a position is among the first `size` events.

        The default `size` is that of the sealed log.  Raises NotFound if the event is not among
        them, or not all of them are sealed.
        """
        with self.engine.connect() as db:
            sealed = sealed_size(db)
            size = size or sealed
            self._require_sealed(sealed, max(position, size))
            if position > size:
                raise NotFound("这个事件不在所问的范围之内")
            tiles, (index, offset) = Tiles(db), divmod(position - 1, WIDTH)
            path = inclusion(tiles.read, position - 1, size)
            return Inclusion(size, tiles.read(0, index)[offset], path)

    def paths(self, positions: Sequence[int]) -> tuple[str, list[list[bytes]]]:
        """Returns the newest checkpoint, and the audit path of each of these events to its root.

        Raises NotFound if one of them is not sealed.
        """
        with self.engine.connect() as db:
            query = select(checkpoints).order_by(c.size.desc()).limit(1)
            newest = db.execute(query).one_or_none()
            self._require_sealed(newest.size if newest else 0, max(positions, default=1))
            assert newest
            read = Tiles(db).read
            return newest.note, [inclusion(read, at - 1, newest.size) for at in positions]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Proves that the log of size `second` continues the log of size `first`.

        Raises NotFound if `second` is smaller, or not sealed.
        """
        if first > second:
            raise NotFound("后一个检查点不能比前一个小")
        with self.engine.connect() as db:
            self._require_sealed(sealed_size(db), second)
            return consistency(Tiles(db).read, first, second)

    def _require_sealed(self, sealed: int, size: int) -> None:
        if size > sealed:
            raise NotFound(f"日志目前封存到第{sealed}个事件，请稍候")
