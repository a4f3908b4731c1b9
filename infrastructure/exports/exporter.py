"""Makes exports of the audit trail: page by page into a draft, which gets its name when whole.

An export shows the trail up to the position at which it was begun, whatever is added meanwhile.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import Engine, Row, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from application.access.permissions import Role
from domain.values.workdays import SHANGHAI
from infrastructure.exports.records import Export, Exports, State
from infrastructure.exports.search import found
from infrastructure.spreadsheets.writers import writer
from projections.audit_trail.descriptors import ACTIONS, GROUND_WORDS
from projections.audit_trail.documents import NAMED
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.queries import OLDEST_FIRST
from projections.read_model import keyset as paging
from projections.read_model.tables import projection_positions

p = projection_positions.c
log = structlog.get_logger()
PAGE = 2000
DRAFT = ".draft"
HEADER = (
    "序号", "时间", "人员", "岗位", "单位", "单位代码", "操作", "经过", "文书号", "容错情形",
    "案件或者事项编号", "版本", "事件类型",
)  # fmt: skip
Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]


class NotExported(Exception):
    """Why there is no file, for the person who asked for it."""

    state = State.FAILED


class ServiceStopped(NotExported):
    state = State.INTERRUPTED


def texts(row: dict[str, Any]) -> tuple[str, ...]:
    """A row of the trail as people read it, under HEADER."""
    return (
        str(row["position"]),
        f"{row['at'].astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        row["person"],
        Role(row["role"]).label,
        row["department"],
        row["department_code"],
        ACTIONS[row["action"]],
        row["sentence"],
        "、".join(row["documents"]),
        GROUND_WORDS.get(row["ground"] or "", row["ground"] or ""),
        str(row["stream_id"]),
        str(row["version"]),
        row["topic"],
    )


@dataclass(frozen=True)
class Exporter:
    engine: Engine
    records: Exports
    folder: Path
    most: int
    """So many rows at most are one export."""

    def file(self, export: Export) -> Path:
        """Where the file of an export lies, once it is finished."""
        return self.folder / f"{export.id}.{export.format}"

    def make_waiting(self, stopped: Stopped) -> None:
        """Make what waits, one after the other.  Whoever calls this is the only one at work."""
        while not stopped() and (id := self.records.next_waiting()):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for draft in self.folder.glob(f"*{DRAFT}"):
                draft.unlink()  # of somebody who did not come to the end
            self._make_one(id, stopped)

    def make(
        self,
        export: Export,
        path: Path,
        progress: Progress = lambda done, total: None,
        stopped: Stopped = lambda: False,
    ) -> None:
        """Write the export to this file and record it.  Raises NotExported, which is recorded."""
        draft = path.with_name(f"{path.name}{DRAFT}")
        try:
            self._write(export, draft, progress, stopped)
            with draft.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            draft.replace(path)
        except NotExported as reason:
            self.records.note(export.id, state=reason.state, reason=str(reason))
            raise
        except OSError as error:
            log.error("export-failed", error=type(error).__name__)
            self.records.note(export.id, state=State.FAILED, reason="文件写不下去")
            raise NotExported("文件写不下去") from error
        finally:
            draft.unlink(missing_ok=True)
        self.records.note(export.id, state=State.FINISHED, sha256=digest)

    def _make_one(self, id: UUID, stopped: Stopped) -> None:
        export = self.records.one(id)
        assert export
        try:
            self.make(export, self.file(export), stopped=stopped)
        except NotExported as reason:
            log.warning("export-not-made", reason=str(reason))
        except (SQLAlchemyError, psycopg.Error):
            raise  # the database is away: nothing can be noted of it either
        except Exception as error:
            log.error("export-failed", exc_info=error)
            self.records.note(id, state=State.FAILED, reason="导出时出错，已经记录")

    def _write(self, export: Export, draft: Path, progress: Progress, stopped: Stopped) -> None:
        upto = self._position()
        rows = _up_to(upto, found(self.engine, export.sought))
        total = self._count(rows)
        if total > self.most:
            raise NotExported(f"共{total}行，一次最多导出{self.most}行，请缩小查询范围")
        self.records.note(export.id, total=total, upto=upto)
        done = 0
        draft.touch(mode=0o600)
        with writer(draft, export.format, HEADER, texts) as write:
            for page in self._pages(rows):
                if stopped():
                    raise ServiceStopped("服务已经停止")
                for row in page:
                    write(_shown(row))
                done += len(page)
                self.records.note(export.id, done=done)
                progress(done, total)

    def _position(self) -> int:
        """Up to where everything can be found."""
        shown = select(p.position).where(p.projection.in_((AUDIT.name, NAMED.name)))
        with self.engine.connect() as db:
            return min(db.scalars(shown), default=0)

    def _count(self, rows: list[Select[Any]]) -> int:
        with self.engine.connect() as db:
            counts = (select(func.count()).select_from(part.subquery()) for part in rows)
            return sum(db.scalar(count) or 0 for count in counts)

    def _pages(self, rows: list[Select[Any]]) -> Iterator[list[Row[Any]]]:
        cursor: str | None = None
        while True:
            with self.engine.connect() as db:
                shown = list(db.execute(OLDEST_FIRST.page(rows, PAGE, cursor)))
            page, cursor = OLDEST_FIRST.split(shown, PAGE)
            yield page
            if cursor is None:
                return


def _shown(row: Row[Any]) -> dict[str, Any]:
    """A row without what is there to be searched only."""
    return {name: value for name, value in row._mapping.items() if name != "organisation"}


def _up_to(position: int, rows: paging.Rows) -> list[Select[Any]]:
    """The lists that make up the rows, as far as the log was when the export began."""
    parts = [rows] if isinstance(rows, Select) else rows
    return [part.where(part.selected_columns["position"] <= position) for part in parts]
