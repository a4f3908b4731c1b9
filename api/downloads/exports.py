"""Exports of the audit trail: request one, look it up, download its file."""

import hashlib
from typing import NamedTuple
from uuid import UUID

from fastapi.responses import FileResponse

from application.execution.ports import AlreadyDone
from domain.kernel.errors import NotFound
from domain.values.parties import Actor
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.event_store.batch import Key
from infrastructure.event_store.request_keys import command_id
from infrastructure.exports.records import Export, ExportState, Requester
from infrastructure.spreadsheets.writers import MEDIA, NAME_SUFFIXES, Format
from projections.audit_trail.queries import TrailQuery

NOT_THERE = "没有这个导出，或者它的文件不在这里"


class Requested(NamedTuple):
    """The export of a request, and whether the request was a repetition."""

    export: Export
    repeated: bool


def request_export(
    container: Container, by: Actor, query: TrailQuery, format: Format, key: str | None
) -> Requested:
    """Creates an export and wakes the worker that makes it.

    A repeated idempotency key gets the first export again.  Raises KeyReused.
    """
    claimed = key and Key(command_id(by, key), _fingerprint(query, format), container.clock())
    try:
        id = container.exports.ask(Requester.of(by), query, format, key=claimed or None)
    except AlreadyDone as earlier:
        return Requested(export_of(container, earlier.id), repeated=True)
    container.signal.announce()
    return Requested(export_of(container, id), repeated=False)


def _fingerprint(query: TrailQuery, format: Format) -> str:
    """Hash of what two equal requests share."""
    text = "\n".join(["export", format, query.model_dump_json()])
    return hashlib.sha256(text.encode()).hexdigest()


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
