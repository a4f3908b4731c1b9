"""Exports of the audit trail: request one, look it up, download its file."""

from uuid import UUID

from fastapi.responses import FileResponse

from domain.kernel.errors import NotFound
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.exports.records import Export, ExportState, Requester
from infrastructure.spreadsheets.writers import MEDIA, NAME_SUFFIXES, Format
from projections.audit_trail.queries import TrailQuery

NOT_THERE = "没有这个导出，或者它的文件不在这里"


def request_export(
    container: Container, requester: Requester, query: TrailQuery, format: Format
) -> Export:
    """Creates an export and wakes the worker that makes it."""
    records = container.exports
    id = records.ask(requester, query, format)
    container.signal.announce()
    return export_of(container, id)


def export_of(container: Container, id: UUID) -> Export:
    """Returns the export with this id.  Raises NotFound."""
    if (export := container.exports.one(id)) is None:
        raise NotFound(NOT_THERE)
    return export


def export_file(container: Container, id: UUID) -> FileResponse:
    """Returns the file of a finished export.

    Raises NotFound, also if another machine holds the file.
    """
    export = export_of(container, id)
    path = container.exporter.file(export)
    if export.state is not ExportState.FINISHED or not path.exists():
        raise NotFound(NOT_THERE)
    stem = f"audit-{local_date(export.asked_at):%Y%m%d}-{str(id)[:8]}"
    name = f"{stem}{NAME_SUFFIXES.get(export.format, '')}.{export.format}"
    return FileResponse(path, media_type=MEDIA[export.format], filename=name)
