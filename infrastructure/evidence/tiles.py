"""The tiles of the Merkle tree in the database: reads them, and adds new leaves on the right."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from infrastructure.database.engine import upsert
from infrastructure.database.evidence_schema import log_tiles
from infrastructure.evidence.tree import WIDTH, Tile, combined

HASH_SIZE = 32
t = log_tiles.c


class Tiles:
    """The tiles that one connection sees; each is read from the database at most once."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._tiles: dict[tuple[int, int], Tile] = {}
        self._changed: dict[tuple[int, int], Tile] = {}

    def read(self, level: int, index: int) -> Tile:
        """Returns the hashes of a tile: 256, or fewer if the tile is not full yet."""
        if (level, index) not in self._tiles:
            query = select(t.hashes).where(t.level == level, t.idx == index)
            self._tiles[level, index] = _hashes(self._db.scalar(query) or b"")
        return self._tiles[level, index]

    def grow(self, size: int, leaves: Sequence[bytes]) -> None:
        """Adds leaves to a tree of that size, in memory.

        Each tile that becomes full adds its hash to the level above.
        """
        level, start, new = 0, size, [*leaves]
        while new:
            first, offset = divmod(start, WIDTH)
            row = [*self.read(level, first)[:offset], *new] if offset else new
            touched = [row[at : at + WIDTH] for at in range(0, len(row), WIDTH)]
            self._changed |= {(level, first + n): tile for n, tile in enumerate(touched)}
            self._tiles |= self._changed
            new = [combined(tile) for tile in touched if len(tile) == WIDTH]
            level, start = level + 1, first

    def write(self, db: Connection) -> None:
        """Writes the changed tiles, in this connection's transaction."""
        row = upsert(db.dialect)(log_tiles)
        statement = row.on_conflict_do_update(
            index_elements=[t.level, t.idx], set_={"hashes": row.excluded.hashes}
        )
        rows = [
            {"level": level, "idx": index, "hashes": b"".join(tile)}
            for (level, index), tile in self._changed.items()
        ]
        db.execute(statement, rows)


def _hashes(hashes: bytes) -> Tile:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
