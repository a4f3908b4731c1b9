"""Who is signed in to the pages: kept here, so that what has ended is over at once.

A browser holds a random secret, the table its hash: reading the table signs nobody in.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine, delete, insert, or_, select, update

from domain.values.parties import Actor
from infrastructure.database.engine import writing
from infrastructure.database.schema import sessions

s = sessions.c
GLANCE = timedelta(minutes=1)
"""How exactly it is known when somebody was last seen: a write a minute, not one a page."""


@dataclass(frozen=True)
class Session:
    """Somebody signed in.  It ends at `ends_at`, or sooner after a pause or by signing out."""

    actor: Actor
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Sessions:
    engine: Engine
    idle: timedelta
    """After so long a pause a session is over."""

    def begin(self, actor: Actor, at: datetime, ends_at: datetime) -> str:
        """The secret of a new session; those that are over are swept away."""
        secret = secrets.token_urlsafe(32)
        times = {"begun_at": at, "seen_at": at, "ends_at": ends_at}
        with writing(self.engine).begin() as db:
            db.execute(delete(sessions).where(or_(s.ends_at <= at, s.seen_at <= at - self.idle)))
            row = {"key": _key(secret), "actor": actor.model_dump(), **times}
            db.execute(insert(sessions).values(row))
        return secret

    def find(self, secret: str, at: datetime) -> Session | None:
        """The session that this secret opens, unless it is over."""
        live = select(sessions).where(s.ends_at > at, s.seen_at > at - self.idle)
        with self.engine.connect() as db:
            row = db.execute(live.where(s.key == _key(secret))).one_or_none()
        if row is None:
            return None
        actor = Actor.model_validate(row.actor)
        return Session(actor, row.begun_at, row.seen_at, row.ends_at)

    def see(self, secret: str, at: datetime) -> None:
        """Its owner was here at this moment."""
        with writing(self.engine).begin() as db:
            db.execute(update(sessions).where(s.key == _key(secret)).values(seen_at=at))

    def end(self, secret: str) -> None:
        with writing(self.engine).begin() as db:
            db.execute(delete(sessions).where(s.key == _key(secret)))


def _key(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
