"""Traffic through two releases at once: every step of a case through either of them."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from threading import Lock

from httpx2 import Client, Response

from api.http.problems import PROBLEM_TYPES
from application.access.permissions import Role
from domain.kernel.errors import WrittenByNewer
from tests import stories as s
from tests.accidents.releases.processes import ROOT, Release
from tests.api.conftest import ELSEWHERE, ITEM, Badges, Walk, way_to
from tests.conftest import tokens_of
from tests.support.repetitions import dice

ENDS = ("fulfilled", "rectified", "corrected", "refused", "declined", "withdrawn", "rectifying")
LISTS = ("/api/v1/cases", "/api/v1/disclosures", "/api/v1/audit", "/", "/livez")


def badges(data: Path) -> Badges:
    return Badges(tokens_of(data / "keys"), lambda: datetime.now(UTC))


def begin(release: Release) -> None:
    """Migrates the database of a release and fills its credit register."""
    release.command("migrate")
    release.command("import", "credit", str(ROOT / "api/demo/samples/credit.csv"))


def furnish(client: Client, as_: Badges) -> None:
    """Lists one item and puts it in force."""
    keeper = as_(Role.CATALOG_ADMIN, department=ELSEWHERE)
    entry = {"item": ITEM.model_dump(mode="json"), "terms": s.TERMS.model_dump(mode="json")}
    for path, body in (("", entry), (f"/{ITEM.code}/activate", {})):
        reply = client.post(f"/api/v1/catalogue{path}", json=body, headers=keeper)
        assert reply.is_success, reply.text


@dataclass
class Traffic:
    """Sends commands and reads; counts the answers by status and problem code."""

    as_: Badges
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    """Steps that no release could take, because of a case that it cannot read."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def case(self, clients: Sequence[Client], end: str, chance: Random) -> Walk:
        """Drives a case to an end; a release that cannot read it leaves it to another one."""
        walk = Walk(clients[0], self.as_)
        with self._lock:
            walk.number = next(self._numbers)
        for step in way_to(end):
            order = chance.sample(clients, len(clients))
            if not any(self._step(walk, step, client) for client in order):
                with self._lock:
                    self.left.append(step)
                break
            self.answered(order[0].get(chance.choice(LISTS), headers=self.as_(Role.AUDITOR)))
        return walk

    def run(self, clients: Sequence[Client], cases: int = 0, seconds: float = 0) -> None:
        """Drives this many cases, or as many as fit into this time, four at once."""
        until = time.monotonic() + seconds

        def drive(number: int) -> None:
            if not seconds or time.monotonic() < until:
                self.case(clients, ENDS[number % len(ENDS)], dice(number))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(drive, range(cases or 100_000)))

    def answered(self, reply: Response) -> bool:
        """Counts the answer, which must be a declared one; returns True if it is a success."""
        code = "" if reply.status_code < 400 else reply.json()["code"]
        with self._lock:
            self.answers[reply.status_code, code] += 1
        if code:
            assert PROBLEM_TYPES[code].status == reply.status_code, reply.text
        return not code

    def _step(self, walk: Walk, step: str, client: Client) -> bool:
        walk.client = client
        reply = walk.attempt(step)
        if self.answered(reply):
            walk.at, walk.view = step, reply.json()
            return True
        assert reply.json()["code"] == WrittenByNewer.code, reply.text
        return False
