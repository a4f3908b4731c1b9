"""Seals the log: puts new events into the tree and signs how far it reaches, behind the writes.

The work of a round follows the number of new events and the height of the tree, never its size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from infrastructure.database.engine import writing
from infrastructure.database.schema import checkpoints, events
from infrastructure.evidence.notes import Signer, checkpoint, signed
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import root

PAGE = 4096
IN_FORCE = 2
c = checkpoints.c
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo seal', 0))")


@dataclass(frozen=True)
class Sealer:
    engine: Engine
    clock: Callable[[], datetime]
    known_signers: Callable[[], list[Signer]]
    """The keys of the log, the newest first: looked up each time, so that a new one counts."""

    @property
    def signers(self) -> list[Signer]:
        """The newest key and the one before it: who trusts the old one meets the new one here."""
        return self.known_signers()[:IN_FORCE]

    def public_keys(self) -> list[str]:
        """The public keys of the log, the newest first."""
        return [signer.verifier for signer in self.known_signers()]

    def seal(self) -> int:
        """Seal what is not sealed yet; return how many events that were."""
        count = 0
        while True:
            page = self._seal_page()
            count += page or 0
            if page is not None and page < PAGE:
                return count

    def sign_again(self) -> None:
        """Sign the newest checkpoint with the keys now in force; what witnesses signed remains."""
        with writing(self.engine).begin() as db:
            newest = select(checkpoints).order_by(c.size.desc()).limit(1).with_for_update()
            if found := db.execute(newest).one_or_none():
                ours = f"— {self.signers[0].name} "
                lines = found.note.rpartition("\n\n")[2].splitlines(keepends=True)
                kept = "".join(line for line in lines if not line.startswith(ours))
                note = self._note(found.size, found.root) + kept
                db.execute(update(checkpoints).where(c.size == found.size).values(note=note))

    def _seal_page(self) -> int | None:
        """Seal a page; None when another was faster, whose tree may not reach as far.

        Hashed first and written afterwards: on SQLite nobody else writes meanwhile.
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
            if db.dialect.name == "postgresql":
                db.execute(ONE_AT_A_TIME)
            if sealed_size(db) != before:
                return None
            tiles.write(db)
            db.execute(insert(checkpoints).values(row | {"sealed_at": self.clock()}))
        return len(leaves)

    def _note(self, size: int, hashed: bytes) -> str:
        signers = self.signers
        return signed(checkpoint(signers[0].name, size, hashed), signers)


def sealed_size(db: Connection) -> int:
    """How many events the newest checkpoint covers."""
    return cast(int, db.scalar(select(func.max(c.size))) or 0)


def _leaves_after(db: Connection, position: int) -> list[bytes]:
    rows = select(events.c.leaf).where(events.c.position > position)
    return [*db.scalars(rows.order_by(events.c.position).limit(PAGE))]
