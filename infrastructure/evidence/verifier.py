"""The verifier: checks every event against the Merkle tree, and the tree against the checkpoints.

It opens every stored checkpoint and names each that is altered, foreign or missing.  It reads every
event once, in order, up to the first that is wrong.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, insert, select

from infrastructure.database.engine import snapshot, writing
from infrastructure.database.evidence_schema import checkpoints, log_tiles, verifications
from infrastructure.database.markers import RECORDED_IN_ORDER, value_of
from infrastructure.database.schema import events, log_head
from infrastructure.event_store.batch import leaf_hash
from infrastructure.evidence.bundle_check import opened, parts_of
from infrastructure.evidence.chain import Flaw, Sealed, Trust, flaws_of
from infrastructure.evidence.notes import signed_by
from infrastructure.evidence.tiles import Tiles
from infrastructure.evidence.tree import WIDTH, Frontier

PAGE_SIZE = 2000
"""Number of events that are read from the log at a time."""
EventProgress = Callable[[int], None]
"""Called after each page with the number of events verified so far."""
TOLERANCE = timedelta(minutes=2)
"""By how much the clocks of two machines may differ: an event is recorded by one, and was timed by
another."""
SEALED_WITHIN = timedelta(minutes=10)
"""An event that waits longer to be sealed is not proved; the sealer runs once a second."""
e, c = events.c, checkpoints.c


class Premature(NamedTuple):
    """Events that were recorded before they happened: how many, and by how much at most."""

    number: int = 0
    largest: timedelta = timedelta()


class Verdict(NamedTuple):
    """The result of a verification: size of the log, size that is sealed, and what is wrong."""

    at: datetime
    size: int
    sealed: int
    flaws: tuple[Flaw, ...]
    opened: int = 0
    """Number of stored checkpoints that were opened."""
    premature: Premature = Premature()

    @property
    def flaw(self) -> Flaw | None:
        """The first flaw."""
        return min(self.flaws, default=None)


class Flawed(Exception):
    def __init__(self, position: int, what: str) -> None:
        self.flaw = Flaw(position, what)


@dataclass(frozen=True)
class Verifier:
    engine: Engine
    clock: Callable[[], datetime]
    keys: Callable[[], list[str]]
    """Returns the log's public keys; one of them must have signed each checkpoint."""
    cosigned: Callable[[str, str], bool]
    """True if a configured witness has signed the text with this line."""

    def verify(
        self,
        outside: Sequence[str] = (),
        progress: EventProgress = lambda _: None,
        trusted: Sequence[str] = (),
    ) -> Verdict:
        """Verifies the whole log; `outside` are signed checkpoints kept outside the database.

        Those must be signed by one of the `trusted` keys, if there are any, else by a key of the
        log.  Raises Broken if one of them is not.
        """
        kept = [self._opened(note, [*trusted] or self.keys()) for note in outside]
        with snapshot(self.engine) as db:
            number = count()
            trust = self._trust([*self.keys(), *trusted])
            flaws = [*flaws_of(db, trust, lambda: next(number))]
            walk = Walk(db, kept, _stored(db))
            flaws += [*self._walked(db, walk, progress), *_beyond(db, walk.newest)]
            flaws += self._unproved(db, walk)
        found = (tuple(flaws), next(number), walk.premature)
        verdict = Verdict(self.clock(), walk.tree.size, walk.sealed, *found)
        self._record(verdict)
        return verdict

    def last(self) -> Verdict | None:
        """Returns the result of the last verification, with its first flaw.

        Returns None if there was none.
        """
        query = select(verifications).order_by(verifications.c.number.desc()).limit(1)
        with self.engine.connect() as db:
            row = db.execute(query).one_or_none()
        if row is None:
            return None
        flaws = (Flaw(row.flaw_at, row.flaw),) if row.flaw else ()
        return Verdict(row.at, row.size, row.sealed, flaws)

    def _walked(self, db: Connection, walk: "Walk", progress: EventProgress) -> Iterator[Flaw]:
        try:
            for row in _rows(db):
                walk.step(row)
                if not walk.tree.size % PAGE_SIZE:
                    progress(walk.tree.size)
            walk.end(db.scalar(select(log_head.c.size)) or 0)
        except Flawed as flawed:
            yield flawed.flaw

    def _unproved(self, db: Connection, walk: "Walk") -> Iterator[Flaw]:
        """Yields a flaw if events that should have been sealed long since are not proved."""
        query = select(e.recorded_at).where(e.position == walk.sealed + 1)
        waiting = db.scalar(query)
        if waiting is not None and self.clock() - waiting > SEALED_WITHIN:
            size = walk.tree.size - walk.sealed
            yield Flaw(
                walk.sealed + 1,
                f"从这里起的{size}个事件还没有封存，什么也没有证明；"
                "请启动服务，或者运行 xinnuo checkpoint",
            )

    def _trust(self, keys: list[str]) -> Trust:
        def checkpoint(note: str) -> Sealed:
            return self._opened(note, keys)

        return Trust(checkpoint, lambda note: opened(note, keys, check=signed_by), self.cosigned)

    def _opened(self, note: str, keys: list[str]) -> Sealed:
        _, size, root = parts_of(opened(note, keys, check=signed_by), keys)
        return Sealed(size, root)

    def _record(self, verdict: Verdict) -> None:
        flaw = verdict.flaw
        row = {"at": verdict.at, "size": verdict.size, "sealed": verdict.sealed}
        more = f"（另有{len(verdict.flaws) - 1}处）" if len(verdict.flaws) > 1 else ""
        row |= {"flaw_at": flaw and flaw.position, "flaw": flaw and flaw.what + more}
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
        self.premature = Premature()
        in_order = value_of(db, RECORDED_IN_ORDER)
        self._in_order = int(in_order) if in_order else None
        self._ahead: dict[UUID, datetime] = {}
        """The latest instant of each stream with an event that was recorded too early."""
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
        self._check_instants(position, row)

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

    def _check_instants(self, position: int, row: Row[Any]) -> None:
        """Counts the events that were recorded before they happened.

        Since the mark RECORDED_IN_ORDER such an event is a flaw, unless one before the mark has
        moved its stream into the future: the instants of a stream never go back.
        """
        happened = datetime.fromisoformat(json.loads(row.data)["timestamp"])
        if (early := happened - row.recorded_at) <= TOLERANCE:
            return
        number, largest = self.premature
        self.premature = Premature(number + 1, max(largest, early))
        if self._in_order is not None and position > self._in_order:
            if happened > self._ahead.get(row.stream_id, row.recorded_at):
                raise Flawed(position, f"这个事件的记录时刻比发生时刻早{early}")
        else:
            before = self._ahead.get(row.stream_id, happened)
            self._ahead[row.stream_id] = max(before, happened)

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


def _beyond(db: Connection, newest: Sealed | None) -> Iterator[Flaw]:
    """Yields a flaw if the tree goes on beyond the newest checkpoint, which is then missing."""
    t, sealed = log_tiles.c, newest.size if newest else 0
    last = select(t.idx).where(t.level == 0).order_by(t.idx.desc()).limit(1)
    if (index := db.scalar(last)) is not None:
        size = index * WIDTH + len(Tiles(db).read(0, index))
        if size > sealed:
            yield Flaw(sealed + 1, f"最新的检查点缺失：散列树已经到第{size}个事件")


def _stored(db: Connection) -> list[Sealed]:
    return [Sealed(size, root) for size, root in db.execute(select(c.size, c.root))]
