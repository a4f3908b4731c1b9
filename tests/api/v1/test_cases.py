"""A case over HTTP: replies, versions seen, repeated requests, identities."""

from datetime import datetime

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import Role
from tests.api.conftest import CITIZEN, MOVES, ON_RECORD, PAPER, Badges, Walk, log_size, way_to
from tests.conftest import Clock

STAGE_AFTER = {
    "opened": "received",
    **dict.fromkeys(("received", "asked", "completed", "let in"), "received"),
    "cleared": "eligible",
    "notified": "notified",
    "committed": "committed",
    "declined": "diverted",
    "renotified": "notified",
    "withdrawn": "diverted",
    "granted": "granted",
    "refused": "refused",
    "supplied": "granted",
    "accepted": "granted",
    "returned": "granted",
    "fulfilled": "fulfilled",
    "breached": "breached",
    "rectifying": "rectifying",
    "rectified": "fulfilled",
    "unrectified": "unrectified",
    "defiant": "unrectified",
    "forewarned": "unrectified",
    "heard": "unrectified",
    "waived": "unrectified",
    "penalized": "penalized",
    "spared": "spared",
    "checked": "committed",
    "corrected": "granted",
    "delivered": "granted",
    "amended": "granted",
    "reachable": "received",
}
ENDS = [name for name in MOVES if name not in {move.after for move in MOVES.values()}]
CLERK, DECIDER, INSPECTOR, AUDITOR = "intake_clerk", "decision_officer", "inspector", "auditor"


def kind_for(step: str) -> str:
    return "deferred_materials" if "supplied" in way_to(step) else "notice_commitment"


# endpoints --------------------------------------------------------------------------------------


def test_every_step_has_an_expected_stage():
    assert set(STAGE_AFTER) == set(MOVES)


def test_opening_a_case_returns_its_location(walk: Walk):
    reply = walk.attempt("opened")
    assert (reply.status_code, reply.headers["ETag"]) == (201, '"1"')
    assert reply.headers["Location"] == f"/api/v1/cases/{reply.json()['id']}"
    there = walk.client.get(reply.headers["Location"], headers=walk.as_(CLERK))
    assert there.json() == reply.json()


def test_every_command_increments_the_version_of_the_case(
    client: TestClient, as_: Badges, subtests: pytest.Subtests
):
    for end in ENDS:
        with subtests.test(end):
            walk = Walk(client, as_, kind_for(end)).suits(end)
            for version, step in enumerate(way_to(end), start=1):
                reply = walk.attempt(step)
                walk.at, walk.view = step, reply.json()
                assert reply.status_code == (201 if MOVES[step].verb == "open" else 200)
                assert reply.headers["ETag"] == f'"{version}"'
                assert (walk.view["version"], walk.view["stage"]) == (version, STAGE_AFTER[step])
                assert walk.get(role=MOVES[step].role).json() == walk.view


def test_the_case_of_an_applicant_on_record_is_diverted(walk: Walk):
    walk.applicant = ON_RECORD
    assert walk.to("cleared").view["stage"] == "diverted"
    assert [action["name"] for action in walk.view["actions"]] == ["contact"]


def test_the_view_shows_the_state_of_each_deferred_material(client: TestClient, as_: Badges):
    shown = {"granted": "awaited", "supplied": "supplied", "accepted": "accepted"}
    for step, state in (shown | {"returned": "awaited"}).items():
        view = Walk(client, as_, "deferred_materials").to(step).view
        states = {each["code"]: each["state"] for each in view["supplements"]}
        assert states == {"M-02": state, "M-03": "awaited"}


def test_a_command_without_fields_needs_no_body(walk: Walk):
    walk.to("opened")
    for verb, version in (("query", 2), ("notify", 3)):
        reply = walk.client.post(f"{walk.url}/{verb}", headers=walk.as_(CLERK))
        assert (reply.status_code, reply.json()["version"]) == (200, version)


