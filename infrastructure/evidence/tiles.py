"""The tiles of the tree in the database: read one by one, grown at their right edge."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from infrastructure.database.engine import upsert
from infrastructure.database.schema import log_tiles
from infrastructure.evidence.tree import WIDTH, Tile, combined

HASH = 32
t = log_tiles.c


class Tiles:
    """The tiles as one connection sees them; each is read at most once."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._known: dict[tuple[int, int], Tile] = {}
        self._grown: dict[tuple[int, int], Tile] = {}

    def read(self, level: int, index: int) -> Tile:
        """The hashes of a tile, as many as there are by now."""
        if (level, index) not in self._known:
            mine = select(t.hashes).where(t.level == level, t.idx == index)
            self._known[level, index] = _apart(self._db.scalar(mine) or b"")
        return self._known[level, index]

    def grow(self, size: int, leaves: Sequence[bytes]) -> None:
        """Add leaves to a tree of that size, in memory; tiles that fill up grow the level above."""
        level, start, new = 0, size, [*leaves]
        while new:
            first, offset = divmod(start, WIDTH)
            row = [*self.read(level, first)[:offset], *new] if offset else new
            touched = [row[at : at + WIDTH] for at in range(0, len(row), WIDTH)]
            self._grown |= {(level, first + n): tile for n, tile in enumerate(touched)}
            self._known |= self._grown
            new = [combined(tile) for tile in touched if len(tile) == WIDTH]
            level, start = level + 1, first

    def write(self, db: Connection) -> None:
        """Keep what has grown, within this connection's transaction."""
        row = upsert(db.dialect)(log_tiles)
        grown = row.on_conflict_do_update(
            index_elements=[t.level, t.idx], set_={"hashes": row.excluded.hashes}
        )
        rows = [
            {"level": level, "idx": index, "hashes": b"".join(tile)}
            for (level, index), tile in self._grown.items()
        ]
        db.execute(grown, rows)


def _apart(hashes: bytes) -> Tile:
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
