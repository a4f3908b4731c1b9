"""The exporter: writes exports of the audit trail, page by page.

The file is written as a draft and renamed when complete.  An export contains the trail up to the
position at which it began; events appended later are not in it.
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
from infrastructure.exports.records import Export, Exports, ExportState
from infrastructure.exports.search import find_trail_rows
from infrastructure.spreadsheets.writers import writer
from projections.audit_trail.descriptors import ACTIONS, GROUND_WORDS
from projections.audit_trail.documents import NAMED
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.queries import OLDEST_FIRST
from projections.read_model import keyset as paging
from projections.read_model.tables import projection_positions

p = projection_positions.c
log = structlog.get_logger()
PAGE_SIZE = 2000
"""Number of rows that are read and written at a time."""
DRAFT = ".draft"
HEADER = (
    "序号", "时间", "人员", "岗位", "单位", "单位代码", "操作", "经过", "文书号", "容错情形",
    "案件或者事项编号", "版本", "事件类型",
)  # fmt: skip
RowProgress = Callable[[int, int], None]
"""Called after each page with the number of rows written so far, and of all rows."""
Stopped = Callable[[], bool]
"""Returns True if the work must stop."""


class NotExported(Exception):
    """An export failed; the message tells its requester why."""

    state = ExportState.FAILED


class ServiceStopped(NotExported):
    state = ExportState.INTERRUPTED


def texts(row: dict[str, Any]) -> tuple[str, ...]:
    """Returns the cells of a row of the trail, in the order of HEADER."""
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
    max_rows: int

    def file(self, export: Export) -> Path:
        """The path of an export's file, which exists once the export is finished."""
        return self.folder / f"{export.id}.{export.format}"

    def make_waiting(self, stopped: Stopped) -> None:
        """Makes the waiting exports, one after the other.

        The caller must hold the lease `exports`: all drafts in the folder are deleted first.
        """
        while not stopped() and (id := self.records.next_waiting()):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for draft in self.folder.glob(f"*{DRAFT}"):
                draft.unlink()
            self._make_one(id, stopped)

    def make(
        self,
        export: Export,
        path: Path,
        progress: RowProgress = lambda done, total: None,
        stopped: Stopped = lambda: False,
    ) -> None:
        """Writes the export to a file.  Raises NotExported; either way the result is recorded."""
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
            self.records.note(export.id, state=ExportState.FAILED, reason="文件写不下去")
            raise NotExported("文件写不下去") from error
        finally:
            draft.unlink(missing_ok=True)
        self.records.note(export.id, state=ExportState.FINISHED, sha256=digest)

    def _make_one(self, id: UUID, stopped: Stopped) -> None:
        export = self.records.one(id)
        assert export
        try:
            self.make(export, self.file(export), stopped=stopped)
        except NotExported as reason:
            log.warning("export-not-made", reason=str(reason))
        except (SQLAlchemyError, psycopg.Error):
            raise  # the database is unavailable: the failure cannot be recorded either
        except Exception as error:
            log.error("export-failed", exc_info=error)
            self.records.note(id, state=ExportState.FAILED, reason="导出时出错，已经记录")

    def _write(self, export: Export, draft: Path, progress: RowProgress, stopped: Stopped) -> None:
        upto = self._position()
        queries = _up_to(upto, find_trail_rows(self.engine, export.query))
        total = self._count(queries)
        if total > self.max_rows:
            raise NotExported(f"共{total}行，一次最多导出{self.max_rows}行，请缩小查询范围")
        self.records.note(export.id, total=total, upto=upto)
        done = 0
        draft.touch(mode=0o600)
        with writer(draft, export.format, HEADER, texts) as write:
            for page in self._pages(queries):
                if stopped():
                    raise ServiceStopped("服务已经停止")
                for row in page:
                    write(_without_search_text(row))
                done += len(page)
                self.records.note(export.id, done=done)
                progress(done, total)

    def _position(self) -> int:
        """The position up to which both projections of the trail have applied the log."""
        query = select(p.position).where(p.projection.in_((AUDIT.name, NAMED.name)))
        with self.engine.connect() as db:
            return min(db.scalars(query), default=0)

    def _count(self, queries: list[Select[Any]]) -> int:
        with self.engine.connect() as db:
            counts = (select(func.count()).select_from(query.subquery()) for query in queries)
            return sum(db.scalar(count) or 0 for count in counts)

    def _pages(self, queries: list[Select[Any]]) -> Iterator[list[Row[Any]]]:
        cursor: str | None = None
        while True:
            with self.engine.connect() as db:
                rows = list(db.execute(OLDEST_FIRST.page(queries, PAGE_SIZE, cursor)))
            page, cursor = OLDEST_FIRST.split(rows, PAGE_SIZE)
            yield page
            if cursor is None:
                return


def _without_search_text(row: Row[Any]) -> dict[str, Any]:
    """Returns the columns of a row without `organisation`, which only serves the search."""
    return {name: value for name, value in row._mapping.items() if name != "organisation"}


def _up_to(position: int, rows: paging.Rows) -> list[Select[Any]]:
    """Returns the queries that make up the rows, each limited to events up to this position."""
    queries = [rows] if isinstance(rows, Select) else rows
    return [query.where(query.selected_columns["position"] <= position) for query in queries]
