"""The sealer: adds appended events to the Merkle tree and signs a checkpoint of its new size.

The cost of a round depends on the number of new events and the height of the tree, not on its
size.  Nothing is signed that contradicts what is remembered outside the database.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from sqlalchemy import Connection, Engine, Select, func, insert, select, text, update

from domain.kernel.errors import LogContradicted
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.markers import REMEMBERED, has_mark, set_mark
from infrastructure.database.schema import events
from infrastructure.evidence.chain import Sealed, next_link
from infrastructure.evidence.notes import Signer, checkpoint, signed
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import root
from infrastructure.memory.lineage import REMEDY, Lineage, contradictions, lineage
from infrastructure.memory.log_memory import FILE, LogMemory, Remembered

PAGE_SIZE = 4096
"""Maximum number of events that are sealed under one checkpoint."""
ACTIVE_KEYS = 2
"""Number of keys that sign a checkpoint: the newest ones."""
SEALER_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('xinnuo seal', 0))")
c = checkpoints.c


class Page(NamedTuple):
    """The next events to seal: their number, the tree with them, and its checkpoint."""

    fresh: int
    tiles: Tiles
    newest: Remembered


@dataclass(frozen=True)
class Sealer:
    engine: Engine
    clock: Callable[[], datetime]
    known_signers: Callable[[str], list[Signer]]
    """Reads the keys of the log, newest first, as signers of that origin; it is called for every
    use, to find new keys."""
    memory: LogMemory
    configured: str
    """The name (origin) of the log by the settings; a restoration gives it another."""

    @property
    def origin(self) -> str:
        """The name under which the log is signed now."""
        return self.lineage.origin

    @property
    def lineage(self) -> Lineage:
        """The names under which the log was signed, and how far each of them is in it."""
        with self.engine.connect() as db:
            return lineage(db, self.configured)

    @property
    def signers(self) -> list[Signer]:
        """The newest key and the one before it, whose signature vouches for the newest."""
        return self._signers(self.origin)

    def public_keys(self) -> list[str]:
        """Returns the public keys of the log, newest first, those of its earlier names last."""
        origins = self.lineage.origins
        return [signer.verifier for name in origins for signer in self.known_signers(name)]

    def seal(self) -> int:
        """Seals every event that is not sealed yet; returns how many there were.

        Raises LogContradicted if something was signed before that this log contradicts.
        """
        count = 0
        while True:
            page = self._seal_page()
            count += page or 0
            if page is not None and page < PAGE_SIZE:
                return count

    def contradictions(self) -> list[str]:
        """Returns what speaks against signing anything: one sentence for each reason."""
        try:
            return self._next_page()[1]
        except LogContradicted as unread:
            return [str(unread)]

    def memory_gaps(self) -> Iterator[str]:
        """Yields a sentence for each folder beside the keys' that does not remember the newest."""
        with self.engine.connect() as db:
            sealed = sealed_size(db)
        try:
            behind = self.memory.behind(sealed)
        except LogContradicted:
            return  # it stops the service, and is told as one of the contradictions
        for folder in behind:
            yield (
                f"日志记忆的第二个文件夹 {folder} 没有跟上（已签名到第{sealed}个）："
                "主文件夹丢失时无法知道签名到哪里；请检查 XINNUO_MEMORY_DIR 是否写得进去"
            )

    def sign_again(self) -> None:
        """Adds the signatures of the active keys to the newest checkpoint; all others remain."""
        with writing(self.engine).begin() as db:
            query = select(checkpoints).order_by(c.size.desc()).limit(1).with_for_update()
            if newest := db.execute(query).one_or_none():
                words, _, lines = newest.note.rpartition("\n\n")
                signers = self._signers(words.split("\n")[0])
                ours = [signer.line(f"{words}\n") for signer in signers]
                note = newest.note + "".join(line for line in ours if line not in lines)
                db.execute(update(checkpoints).where(c.size == newest.size).values(note=note))

    def _seal_page(self) -> int | None:
        """Seals one page and returns its number of events.

        Returns None if a concurrent sealer was faster; its checkpoint may cover fewer events.  The
        page is hashed before the transaction, because a transaction blocks all writers on SQLite.
        It is remembered before it is published: after a crash between the two nothing is lost.
        """
        page, reasons = self._next_page()
        if reasons:
            raise LogContradicted("；".join(reasons))
        self._remember(page.newest)
        if not page.fresh:
            return 0
        name, size, hashed, _ = page.newest
        row = {"size": size, "root": hashed, "note": self._note(name, size, hashed)}
        with writing(self.engine).begin() as db:
            lock_sealing(db)
            if sealed_size(db) != size - page.fresh:
                return None
            page.tiles.write(db)
            link = next_link(db, Sealed(size, hashed), self._signers(name))
            db.execute(insert(checkpoints).values(**row, link=link, sealed_at=self.clock()))
        return page.fresh

    def _next_page(self) -> tuple[Page, list[str]]:
        """Returns the next events to seal, and what speaks against it.

        The memory is read first: what it knows by then is in the log.  A page reaches at least as
        far as the memory, so that everything remembered is compared.
        """
        known = self.memory.read()
        farthest = max((each.size for each in known.values()), default=0)
        with self.engine.connect() as db:
            names, before = lineage(db, self.configured), sealed_size(db)
            leaves = _leaves_after(db, before, max(PAGE_SIZE, farthest - before))
            tiles, size = Tiles(db), before + len(leaves)
            tiles.grow(before, leaves)
            root_at = partial(root, tiles.read)
            reasons = contradictions(known, names, self.configured, size, root_at)
            page = Page(len(leaves), tiles, Remembered(names.origin, size, root_at(size)))
            return page, [*reasons, *self._missed(known)]

    def _missed(self, known: Mapping[Path, Remembered]) -> Iterator[str]:
        # the mark is set after the memory is written, so it is read before it
        if not known and has_mark(self.engine, REMEMBERED) and not self.memory.read():
            yield (
                f"日志记忆不见了（{'、'.join(map(str, self.memory.folders))}）：无法知道已经签名到"
                f"哪里，数据库可能是旧的，不再签名；请把 {FILE} 放回去，{REMEDY}"
            )

    def _remember(self, newest: Remembered) -> None:
        if newest.size:
            try:
                self.memory.keep(newest)
            except OSError as failure:
                raise LogContradicted(
                    f"日志记忆写不进 {self.memory.folders[0]}：不记住就不签名，新的事件没有封存；"
                    "请检查文件夹的权限和磁盘空间"
                ) from failure
            if not has_mark(self.engine, REMEMBERED):
                set_mark(self.engine, REMEMBERED, self.clock())

    def _signers(self, name: str) -> list[Signer]:
        return self.known_signers(name)[:ACTIVE_KEYS]

    def _note(self, name: str, size: int, hashed: bytes) -> str:
        return signed(checkpoint(name, size, hashed), self._signers(name))


def lock_sealing(db: Connection) -> None:
    """Lets one transaction at a time write checkpoints; on SQLite every writer is alone anyway."""
    if db.dialect.name == "postgresql":
        db.execute(SEALER_LOCK)


def sealed_size(db: Connection) -> int:
    """Returns the number of events that the newest checkpoint covers."""
    return cast(int, db.scalar(select(func.max(c.size))) or 0)


def _leaves_after(db: Connection, position: int, limit: int) -> list[bytes]:
    return [*db.scalars(_leaves(position).limit(limit))]


def _leaves(after: int) -> Select[tuple[bytes]]:
    return select(events.c.leaf).where(events.c.position > after).order_by(events.c.position)


def root_now(db: Connection) -> bytes:
    """Returns the root over all events of the log, also over those that are not sealed yet."""
    sealed, tiles = sealed_size(db), Tiles(db)
    leaves = [*db.scalars(_leaves(sealed))]
    tiles.grow(sealed, leaves)
    return root(tiles.read, sealed + len(leaves))
