"""Accepts cosignatures: a witness signs that it saw a checkpoint, and when (C2SP tlog-cosignature).

Even a person who has the database and the keys cannot undo what a witness has signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update

from domain.kernel.errors import NotFound, NotPermitted
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints, cosignatures
from infrastructure.evidence.bundle_check import Broken, decoded, opened, verifier_key
from infrastructure.evidence.notes import signed_by
from infrastructure.evidence.sealer import lock_sealing

c, w = checkpoints.c, cosignatures.c


class WitnessState(NamedTuple):
    """A witness, with the size of the last checkpoint that it signed, and when; or None."""

    name: str
    size: int | None
    at: datetime | None


@dataclass(frozen=True)
class Cosigning:
    engine: Engine
    witnesses: Sequence[str]
    """The public keys of the witnesses whose signatures are accepted."""

    def add(self, size: int, line: str) -> str:
        """Adds a witness's signature line to the checkpoint of that size; returns the checkpoint.

        A repeated line is stored once.  Raises NotFound if there is no such checkpoint, and
        NotPermitted if the line is not the signature of a known witness.
        """
        query = select(c.note).where(c.size == size).with_for_update()
        with writing(self.engine).begin() as db:
            lock_sealing(db)  # the link of a checkpoint counts all lines before it
            if (note := db.scalar(query)) is None:
                raise NotFound("没有这个检查点：日志还没有封存到那里")
            self._check(note.rpartition("\n\n")[0], line)
            if line not in note.splitlines():
                note += f"{line}\n"
                db.execute(update(checkpoints).where(c.size == size).values(note=note))
                db.execute(insert(cosignatures).values(size=size, line=line))
            return str(note)

    def has_signed(self, text: str, line: str) -> bool:
        """True if one of the witnesses has signed the text with this line."""
        try:
            self._check(text, line)
        except NotPermitted:
            return False
        return True

    def states(self) -> list[WitnessState]:
        """Returns what each configured witness signed last."""
        with self.engine.connect() as db:
            return [self._state(db, *verifier_key(key)[:2]) for key in self.witnesses]

    def _state(self, db: Connection, name: str, hashed: str) -> WitnessState:
        """A witness may have had several keys under one name; this one's hash begins its lines."""
        start = f"— {name} "
        query = select(w.size, w.line).where(w.line.startswith(start, autoescape=True))
        for size, line in db.execute(query.order_by(w.number.desc())):
            signature = decoded(line[len(start) :])
            if signature[:4].hex() == hashed:
                signed_at = datetime.fromtimestamp(int.from_bytes(signature[4:-64], "big"), UTC)
                return WitnessState(name, size, signed_at)
        return WitnessState(name, None, None)

    def _check(self, text: str, line: str) -> None:
        try:
            opened(f"{text}\n\n{line}\n", [*self.witnesses], alone=True, check=signed_by)
        except Broken as broken:
            raise NotPermitted(f"不是已经登记的见证人的签名：{broken}") from None
