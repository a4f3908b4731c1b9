"""What a form refuses, the API refuses, with the same status and the same sentence; and vice versa.

Random bodies for random verbs of cases in random stages, by people of every role and department.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape
from random import Random
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import PERSONS_ROLES, RIGHTS, Role
from application.case.service import VERBS
from domain.values.parties import Department
from tests.api.conftest import COMPANY, ELSEWHERE, INSPECTORATE, MOVES, Badges, Walk, log_size
from tests.api.desk.form_client import command_of, typed
from tests.given import MARKET_OFFICE
from tests.support.browser_client import BROWSER, OURS
from tests.support.repetitions import count

PAIRS = 420
"""For each of eight seeds on each database."""
LIKELY, HALF = 0.7, 0.5
"""How often a person of the right role tries, and how often a body is spoilt."""
VERB = {verb.name: verb for verb in VERBS}
STAGES = ("opened", "cleared", "notified", "committed", "granted", "supplied", "breached")
LATER = ("rectifying", "unrectified", "forewarned", "heard", "penalized", "withdrawn")
OFFICES = (MARKET_OFFICE, INSPECTORATE, ELSEWHERE)
SPOILT = ("不是其中之一", "9" * 4001, "身份证411281199001010014", "2026-02-30", "\u200b")


@dataclass
class Both:
    """Both doors to the same cases."""

    client: TestClient
    as_: Badges
    random: Random
    walks: dict[str, Walk] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def case(self) -> Walk:
        """A case in some stage; the one that was there before, as long as it is there."""
        name = self.random.choice((*STAGES, *LATER))
        deferred = name == "supplied"
        kind = "deferred_materials" if deferred else "notice_commitment"
        if name not in self.walks:
            self.walks[name] = Walk(self.client, self.as_, kind=kind).to(name)
        return self.walks[name]

    def body(self, walk: Walk) -> tuple[str, dict[str, Any]]:
        """A verb, and a body that may be spoilt somewhere."""
        move = MOVES[self.random.choice([name for name, each in MOVES.items() if each.after])]
        try:
            body = deepcopy(move.says(walk))
        except TypeError:  # the body cites a notice, which the case does not have yet
            return "withdraw", {"reason": "暂缓开店"}
        if self.random.random() < HALF:
            self.spoil(body)
        if "correct_name" in body:
            body["correct_name"] = COMPANY["name"]  # a new name would hold for the next case
        return move.verb, body

    def spoil(self, body: dict[str, Any]) -> None:
        places = [(inside, key) for inside, key in _places(body) if key != "notice_digest"]
        if places:
            inside, key = self.random.choice(places)
            if len(inside) > 1 and self.random.random() < HALF:
                del inside[key]
            else:
                inside[key] = self.random.choice(SPOILT)

    def by_api(self, walk: Walk, role: Role, office: Department, verb: str, body: Any) -> Response:
        badge = self.as_(role, department=office) | {"If-Match": f'"{walk.view["version"]}"'}
        return self.client.post(f"{walk.url}/{verb}", json=body, headers=badge)

    def by_form(self, walk: Walk, role: Role, office: Department, verb: str, body: Any) -> Response:
        fields = typed(command_of(VERB[verb], body), body)
        fields.pop("letter.notice_digest", None)
        sent = fields | {"version": [str(walk.view["version"])], "step": ["do"]}
        headers = BROWSER | OURS | {"Cookie": self.signed_in(role, office)}
        return self.client.post(
            f"/desk/cases/{walk.view['id']}/{verb}",
            data=sent,
            headers=headers,
            follow_redirects=False,
        )

    def signed_in(self, role: Role, office: Department) -> str:
        who = f"{role} {office.code}"
        if who not in self.cookies:
            token = self.as_(role, department=office)["Authorization"].removeprefix("Bearer ")
            reply = self.client.post(
                "/sign-in", data={"token": token}, headers=BROWSER | OURS, follow_redirects=False
            )
            self.cookies[who] = reply.headers["set-cookie"].partition(";")[0]
            self.client.cookies.clear()
        return self.cookies[who]


def _places(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every field of a body that holds one value, except the outcome."""
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _places(value)
        elif isinstance(value, str) and key != "outcome":
            yield body, key


@pytest.mark.parametrize("seed", range(count(2, 8)))
def test_what_a_page_refuses_the_api_refuses_in_the_same_words(
    client: TestClient, as_: Badges, seed: int
):
    both, refused = Both(client, as_, Random(seed)), 0  # noqa: S311 - no secret
    roles = sorted(PERSONS_ROLES)
    for _ in range(PAIRS):
        walk = both.case()
        verb, body = both.body(walk)
        able = sorted(RIGHTS[verb].roles & PERSONS_ROLES)
        likely = able if both.random.random() < LIKELY else roles
        who = both.random.choice(likely), both.random.choice(OFFICES)
        size = log_size(client)
        by_api = both.by_api(walk, *who, verb, body)
        if by_api.is_success:
            both.walks = {name: each for name, each in both.walks.items() if each is not walk}
            continue
        by_form = both.by_form(walk, *who, verb, body)
        case = f"{walk.at} {who} {verb} {body}\n{by_api.text}\n{said(by_form)}"
        assert by_form.status_code == by_api.status_code, case
        assert all(sentence in said(by_form) for sentence in _sentences(by_api)), case
        assert log_size(client) == size
        refused += 1
    assert refused > PAIRS * 0.8


def _sentences(reply: Response) -> set[str]:
    """What the API says is wrong; that a field is missing, a page says in other words."""
    problem = reply.json()
    if errors := problem.get("errors"):
        return {each["detail"] for each in errors if each["code"] != "missing"}
    return {problem["detail"]}


def said(reply: Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", reply.text)))
