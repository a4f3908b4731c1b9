"""Verifies the whole log: every event against the tree, the tree against signed checkpoints.

Reads every event once, in order, and names the first position at which something is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, insert, select

from infrastructure.database.engine import snapshot, writing
from infrastructure.database.schema import checkpoints, events, log_head, verifications
from infrastructure.event_store.batch import leaf_hash
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import WIDTH, Frontier

PAGE = 2000
Progress = Callable[[int], None]
e, c = events.c, checkpoints.c


class Sealed(NamedTuple):
    """A checkpoint, from the database or from outside: how long the log was, and its root."""

    size: int
    root: bytes


class Flaw(NamedTuple):
    """The first thing that is wrong: where, counted from one, and what."""

    position: int
    what: str


class Verdict(NamedTuple):
    """What verifying found: so many events, sealed up to there, and the first flaw if any."""

    at: datetime
    size: int
    sealed: int
    flaw: Flaw | None


class Flawed(Exception):
    def __init__(self, position: int, what: str) -> None:
        self.flaw = Flaw(position, what)


@dataclass(frozen=True)
class Verifier:
    engine: Engine
    clock: Callable[[], datetime]
    keys: Callable[[], list[str]]
    """The log's public keys, looked up each time; a checkpoint must be signed by one of them."""

    def verify(self, outside: Sequence[str] = (), progress: Progress = lambda _: None) -> Verdict:
        """Verify everything; `outside` are checkpoints (signed notes) kept outside the database.

        Raises Broken when one of those is not signed by a known key: then it proves nothing.
        """
        trusted = [self._opened(note) for note in outside]
        with snapshot(self.engine) as db:
            walk = Walk(db, trusted, _stored(db))
            flaw = self._flaw(db, walk, progress)
        verdict = Verdict(self.clock(), walk.tree.size, walk.sealed, flaw)
        self._remember(verdict)
        return verdict

    def last(self) -> Verdict | None:
        """What the last verification found."""
        newest = select(verifications).order_by(verifications.c.number.desc()).limit(1)
        with self.engine.connect() as db:
            row = db.execute(newest).one_or_none()
        if row is None:
            return None
        flaw = Flaw(row.flaw_at, row.flaw) if row.flaw else None
        return Verdict(row.at, row.size, row.sealed, flaw)

    def _flaw(self, db: Connection, walk: "Walk", progress: Progress) -> Flaw | None:
        try:
            for row in _rows(db):
                walk.step(row)
                if not walk.tree.size % PAGE:
                    progress(walk.tree.size)
            walk.end(db.scalar(select(log_head.c.size)) or 0)
            self._signature_holds(db, walk)
        except Flawed as found:
            return found.flaw
        return None

    def _signature_holds(self, db: Connection, walk: "Walk") -> None:
        newest = select(c.note).order_by(c.size.desc()).limit(1)
        if note := db.scalar(newest):
            try:
                said = self._opened(note)
            except Broken as broken:
                raise Flawed(walk.sealed, f"最新检查点的签名无效：{broken}") from None
            if (said.size, said.root) != walk.newest:
                raise Flawed(walk.sealed, "最新检查点与它的签名文本不一致")

    def _opened(self, note: str) -> Sealed:
        _, size, root = checkpoint_of(note, self.keys())
        return Sealed(size, root)

    def _remember(self, verdict: Verdict) -> None:
        flaw = verdict.flaw
        said = {"at": verdict.at, "size": verdict.size, "sealed": verdict.sealed}
        found = {"flaw_at": flaw and flaw.position, "flaw": flaw and flaw.what}
        with writing(self.engine).begin() as db:
            db.execute(insert(verifications).values(said | found))


class Walk:
    """The log walked event by event: the tree it makes, held against what was sealed."""

    def __init__(self, db: Connection, outside: Sequence[Sealed], stored: Sequence[Sealed]) -> None:
        self.tree = Frontier()
        self.newest = max(stored, default=None)
        self.sealed = max((each.size for each in (*outside, *stored)), default=0)
        self._outside, self._stored = dict(outside), dict(stored)
        self._db, self._tiles = db, Tiles(db)
        self._proved = self._agreed = 0
        """The last size at which a checkpoint from outside agreed; the last at which any did."""

    def step(self, row: Row[Any]) -> None:
        """The next event.  Raises Flawed."""
        position = self.tree.size + 1
        if row.position != position:
            raise Flawed(position, "这个事件缺失")
        hashed, kept = leaf_hash(row._mapping), self._kept(position)
        if hashed != row.leaf or kept not in (hashed, None):
            raise Flawed(position, "这个事件的内容与封存时不符")
        if kept is None and self.newest and position <= self.newest.size:
            raise Flawed(position, "散列树里没有这个事件")
        self.tree.append(hashed)
        self._meet(position)

    def end(self, head: int) -> None:
        """There are no more events.  Raises Flawed when there should be."""
        size = self.tree.size
        if self.sealed > size:
            raise Flawed(size + 1, f"这个事件缺失：检查点已经封存到第{self.sealed}个")
        if head > size:
            raise Flawed(size + 1, f"这个事件缺失：日志应有{head}个事件")
        if head < size:
            raise Flawed(head + 1, f"多出这个事件：日志只有{head}个事件")

    def _kept(self, position: int) -> bytes | None:
        """The leaf that stands in the tree; None where it is not sealed yet."""
        index, offset = divmod(position - 1, WIDTH)
        if not offset:
            self._tiles = Tiles(self._db)  # forgets the tiles before
        tile = self._tiles.read(0, index)
        return tile[offset] if offset < len(tile) else None

    def _meet(self, size: int) -> None:
        """Hold the tree against the checkpoints of that size."""
        if outside := self._outside.get(size):
            self._agree(outside, self._proved + 1)
            self._proved = self._agreed = size
        if stored := self._stored.get(size):
            self._agree(stored, self._agreed + 1)
            self._agreed = size

    def _agree(self, root: bytes, since: int) -> None:
        if root != self.tree.root:
            between = f"第{since}至第{self.tree.size}个事件之间"
            raise Flawed(since, f"{between}与检查点不符，散列树也被改动过")


def _rows(db: Connection) -> Iterator[Row[Any]]:
    """Every event in order, by pages: memory stays flat."""
    after = 0
    while page := db.execute(
        select(events).where(e.position > after).order_by(e.position).limit(PAGE)
    ).all():
        yield from page
        after = page[-1].position


def _stored(db: Connection) -> list[Sealed]:
    return [Sealed(size, root) for size, root in db.execute(select(c.size, c.root))]
