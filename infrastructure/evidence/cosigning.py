"""Takes in what witnesses sign: that they saw a checkpoint, and when (C2SP tlog-cosignature).

Who holds the database and the keys cannot take back what a witness has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select, update

from domain.kernel.errors import NotFound, NotPermitted
from infrastructure.database.engine import writing
from infrastructure.database.schema import checkpoints
from infrastructure.evidence.bundle_check import Broken, opened

c = checkpoints.c


@dataclass(frozen=True)
class Cosigning:
    engine: Engine
    witnesses: Sequence[str]
    """The public keys whose signatures are taken in beside our own."""

    def add(self, size: int, line: str) -> str:
        """The checkpoint of that size with the witness's line, which is kept once.

        Raises NotFound, or NotPermitted when the line is not a known witness's.
        """
        mine = select(c.note).where(c.size == size).with_for_update()
        with writing(self.engine).begin() as db:
            if (note := db.scalar(mine)) is None:
                raise NotFound("没有这个检查点：日志还没有封存到那里")
            self._check(note.rpartition("\n\n")[0], line)
            if line not in note.splitlines():
                note += f"{line}\n"
                db.execute(update(checkpoints).where(c.size == size).values(note=note))
            return str(note)

    def _check(self, text: str, line: str) -> None:
        try:
            opened(f"{text}\n\n{line}\n", [*self.witnesses], alone=True)
        except Broken as broken:
            raise NotPermitted(f"不是已经登记的见证人的签名：{broken}") from None
