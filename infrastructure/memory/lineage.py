"""The lineage of the log: the names under which it was signed, one after each restoration.

A restored log goes on under a new name (origin).  What was signed under an earlier name and does
not stand in the log any more is declared lost by the event of the restoration.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

from sqlalchemy import Connection, func, insert, select

from domain.logbook.events import LogRestored
from infrastructure.database.evidence_schema import log_restorations
from infrastructure.memory.log_memory import Remembered

r = log_restorations.c
REMEDY = (
    "请停服务，恢复较新的备份（xinnuo restore 备份文件夹），"
    "或者确认要用这份数据并运行 xinnuo restore --placed 声明恢复"
)


class Lineage(NamedTuple):
    """The name of the log now, and for each earlier name how many of its events are in the log."""

    origin: str
    former: dict[str, int]

    @property
    def origins(self) -> list[str]:
        """Every name of the log, newest first."""
        return [self.origin, *reversed(self.former)]


def lineage(db: Connection, configured: str) -> Lineage:
    """Returns the lineage of this database's log; `configured` is its name by the settings."""
    query = select(r.former, r.origin, r.size).order_by(r.position)
    rows = [row for row in db.execute(query) if row.origin != row.former]
    former = {row.former: row.size for row in rows}
    return Lineage(rows[-1].origin if rows else configured, former)


def serial_floor(db: Connection, day: date) -> int:
    """Returns the serial of commitment codes beyond which a code of that day is surely new."""
    return cast(int, db.scalar(select(func.max(r.floor)).where(r.until >= day)) or 0)


def begin_anew(db: Connection, restored: LogRestored) -> None:
    """Writes what a restoration changes: the name of the log, and the gap of commitment codes."""
    row = {
        "position": restored.size + 1,
        "stream_id": restored.originator_id,
        "origin": restored.origin,
        "size": restored.size,
        "until": restored.serials_until,
        "floor": restored.serials_after,
    }
    left = dict.fromkeys(each.origin for each in restored.given_up) or [restored.origin]
    db.execute(insert(log_restorations), [row | {"former": former} for former in left])


def contradictions(
    remembered: dict[Path, Remembered],
    names: Lineage,
    configured: str,
    size: int,
    root_at: Callable[[int], bytes],
) -> Iterator[str]:
    """Yields a sentence for each memory that this log contradicts; nothing may be signed then.

    `size` is the number of events, `root_at` gives the root over the first of them.
    """
    if configured not in (names.origin, *names.former):
        yield (
            f"XINNUO_LOG_ORIGIN 是 {configured}，而事件日志原名 {next(iter(names.former))}："
            "换了名称，已经公布的检查点就对不上，不再签名；请改回原来的设置"
        )
    for path, known in remembered.items():
        if reason := _contradiction(known, names, size, root_at):
            yield f"{reason.format(path=path, known=known, names=names, size=size)}；{REMEDY}"


def _contradiction(
    known: Remembered, names: Lineage, size: int, root_at: Callable[[int], bytes]
) -> str | None:
    if known.origin != names.origin and known.origin not in names.former:
        return (
            "日志记忆 {path} 属于名为 {known.origin} 的日志，而数据库里的日志名为 {names.origin}："
            "数据库比最近一次恢复还旧，或者 XINNUO_LOG_ORIGIN 被改动，继续签名会出现两份历史，"
            "不再签名；设置被改动的请改回"
        )
    if known.size > names.former.get(known.origin, known.size):
        return None  # a restoration has declared it lost
    if known.size > size:
        return (
            "事件日志只有{size}个事件，而日志记忆 {path} 说已签名到第{known.size}个：数据库是旧的，"
            "继续办理会出现两份历史、重复的承诺编码，不再签名"
        )
    if root_at(known.size) != known.root:
        return (
            "事件日志的前{known.size}个事件与日志记忆 {path} 不符：日志被改动，或者数据库与密钥"
            "文件夹不是一套，不再签名；请运行 xinnuo verify 查明"
        )
    return None
