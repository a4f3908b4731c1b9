"""Listens, on PostgreSQL, for the appends of other processes and announces them in this one."""

from threading import Event

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from infrastructure.database.engine import unpooled
from infrastructure.event_store.signal import LogSignal

log = structlog.get_logger()
PATIENCE, REST = 0.5, 0.05


def listen(engine: Engine, signal: LogSignal, poll_seconds: float, stop: Event) -> None:
    """Announce every append until told to stop; a connection that is lost is made again."""
    while not stop.is_set():
        try:
            _listen(engine, signal, poll_seconds, stop)
        except (SQLAlchemyError, psycopg.Error) as error:
            log.error("news-interrupted", error=type(error).__name__)
            stop.wait(PATIENCE)


def _listen(engine: Engine, signal: LogSignal, poll_seconds: float, stop: Event) -> None:
    with unpooled(engine) as connection:
        connection.execute("LISTEN log_grown")
        signal.announce()  # appends that came before we listened
        while not stop.is_set():
            for _ in connection.notifies(timeout=min(poll_seconds, PATIENCE), stop_after=1):
                signal.announce()
            stop.wait(REST)  # appends that come meanwhile are announced all at once
