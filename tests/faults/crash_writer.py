"""The writer that meets the storage faults: it appends, projects and delivers, step by step.

It runs in a process of its own and reports every acknowledged append before the next one.  After
each append it catches up the projections and delivers one message to the credit platform.
"""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from infrastructure.container import Container
from infrastructure.database.engine import DatabaseAway
from tests.support import fault_cases as docket

ALLOW_ANYBODY_TO_TRACE = (0x59616D61, -1)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY


def append_durably(pipe: Connection, url: str, folder: Path, case_id: UUID, acts: int) -> None:
    """Waits for the start signal, then acts on the case and sends each acknowledged version."""
    ctypes.CDLL(None).prctl(*ALLOW_ANYBODY_TO_TRACE, 0, 0, 0)
    service = docket.open_service(url, folder)
    pipe.send("ready")
    pipe.recv()
    version = docket.GRANTED
    for number in range(acts):
        acknowledged = _act_with_retries(service, case_id, version, f"act {number}")
        if acknowledged is None:
            break
        pipe.send(version := acknowledged)
        _try(service.projector.catch_up_all)
        _try(lambda: service.relay.next_page(size=1))
    _try(service.close)
    pipe.send("done")
    pipe.close()


def _act_with_retries(service: Container, case_id: UUID, version: int, key: str) -> int | None:
    """Repeats an act with the same key until it is acknowledged; returns the new version.

    Returns None if it fails three times.
    """
    for _ in range(3):
        try:
            return docket.act(service, case_id, version, key=key)
        except (DatabaseAway, SQLAlchemyError):
            continue
    return None


def _try(work: Callable[[], object]) -> None:
    """Runs the work and ignores a database error; the next step makes up for it."""
    with suppress(SQLAlchemyError):
        work()
