"""The listener: announces in this process the appends of other processes (LISTEN, PostgreSQL)."""

from threading import Event

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import unpooled
from infrastructure.event_store.signal import LogSignal

log = structlog.get_logger()
RETRY_DELAY = 0.5
"""Seconds to wait after the connection was lost."""
MAX_WAIT = 0.5
"""Maximum seconds to wait for a notification before `stop` is checked."""
BATCH_DELAY = 0.05
"""Seconds to wait after an announcement, so that the next one covers several appends."""


def listen(engine: Engine, signal: LogSignal, poll_seconds: float, stop: Event) -> None:
    """Announces every append until `stop` is set; reconnects if the connection is lost."""
    while not stop.is_set():
        try:
            _listen(engine, signal, poll_seconds, stop)
        except (SQLAlchemyError, psycopg.Error) as error:
            log.error("news-interrupted", error=type(error).__name__)
            stop.wait(RETRY_DELAY)


def _listen(engine: Engine, signal: LogSignal, poll_seconds: float, stop: Event) -> None:
    with unpooled(engine) as connection:
        connection.execute("LISTEN log_grown")
        signal.announce()  # for appends before the LISTEN
        while not stop.is_set():
            for _ in connection.notifies(timeout=min(poll_seconds, MAX_WAIT), stop_after=1):
                signal.announce()
            stop.wait(BATCH_DELAY)
