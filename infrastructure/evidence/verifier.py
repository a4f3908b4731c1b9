"""The verifier: checks every event against the Merkle tree, and the tree against the checkpoints.

It reads every event once, in order, and reports the first position at which something is wrong.
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

PAGE_SIZE = 2000
"""Number of events that are read from the log at a time."""
EventProgress = Callable[[int], None]
"""Called after each page with the number of events verified so far."""
e, c = events.c, checkpoints.c


class Sealed(NamedTuple):
    """Size and root of a checkpoint, which is stored in the database or kept outside it."""

    size: int
    root: bytes


class Flaw(NamedTuple):
    """The first flaw of the log: its position, counted from 1, and a description."""

    position: int
    what: str


class Verdict(NamedTuple):
    """The result of a verification: size of the log, size that is sealed, and the first flaw."""

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
    """Returns the log's public keys; one of them must have signed each checkpoint."""

    def verify(
        self, outside: Sequence[str] = (), progress: EventProgress = lambda _: None
    ) -> Verdict:
        """Verifies the whole log; `outside` are signed checkpoints kept outside the database.

        Raises Broken if one of them has no signature of a known key.
        """
        trusted = [self._opened(note) for note in outside]
        with snapshot(self.engine) as db:
            walk = Walk(db, trusted, _stored(db))
            flaw = self._flaw(db, walk, progress)
        verdict = Verdict(self.clock(), walk.tree.size, walk.sealed, flaw)
        self._record(verdict)
        return verdict

    def last(self) -> Verdict | None:
        """Returns the result of the last verification.  Returns None if there was none."""
        query = select(verifications).order_by(verifications.c.number.desc()).limit(1)
        with self.engine.connect() as db:
            row = db.execute(query).one_or_none()
        if row is None:
            return None
        flaw = Flaw(row.flaw_at, row.flaw) if row.flaw else None
        return Verdict(row.at, row.size, row.sealed, flaw)

    def _flaw(self, db: Connection, walk: "Walk", progress: EventProgress) -> Flaw | None:
        try:
            for row in _rows(db):
                walk.step(row)
                if not walk.tree.size % PAGE_SIZE:
                    progress(walk.tree.size)
            walk.end(db.scalar(select(log_head.c.size)) or 0)
            self._check_signature(db, walk)
        except Flawed as flawed:
            return flawed.flaw
        return None

    def _check_signature(self, db: Connection, walk: "Walk") -> None:
        query = select(c.note).order_by(c.size.desc()).limit(1)
        if note := db.scalar(query):
            try:
                signed = self._opened(note)
            except Broken as broken:
                raise Flawed(walk.sealed, f"最新检查点的签名无效：{broken}") from None
            if signed != walk.newest:
                raise Flawed(walk.sealed, "最新检查点与它的签名文本不一致")

    def _opened(self, note: str) -> Sealed:
        _, size, root = checkpoint_of(note, self.keys())
        return Sealed(size, root)

    def _record(self, verdict: Verdict) -> None:
        flaw = verdict.flaw
        row = {"at": verdict.at, "size": verdict.size, "sealed": verdict.sealed}
        row |= {"flaw_at": flaw and flaw.position, "flaw": flaw and flaw.what}
        with writing(self.engine).begin() as db:
            db.execute(insert(verifications).values(row))


class Walk:
    """Rebuilds the Merkle tree from the events and compares it with the sealed one."""

    def __init__(self, db: Connection, outside: Sequence[Sealed], stored: Sequence[Sealed]) -> None:
        self.tree = Frontier()
        self.newest = max(stored, default=None)
        self.sealed = max((each.size for each in (*outside, *stored)), default=0)
        self._outside, self._stored = dict(outside), dict(stored)
        self._db, self._tiles = db, Tiles(db)
        self._proved = self._agreed = 0
        """The last sizes at which an outside checkpoint, or any, agreed with the tree."""

    def step(self, row: Row[Any]) -> None:
        """Checks the next event.  Raises Flawed if something is wrong with it."""
        position = self.tree.size + 1
        if row.position != position:
            raise Flawed(position, "这个事件缺失")
        hashed, sealed = leaf_hash(row._mapping), self._sealed_leaf(position)
        if hashed != row.leaf or sealed not in (hashed, None):
            raise Flawed(position, "这个事件的内容与封存时不符")
        if sealed is None and self.newest and position <= self.newest.size:
            raise Flawed(position, "散列树里没有这个事件")
        self.tree.append(hashed)
        self._check_checkpoints(position)

    def end(self, head: int) -> None:
        """Checks the number of events against the checkpoints and the head row, at the log's end.

        Raises Flawed if events are missing or surplus.
        """
        size = self.tree.size
        if self.sealed > size:
            raise Flawed(size + 1, f"这个事件缺失：检查点已经封存到第{self.sealed}个")
        if head > size:
            raise Flawed(size + 1, f"这个事件缺失：日志应有{head}个事件")
        if head < size:
            raise Flawed(head + 1, f"多出这个事件：日志只有{head}个事件")

    def _sealed_leaf(self, position: int) -> bytes | None:
        """Returns the leaf hash in the stored tree.  Returns None if it is not sealed yet."""
        index, offset = divmod(position - 1, WIDTH)
        if not offset:
            self._tiles = Tiles(self._db)  # frees the memory of the earlier tiles
        tile = self._tiles.read(0, index)
        return tile[offset] if offset < len(tile) else None

    def _check_checkpoints(self, size: int) -> None:
        """Compares the tree with the checkpoints of its size."""
        if outside := self._outside.get(size):
            self._check_root(outside, self._proved + 1)
            self._proved = self._agreed = size
        if stored := self._stored.get(size):
            self._check_root(stored, self._agreed + 1)
            self._agreed = size

    def _check_root(self, root: bytes, since: int) -> None:
        if root != self.tree.root:
            between = f"第{since}至第{self.tree.size}个事件之间"
            raise Flawed(since, f"{between}与检查点不符，散列树也被改动过")


def _rows(db: Connection) -> Iterator[Row[Any]]:
    """Yields every event in order; reads them in pages, to bound the use of memory."""
    after = 0
    while page := db.execute(
        select(events).where(e.position > after).order_by(e.position).limit(PAGE_SIZE)
    ).all():
        yield from page
        after = page[-1].position


def _stored(db: Connection) -> list[Sealed]:
    return [Sealed(size, root) for size, root in db.execute(select(c.size, c.root))]
