"""The sessions of the pages, stored on the server, so that a session can be ended at once.

The browser holds a random secret, and the table only its hash: a copy of the table opens no
session.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import ValidationError
from sqlalchemy import Engine, delete, insert, or_, select, update

from application.access.persons import NotAPerson, person_at_work
from domain.values.parties import Actor
from infrastructure.database.engine import writing
from infrastructure.database.schema import sessions

s = sessions.c
SEEN_INTERVAL = timedelta(minutes=1)
"""Minimum time between two updates of `seen_at`: one write per minute instead of one per page."""


@dataclass(frozen=True)
class Session:
    """The session of a signed-in person.

    It ends at `ends_at`, or earlier if the person is inactive or signs out.
    """

    actor: Actor
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Sessions:
    engine: Engine
    idle: timedelta
    """A session ends after this long without a request."""

    def begin(self, actor: Actor, at: datetime, ends_at: datetime) -> str:
        """Begins a session and returns its secret; deletes the sessions that have ended."""
        secret = secrets.token_urlsafe(32)
        times = {"begun_at": at, "seen_at": at, "ends_at": ends_at}
        with writing(self.engine).begin() as db:
            db.execute(delete(sessions).where(or_(s.ends_at <= at, s.seen_at <= at - self.idle)))
            row = {"key": _key(secret), "actor": actor.model_dump(), **times}
            db.execute(insert(sessions).values(row))
        return secret

    def find(self, secret: str, at: datetime) -> Session | None:
        """Returns the session with this secret.  Returns None if there is none or it has ended."""
        live = select(sessions).where(s.ends_at > at, s.seen_at > at - self.idle)
        with self.engine.connect() as db:
            row = db.execute(live.where(s.key == _key(secret))).one_or_none()
        if row is None:
            return None
        try:
            actor = person_at_work(Actor.model_validate(row.actor))
        except (ValidationError, NotAPerson):  # begun by an earlier release, refused today
            return None
        return Session(actor, row.begun_at, row.seen_at, row.ends_at)

    def see(self, secret: str, at: datetime) -> None:
        """Records the time of a request in the session."""
        with writing(self.engine).begin() as db:
            db.execute(update(sessions).where(s.key == _key(secret)).values(seen_at=at))

    def end(self, secret: str) -> None:
        with writing(self.engine).begin() as db:
            db.execute(delete(sessions).where(s.key == _key(secret)))


def _key(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
