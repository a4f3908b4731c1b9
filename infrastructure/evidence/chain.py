"""The chain of checkpoints: a link beside each checkpoint signs for all the earlier ones.

A link is a signed note that counts and hashes the checkpoints up to its own and the signatures of
witnesses so far.  Whoever removes, adds or exchanges one of them without the key of the log is
found.  Checkpoints of earlier releases have no link; the next link covers them too.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, select

from infrastructure.database.evidence_schema import checkpoints, cosignatures
from infrastructure.evidence.bundle_check import Broken, decoded
from infrastructure.evidence.notes import Signer, signed

PAGE_SIZE = 500
c, w = checkpoints.c, cosignatures.c


class Sealed(NamedTuple):
    """Size and root of a checkpoint, which is stored in the database or kept outside it."""

    size: int
    root: bytes


class Flaw(NamedTuple):
    """A flaw of the log: its position, counted from 1, and a description."""

    position: int
    what: str


class Tally(NamedTuple):
    """How many checkpoints there are and the last number of a cosignature, each with a hash."""

    checkpoints: int = 0
    roots: bytes = b""
    cosignatures: int = 0
    lines: bytes = b""

    def with_checkpoint(self, size: int, root: bytes) -> "Tally":
        hashed = sha256(self.roots + f"{size}\n".encode() + root).digest()
        return self._replace(checkpoints=self.checkpoints + 1, roots=hashed)

    def with_cosignature(self, number: int, size: int, line: str) -> "Tally":
        hashed = sha256(self.lines + f"{number} {size} {line}\n".encode()).digest()
        return self._replace(cosignatures=number, lines=hashed)


class Linked(NamedTuple):
    """A stored checkpoint, its link, and the lines of its witnesses."""

    size: int
    root: bytes
    note: str
    link: str | None
    cosigned: list[str]


class Trust(NamedTuple):
    """How signatures are checked; the first two raise Broken."""

    checkpoint: Callable[[str], Sealed]
    link: Callable[[str], str]
    cosigned: Callable[[str, str], bool]
    """True if a configured witness has signed the text with this line."""


def next_link(db: Connection, sealed: Sealed, signers: Sequence[Signer]) -> str:
    """Returns the link of a new checkpoint; the caller holds the lock of the sealers."""
    query = select(c.size, c.link).where(c.link.is_not(None)).order_by(c.size.desc()).limit(1)
    last = db.execute(query).one_or_none()
    after, tally = (last.size, _tally_of(last.link.rpartition("\n\n")[0])) if last else (0, Tally())
    for row in db.execute(select(c.size, c.root).where(c.size > after).order_by(c.size)):
        tally = tally.with_checkpoint(row.size, row.root)
    tally = tally.with_checkpoint(*sealed)
    new = select(cosignatures).where(w.number > tally.cosignatures).order_by(w.number)
    for row in db.execute(new):
        tally = tally.with_cosignature(row.number, row.size, row.line)
    return signed(_text(signers[0].name, tally), [*signers])


def flaws_of(db: Connection, trust: Trust, opened: Callable[[], object]) -> Iterator[Flaw]:
    """Opens every stored checkpoint, and yields each that is altered, foreign or missing.

    Calls `opened` after each.
    """
    tally, linked, claims = Tally(), 0, [(0, Tally())]
    for row in _rows(db):
        yield from _flaws_of_note(row, trust)
        tally = tally.with_checkpoint(row.size, row.root)
        if row.link is not None:
            try:
                claimed = _tally_of(trust.link(row.link))
            except Broken as broken:
                yield Flaw(row.size, f"检查点{row.size}的链接无效：{broken}")
            else:
                yield from _flaws_of_tally(tally, claimed, linked, row.size)
                tally, linked = claimed, row.size
                claims.append((row.size, claimed))
        opened()
    yield from _flaws_of_cosignatures(db, claims)


def _flaws_of_note(row: Linked, trust: Trust) -> Iterator[Flaw]:
    try:
        if trust.checkpoint(row.note) != (row.size, row.root):
            yield Flaw(row.size, f"检查点{row.size}与它的签名文本不一致")
    except Broken as broken:
        yield Flaw(row.size, f"检查点{row.size}被改动过，或者不是本日志签的：{broken}")
    text, _, lines = row.note.rpartition("\n\n")
    present, ours = lines.splitlines(), f"— {text.partition(chr(10))[0]} "
    if any(line not in present for line in row.cosigned):
        yield Flaw(row.size, f"检查点{row.size}上缺少见证人的签名")
    for line in present:
        if (
            not line.startswith(ours)
            and line not in row.cosigned
            and not trust.cosigned(text, line)
        ):
            yield Flaw(row.size, f"检查点{row.size}上有来历不明的签名")


def _flaws_of_tally(found: Tally, claimed: Tally, since: int, size: int) -> Iterator[Flaw]:
    between = f"检查点{since}之后、检查点{size}之前" if since else f"检查点{size}之前"
    if (missing := claimed.checkpoints - found.checkpoints) > 0:
        yield Flaw(since + 1, f"{between}缺少{missing}个检查点")
    elif missing < 0:
        yield Flaw(since + 1, f"{between}多出{-missing}个检查点")
    elif claimed.roots != found.roots:
        yield Flaw(since + 1, f"{between}的检查点被换过")


def _flaws_of_cosignatures(db: Connection, claims: list[tuple[int, Tally]]) -> Iterator[Flaw]:
    """Compares the witnesses' signatures with what each link says of those before it."""
    tally, rows = Tally(), iter(db.execute(select(cosignatures).order_by(w.number)))
    row, at = next(rows, None), 0
    for size, claimed in claims:
        while row is not None and row.number <= claimed.cosignatures:
            tally, row = tally.with_cosignature(row.number, row.size, row.line), next(rows, None)
        if (tally.cosignatures, tally.lines) != (claimed.cosignatures, claimed.lines):
            yield Flaw(size, f"检查点{at}至{size}之间登记的见证人签名被改动或者去掉过")
            tally = claimed
        at = size


def _rows(db: Connection) -> Iterator[Linked]:
    """Yields every checkpoint in order, with the lines of its witnesses."""
    after = 0
    while True:
        page = select(checkpoints).where(c.size > after).order_by(c.size).limit(PAGE_SIZE)
        rows = db.execute(page).all()
        if not rows:
            return
        between = w.size.between(rows[0].size, rows[-1].size)
        lines: dict[int, list[str]] = {}
        for row in db.execute(select(w.size, w.line).where(between).order_by(w.number)):
            lines.setdefault(row.size, []).append(row.line)
        for row in rows:
            yield Linked(row.size, row.root, row.note, row.link, lines.get(row.size, []))
        after = rows[-1].size


def _text(origin: str, tally: Tally) -> str:
    hashes = [base64.b64encode(each).decode() for each in (tally.roots, tally.lines)]
    numbers = (tally.checkpoints, tally.cosignatures)
    parts = [f"{number} {hashed}\n" for number, hashed in zip(numbers, hashes, strict=True)]
    return f"{origin} chain\n" + "".join(parts)


def _tally_of(text: str) -> Tally:
    """Reads the text of a link.  Raises Broken if it is none."""
    try:
        heading, first, second = text.strip("\n").split("\n")
        number, roots = first.split(" ")
        last, lines = second.split(" ")
        assert heading.endswith(" chain")
        return Tally(int(number), decoded(roots), int(last), decoded(lines))
    except (ValueError, AssertionError):
        raise Broken("链接有误") from None
