"""The sealer: adds appended events to the Merkle tree and signs a checkpoint of its new size.

The cost of a round depends on the number of new events and the height of the tree, not on its
size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from infrastructure.database.engine import writing
from infrastructure.database.schema import checkpoints, events
from infrastructure.evidence.chain import Sealed, next_link
from infrastructure.evidence.notes import Signer, checkpoint, signed
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import root

PAGE_SIZE = 4096
"""Maximum number of events that are sealed under one checkpoint."""
ACTIVE_KEYS = 2
"""Number of keys that sign a checkpoint: the newest ones."""
SEALER_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo seal', 0))")
c = checkpoints.c


@dataclass(frozen=True)
class Sealer:
    engine: Engine
    clock: Callable[[], datetime]
    known_signers: Callable[[], list[Signer]]
    """Reads the keys of the log, newest first; it is called for every use, to find new keys."""

    @property
    def signers(self) -> list[Signer]:
        """The newest key and the one before it, whose signature vouches for the newest."""
        return self.known_signers()[:ACTIVE_KEYS]

    def seal(self) -> int:
        """Seals every event that is not sealed yet; returns how many there were."""
        count = 0
        while True:
            page = self._seal_page()
            count += page or 0
            if page is not None and page < PAGE_SIZE:
                return count

    def sign_again(self) -> None:
        """Adds the signatures of the active keys to the newest checkpoint; the others remain."""
        with writing(self.engine).begin() as db:
            query = select(checkpoints).order_by(c.size.desc()).limit(1).with_for_update()
            if newest := db.execute(query).one_or_none():
                fresh = self._note(newest.size, newest.root).rpartition("\n\n")[2]
                lines = newest.note.splitlines(keepends=True)
                new = [line for line in fresh.splitlines(keepends=True) if line not in lines]
                note = newest.note + "".join(new)
                db.execute(update(checkpoints).where(c.size == newest.size).values(note=note))

    def _seal_page(self) -> int | None:
        """Seals one page and returns its number of events.

        Returns None if a concurrent sealer was faster; its checkpoint may cover fewer events.  The
        page is hashed before the transaction, because a transaction blocks all writers on SQLite.
        """
        with self.engine.connect() as db:
            before = sealed_size(db)
            if not (leaves := _leaves_after(db, before)):
                return 0
            tiles, size = Tiles(db), before + len(leaves)
            tiles.grow(before, leaves)
            hashed = root(tiles.read, size)
        row = {"size": size, "root": hashed, "note": self._note(size, hashed)}
        with writing(self.engine).begin() as db:
            lock_sealing(db)
            if sealed_size(db) != before:
                return None
            tiles.write(db)
            link = next_link(db, Sealed(size, hashed), self.signers)
            db.execute(insert(checkpoints).values(**row, link=link, sealed_at=self.clock()))
        return len(leaves)

    def _note(self, size: int, hashed: bytes) -> str:
        signers = self.signers
        return signed(checkpoint(signers[0].name, size, hashed), signers)


def lock_sealing(db: Connection) -> None:
    """Lets one transaction at a time write checkpoints; on SQLite every writer is alone anyway."""
    if db.dialect.name == "postgresql":
        db.execute(SEALER_LOCK)


def sealed_size(db: Connection) -> int:
    """Returns the number of events that the newest checkpoint covers."""
    return cast(int, db.scalar(select(func.max(c.size))) or 0)


def _leaves_after(db: Connection, position: int) -> list[bytes]:
    query = select(events.c.leaf).where(events.c.position > position)
    return [*db.scalars(query.order_by(events.c.position).limit(PAGE_SIZE))]