def test_the_view_of_a_penalized_case_shows_commitment_breach_and_sanction(walk: Walk):
    shown = walk.to("penalized").view
    assert shown["breach"]["finding"] == "没有专职人员"
    assert shown["sanction"]["imposed"] == ["H1"]
    assert shown["sanction"]["basis"]["number"] == "义市监罚〔2026〕31号"
    assert shown["commitment"]["code"] == "41128120260928000001"
    assert shown["decision"]["title"] == "食品经营许可证"
    assert [each["action"] for each in shown["duties"]] == ["deliver"]


# what may be done next --------------------------------------------------------------------------

DECIDED = {CLERK: "contact deliver", DECIDER: "amend correct deliver"}
"""Beside the line, from the decision on."""
NEXT = {
    "opened": {CLERK: "contact query withdraw", DECIDER: "correct query"},
    "notified": {CLERK: "commit contact renotify withdraw", DECIDER: "correct"},
    "committed": {CLERK: "contact withdraw", DECIDER: "correct decide"},
    "granted": DECIDED | {INSPECTOR: "inspect"},
    "breached": DECIDED | {INSPECTOR: "rectify"},
    "rectifying": DECIDED | {INSPECTOR: "inspect rectify"},
    "unrectified": DECIDED | {INSPECTOR: "forewarn", DECIDER: f"{DECIDED[DECIDER]} penalize"},
    "forewarned": DECIDED
    | {
        "hearing_chair": "hear",
        "legal_reviewer": "hear",
        DECIDER: f"{DECIDED[DECIDER]} penalize",
    },
    "penalized": DECIDED,
}


def offered(reply: Response) -> str:
    return " ".join(sorted(action["name"] for action in reply.json()["actions"]))


def test_a_reply_offers_what_this_role_may_do_next_and_nothing_else(walk: Walk):
    readers = (CLERK, DECIDER, INSPECTOR, "hearing_chair", "legal_reviewer", AUDITOR, "supervisor")
    for step, of_roles in NEXT.items():
        walk.to(step)
        assert {role: offered(walk.get(role=role)) for role in readers} == {
            role: of_roles.get(role, "") for role in readers
        }


def test_the_decider_is_not_offered_the_inspection(walk: Walk):
    walk.to("granted")
    headers = walk.as_(INSPECTOR, person="decision_officer-01")
    assert offered(walk.client.get(walk.url, headers=headers)) == ""


def test_an_action_holds_its_label_method_and_url(walk: Walk):
    withdraw = walk.to("committed").view["actions"][0]
    href = f"{walk.url}/withdraw"
    assert withdraw == {"name": "withdraw", "label": "撤回申请", "method": "POST", "href": href}


# the version seen -------------------------------------------------------------------------------


def test_the_refusal_of_a_stale_version_names_the_current_one(walk: Walk):
    size = log_size(walk.to("cleared").client)
    reply = walk.attempt("notified", If_Match='"1"')
    assert (reply.status_code, reply.json()["code"]) == (412, "stale-version")
    assert reply.json()["version"] == 2
    assert log_size(walk.client) == size


def test_the_current_version_and_no_version_are_accepted(client: TestClient, as_: Badges):
    for headers in ({}, {"If_Match": "*"}, {"If_Match": '"2"'}):
        assert Walk(client, as_).to("cleared").attempt("notified", **headers).status_code == 200


def test_a_foreign_etag_matches_no_version(walk: Walk):
    walk.to("cleared")
    for tag in ('W/"2"', '"two"', '""', '"-2"', '"02"', '"0"', '"9999999999"'):
        reply = walk.attempt("notified", If_Match=tag)
        assert (reply.status_code, reply.json()["code"]) == (412, "stale-version"), tag
        assert "-1" not in reply.json()["detail"]
    assert walk.get().json()["version"] == 2


