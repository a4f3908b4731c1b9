"""An HTTP client that requests tolerance reviews and carries them on."""

from typing import Any

from httpx2 import Client, Response

from application.access.permissions import Role
from tests import reviews as r
from tests.api.conftest import Badges, Walk
from tests.conftest import Clock

REVIEWS, COUNTS = "/api/v1/tolerance-reviews", "/api/v1/tolerance-counts"


def as_json(value: Any) -> Any:
    return value.model_dump(mode="json")


def document(**otherwise: Any) -> dict[str, Any]:
    return as_json(r.decision(**otherwise))


CHECK = {"check": as_json(r.check())}
REFUSE = {
    "outcome": "not_exempted",
    "decision": document(),
    "sign_off": as_json(r.SIGNED_OFF),
}
NOTIFY = {"recipient": "zhao", "served_on": "2026-10-21"}
CHANGE = {
    "outcome": "changed",
    "to": "mitigated",
    "decision": as_json(r.ruling().decision),
    "served_on": "2026-11-18",
}
LAST = r.ruling(**r.LAST_WORD)
KEEP = {"outcome": "kept", "decision": as_json(LAST.decision), "served_on": "2027-01-19"}
STEPS = [
    ("check", "zheng", r.CHECK_DAY, CHECK),
    ("decide", "wang", r.DECISION_DAY, REFUSE),
    ("notify", "wang", r.NOTICE_DAY, NOTIFY),
    ("reconsider", "wang", r.CONTEST_DAY, {"reason": "损失已经挽回"}),
    ("settle", "wang", r.RULING_DAY, CHANGE),
    ("appeal", "wang", r.APPEAL_DAY, {"reason": "应当免责"}),
    ("settle", "wang", r.LAST_DAY, KEEP),
]
"""The steps of a review after its request: verb, person, day, and request body."""


class Door:
    """Requests tolerance reviews and carries them on; the right person takes each step."""

    def __init__(self, client: Client, as_: Badges, clock: Clock | None = None) -> None:
        self.client, self.as_, self.clock = client, as_, clock
        self.case = Walk(client, as_, "deferred_materials").to("granted").view["id"]

    def lead(self, **who: Any) -> dict[str, str]:
        return self.as_(Role.DEPARTMENT_LEAD, **who)

    def reviewer(self, person: str = "wang") -> dict[str, str]:
        return self.as_(Role.TOLERANCE_REVIEWER, person, r.COMMISSION)

    def body(self, **otherwise: Any) -> dict[str, Any]:
        facts = {
            name: as_json(r.ASKED[name]) for name in ("concerned", "plan_followed", "conditions")
        }
        ground = as_json(r.ERROR) | {"cases": [{"id": self.case, "version": 4}]}
        return facts | {"superiors": [as_json(r.CITY)], "ground": ground} | otherwise

    def asks(self, headers: dict[str, str] | None = None, **otherwise: Any) -> Response:
        body = self.body(**otherwise)
        return self.client.post(REVIEWS, json=body, headers=self.lead() | (headers or {}))

    def begins(self, **otherwise: Any) -> str:
        reply = self.asks(**otherwise)
        assert reply.status_code == 201, reply.text
        return f"{REVIEWS}/{reply.json()['id']}"

    def goes_on(self, place: str, steps: int) -> dict[str, Any]:
        """Takes the first `steps` steps of a review; returns the review after the last one."""
        for verb, person, day, body in STEPS[:steps]:
            assert self.clock, "the steps need a clock that can be set"
            self.clock.now = day
            reply = self.client.post(f"{place}/{verb}", json=body, headers=self.reviewer(person))
            assert reply.status_code == 200, reply.text
        return reply.json()

    def get(self, place: str, role: str = Role.AUDITOR, **query: Any) -> Response:
        return self.client.get(place, params=query, headers=self.as_(role))
