"""The sessions of applicants, and the delays after wrong codes.

A session lives as long as its code.  Wrong tries slow down whoever makes them, by address; they
never lock out the owner of the code, who comes from another one.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Engine, delete, insert, select, update

from infrastructure.database.engine import writing
from infrastructure.database.schema import access_codes, applicant_sessions, failed_tries

s, t, c = applicant_sessions.c, failed_tries.c, access_codes.c
FREE_TRIES = 3
LONGEST = timedelta(minutes=5)
FORGOTTEN = timedelta(hours=1)
"""After this long without a wrong try, they count anew."""


def hashed(text: str) -> bytes:
    return sha256(text.encode()).digest()


@dataclass(frozen=True)
class ApplicantSessions:
    engine: Engine
    idle: timedelta

    def begin(self, code: bytes, at: datetime) -> str:
        """Begins a session with a code that opens a case, and returns its secret."""
        secret = secrets.token_urlsafe(32)
        with writing(self.engine).begin() as db:
            db.execute(delete(applicant_sessions).where(s.seen_at <= at - self.idle))
            row = {"key": hashed(secret), "code": code, "seen_at": at}
            db.execute(insert(applicant_sessions).values(row))
        return secret

    def case_of(self, secret: str, at: datetime) -> UUID | None:
        """The case of a session.  Returns None if it has ended, or its code was revoked."""
        live = select(c.case_id).join(applicant_sessions, s.code == c.digest)
        live = live.where(c.revoked_at.is_(None), s.key == hashed(secret))
        with writing(self.engine).begin() as db:
            case_id = db.scalar(live.where(s.seen_at > at - self.idle))
            if case_id:
                db.execute(
                    update(applicant_sessions).where(s.key == hashed(secret)).values(seen_at=at)
                )
        return case_id

    def end(self, secret: str) -> None:
        with writing(self.engine).begin() as db:
            db.execute(delete(applicant_sessions).where(s.key == hashed(secret)))

    def wait(self, who: str, at: datetime) -> timedelta:
        """How long this one must wait before the next try."""
        with self.engine.connect() as db:
            row = db.execute(select(t.tries, t.last_at).where(t.who == hashed(who))).one_or_none()
        if row is None or row.tries < FREE_TRIES or at - row.last_at >= FORGOTTEN:
            return timedelta(0)
        delay = min(timedelta(seconds=2 ** min(row.tries - FREE_TRIES + 1, 16)), LONGEST)
        until: datetime = row.last_at + delay
        return max(until - at, timedelta(0))

    def failed(self, who: str, at: datetime) -> None:
        """Counts a wrong try."""
        with writing(self.engine).begin() as db:
            db.execute(delete(failed_tries).where(t.last_at <= at - FORGOTTEN))
            counted = update(failed_tries).where(t.who == hashed(who))
            if not db.execute(counted.values(tries=t.tries + 1, last_at=at)).rowcount:
                db.execute(insert(failed_tries).values(who=hashed(who), tries=1, last_at=at))

    def succeeded(self, who: str) -> None:
        with writing(self.engine).begin() as db:
            db.execute(delete(failed_tries).where(t.who == hashed(who)))