# repeated requests ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["opened", "committed"])
def test_a_repeated_request_gets_the_same_reply_and_is_executed_once(
    walk: Walk, clock: Clock, step: str
):
    move = MOVES[step]
    if move.after:
        walk.to(move.after)
    body = move.says(walk)
    first = walk.post(move.verb, body, Idempotency_Key="k-1", **walk.as_(move.role))
    size = log_size(walk.client)
    clock.go_on(days=3)  # now the credit query itself would be possible again
    again = walk.post(move.verb, body, Idempotency_Key="k-1", **walk.as_(move.role))
    assert first.is_success
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("ETag", "Location"):
        assert again.headers.get(header) == first.headers.get(header)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert log_size(walk.client) == size


def test_a_repeated_request_gets_the_first_reply_even_after_later_commands(walk: Walk):
    first = walk.to("cleared").attempt("notified", Idempotency_Key="k-1")
    walk.at, walk.view = "notified", first.json()
    walk.to("granted")
    assert walk.attempt("notified", Idempotency_Key="k-1").content == first.content


def test_a_key_used_for_another_request_is_refused(walk: Walk, client: TestClient, as_: Badges):
    first = walk.to("opened").attempt("cleared", Idempotency_Key="k-1")
    assert first.status_code == 200
    size, other = log_size(client), Walk(client, as_).to("opened")
    for reply in (
        walk.attempt("notified", Idempotency_Key="k-1"),  # another verb
        other.attempt("cleared", Idempotency_Key="k-1"),  # another case
        walk.attempt("opened", Idempotency_Key="k-1"),  # other facts
        walk.attempt("cleared", Idempotency_Key="k-1", If_Match='"1"'),  # another version
    ):
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency-key-reused")
    assert log_size(client) == size + 1


def test_two_persons_may_use_the_same_key(walk: Walk):
    mine = walk.attempt("opened", Idempotency_Key="k-1")
    theirs = walk.post(
        "open", walk.application, Idempotency_Key="k-1", **walk.as_(CLERK, "another")
    )
    assert theirs.status_code == 201
    assert theirs.json()["id"] != mine.json()["id"]


def test_a_refused_request_leaves_its_key_unused(walk: Walk):
    walk.to("opened")
    assert walk.attempt("notified", Idempotency_Key="k-1").status_code == 409
    walk.to("cleared")
    reply = walk.attempt("notified", Idempotency_Key="k-1")
    assert reply.status_code == 200
    assert "Idempotency-Replayed" not in reply.headers


def test_a_key_has_1_to_200_characters(walk: Walk):
    statuses = [walk.attempt("opened", Idempotency_Key="k" * n).status_code for n in (0, 200, 201)]
    assert statuses == [422, 201, 422]


# natural persons --------------------------------------------------------------------------------


def test_a_person_is_shown_by_reference_and_identified_on_demand(walk: Walk):
    walk.applicant = CITIZEN
    walk.to("penalized")
    shown = walk.get().text + walk.get("/history").text
    assert walk.view["applicant"]["kind"] == "person"
    assert set(walk.view["applicant"]) == {"kind", "ref"}
    assert not [secret for secret in (CITIZEN["name"], CITIZEN["id_number"]) if secret in shown]
    details = walk.get("/applicant", role=Role.DECISION_OFFICER)
    known = {"version": 1, "origin": "given", "origin_label": "受理时登记", "guardian": None}
    known |= {"document": "resident_id", "document_label": "居民身份证", "country": None}
    known |= {"born": "1990-01-01"}
    since = walk.view["opened_at"]
    assert details.json() == {name: CITIZEN[name] for name in ("name", "id_number")} | known | {
        "since": details.json()["since"]
    }
    assert datetime.fromisoformat(details.json()["since"]) == datetime.fromisoformat(since)


def test_the_identity_of_an_organisation_is_not_found(walk: Walk):
    assert walk.to("opened").get("/applicant", role=CLERK).status_code == 404


def test_the_letter_must_cite_the_notice(walk: Walk):
    walk.to("notified")
    body = MOVES["committed"].says(walk)
    body["letter"]["notice_digest"] = PAPER
    reply = walk.post("commit", body, **walk.as_(CLERK))
    assert (reply.status_code, reply.json()["rule"]) == (409, "letter_cites_the_notice")
