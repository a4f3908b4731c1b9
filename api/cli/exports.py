"""An export of the audit trail from the command line, with a progress bar and a record."""

import os
from getpass import getuser
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from api.downloads.exports import export_of
from application.access.permissions import Role
from domain.values.staff import staff_id
from infrastructure.container import Container
from infrastructure.exports.records import Export, ExportState, Requester
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery


def export_to(
    container: Container, query: TrailQuery, format: Format, path: Path, say: Console
) -> Export:
    """Write the matching events to a file; returns the record of the export.

    Raises NotExported if the file cannot be made.
    """
    container.projector.catch_up_all()
    exporter, records = container.exporter, container.exports
    requester = Requester(_login(), Role.OPERATOR, "命令行")
    id = records.ask(requester, query, format, ExportState.RUNNING)
    with Progress(console=say) as bar:
        task = bar.add_task("导出审计轨迹", total=None)
        try:
            exporter.make(
                export_of(container, id),
                path,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        except KeyboardInterrupt:
            records.note(id, state=ExportState.INTERRUPTED, reason="命令行中断了导出")
            raise
    return export_of(container, id)


def _login() -> str:
    """The login name of the operating system's user, or the user id if it has no usable name."""
    try:
        return staff_id(getuser())
    except (KeyError, OSError, ValueError):
        return f"uid-{os.getuid()}"
