"""What the storage faults are let loose on: durable appends, after each a page of projections and
a message to the credit platform, taken in and marked.

Runs in a process of its own, which reports every acknowledged append before the next one.
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


def append_durably(line: Connection, url: str, folder: Path, case_id: UUID, acts: int) -> None:
    """Wait for the word, act so often on the case, tell each version that was acknowledged."""
    ctypes.CDLL(None).prctl(*ALLOW_ANYBODY_TO_TRACE, 0, 0, 0)
    service = docket.open_service(url, folder)
    line.send("ready")
    line.recv()
    version = docket.GRANTED
    for number in range(acts):
        acknowledged = _insist(service, case_id, version, f"act {number}")
        if acknowledged is None:
            break
        line.send(version := acknowledged)
        _patiently(service.projector.catch_up_all)
        _patiently(lambda: service.relay.next_page(size=1))
    _patiently(service.close)
    line.send("done")
    line.close()


def _insist(service: Container, case_id: UUID, version: int, key: str) -> int | None:
    """The same act with the same key until it is acknowledged; None when the disk will not."""
    for _ in range(3):
        try:
            return docket.act(service, case_id, version, key=key)
        except (DatabaseAway, SQLAlchemyError):
            continue
    return None


def _patiently(work: Callable[[], object]) -> None:
    """Projections and messages may wait: the next append finds them where they were."""
    with suppress(SQLAlchemyError):
        work()
