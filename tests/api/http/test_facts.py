"""Dates, documents and reasons over HTTP: 422 names the field, 409 names the rule."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from domain.values.workdays import local_date
from tests.api.conftest import MOVES, PAPER, Badges, Walk, log_size
from tests.given import MARKET_OFFICE

OFFICE = {"code": MARKET_OFFICE.code, "name": MARKET_OFFICE.name}


def day(walk: Walk, distance: int) -> str:
    return str(local_date(walk.as_.clock()) + timedelta(days=distance))


def attempted(walk: Walk, step: str, **changes: Any) -> Response:
    """Requests a step with some fields of its body replaced; a dict replaces inside a field."""
    move = MOVES[step]
    body = move.says(walk)
    for name, value in changes.items():
        body[name] = {**body[name], **value} if isinstance(value, dict) and name in body else value
    size = log_size(walk.client)
    reply = walk.post(move.verb, body, **walk.as_(move.role))
    assert reply.is_success or log_size(walk.client) == size
    return reply


def refused(reply: Response, rule: str, reason: str) -> None:
    assert reply.status_code == 409, reply.text
    assert (reply.json()["rule"], reason in reply.json()["detail"]) == (rule, True), reply.text


def invalid(reply: Response, pointer: str, reason: str) -> None:
    assert reply.status_code == 422, reply.text
    faults = {error["pointer"].removeprefix("/body"): error for error in reply.json()["errors"]}
    places = {place for place in faults if place.endswith(pointer)}
    assert places, reply.text
    assert reason in faults[places.pop()]["detail"]


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


# the document of a sanction ---------------------------------------------------------------------


@pytest.mark.parametrize("days_early", [1, 366, 3653])
def test_a_document_older_than_the_finding_is_refused_and_the_entry_stays_public(
    walk: Walk, days_early: int
):
    walk.to("waived")
    basis = {"issued_on": day(walk, -days_early)}
    refused(
        attempted(walk, "penalized", basis=basis),
        "issued_on_not_before_the_finding_or_promise",
        "法律文书作出日期不能早于首次发现违诺之日",
    )
    assert attempted(walk, "penalized").is_success


def test_a_judgment_of_2019_is_refused(walk: Walk):
    walk.to("waived")
    judgment = {"kind": "judgment", "number": "（2019）…1号", "issuer": {"name": "某法院"}}
    days = {"issued_on": "2019-01-01", "served_on": "2019-01-02"}
    refused(
        attempted(walk, "penalized", basis=judgment | days, severity="serious"),
        "issued_on_not_before_the_finding_or_promise",
        "裁判文书、仲裁裁决书不能早于签署承诺之日",
    )


@pytest.mark.parametrize("missing", ["issuer", "digest"])
def test_a_document_without_issuer_or_hash_is_refused_with_its_field(walk: Walk, missing: str):
    walk.to("waived")
    body = MOVES["penalized"].says(walk)
    body["basis"] = without(body["basis"], missing)
    reply = walk.post("penalize", body, **walk.as_("decision_officer"))
    invalid(reply, f"/basis/{missing}", "缺少这一项")


def test_a_document_of_another_organ_is_refused(walk: Walk):
    walk.to("waived")
    other = {"code": "11411281005801851C", "name": "义马市住房和城乡建设局"}
    refused(
        attempted(walk, "penalized", basis={"issuer": other}),
        "basis_is_of_the_items_organs",
        "应当由该事项的决定单位或者监管单位作出",
    )


def test_the_number_of_a_document_grounds_one_sanction_only(client: TestClient, as_: Badges):
    first, second = (Walk(client, as_).to("waived") for _ in range(2))
    number = {"number": "义市监罚〔2026〕99号"}
    assert attempted(first, "penalized", basis=number).is_success
    again = attempted(second, "penalized", basis={"number": "义市监罚[2026]099号"})
    refused(again, "number_is_new", "当年已经用过这个文书号")


@pytest.mark.parametrize("spelt", ["1", "０１", "第1号", "1号"])
def test_two_grants_do_not_share_the_number_of_a_document(
    client: TestClient, as_: Badges, spelt: str
):
    first, second = (Walk(client, as_).to("committed") for _ in range(2))
    assert attempted(first, "granted", document={"number": "1"}).is_success
    reply = attempted(second, "granted", document={"number": spelt})
    refused(reply, "number_is_new", "当年已经用过这个文书号")
    reply = attempted(second, "refused", document={"number": spelt})
    refused(reply, "number_is_new", "当年已经用过这个文书号")
    assert attempted(second, "granted").is_success


# what was done, and when ------------------------------------------------------------------------


def test_nothing_was_put_right_before_it_was_ordered(walk: Walk):
    walk.to("rectifying")
    for done_on in ("2016-01-01", day(walk, -1)):
        refused(
            attempted(walk, "rectified", done_on=done_on),
            "done_on_not_before_the_order",
            "整改完成日期不能早于责令整改之日",
        )


TYPED = ["2026-01-01T00:00:00", "20260101", 1798761600, "0001-01-01", "0997-01-01", "9999-12-31"]


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_not_plainly_a_day_is_refused_at_the_door_with_its_field(walk: Walk, typed: Any):
    walk.to("rectifying")
    reply = attempted(walk, "rectified", done_on=typed)
    invalid(reply, "/done_on", "日期")
    assert str(typed) not in reply.text


@pytest.mark.parametrize("typed", [1, "true", "yes", "on", 0.0])
def test_what_is_not_plainly_true_or_false_is_refused_at_the_door(walk: Walk, typed: Any):
    walk.to("notified")
    letter = MOVES["committed"].says(walk)["letter"]
    letter["attested"] = typed
    reply = attempted(walk, "committed", letter=letter)
    assert reply.status_code == 422
    assert "/letter/attested" in reply.text


# reasons for sparing ----------------------------------------------------------------------------

SPARED = {"outcome": "spare", "explanation": "经审查"}


@pytest.mark.parametrize(
    ("reason", "status", "proof", "rule"),
    [
        ("time_barred", "3", None, "sparing_is_proved"),
        ("time_barred", "3", {}, "found_after_the_period_of_prosecution"),
        ("minor_and_corrected", "2", None, "sparing_is_proved"),
        ("minor_and_corrected", "2", {}, "corrected_as_the_reason_says"),
        ("first_and_slight", "1", {}, "corrected_as_the_reason_says"),
        ("no_fault", "1", {}, "fulfilled_only_if_corrected"),
        ("no_fault", "3", None, "sparing_is_proved"),
    ],
)
def test_a_reason_for_sparing_without_its_facts_is_refused(
    walk: Walk, reason: str, status: str, proof: dict[str, str] | None, rule: str
):
    walk.to("unrectified")
    verdict = MOVES["spared"].says(walk)["verdict"] if status != "1" else {}
    facts = {"reason": reason, "verdict": verdict | {"status": status}}
    shown = {} if proof is None else {"proof": {"digest": PAPER}}
    reply = walk.post("penalize", SPARED | facts | shown, **walk.as_("decision_officer"))
    assert (reply.status_code, reply.json()["rule"]) == (409, rule), reply.text


# lists and claims -------------------------------------------------------------------------------


def test_a_measure_is_not_named_twice(walk: Walk):
    walk.to("unrectified")
    invalid(attempted(walk, "forewarned", measures=["H1", "H1"]), "/measures", "同一项不能列两次")
    walk.to("waived")
    invalid(attempted(walk, "penalized", measures=["H1", "H1"]), "/measures", "同一项不能列两次")


def test_a_demand_and_a_material_are_not_listed_twice(walk: Walk):
    twice = walk.application | {"submitted": ["M-01", "M-01", "M-02", "M-03"]}
    reply = walk.post("open", twice, **walk.as_("intake_clerk"))
    invalid(reply, "/submitted", "同一项不能列两次")
    walk.to("breached")
    invalid(attempted(walk, "rectifying", items=["改正", "改正"]), "/items", "同一项不能列两次")


def test_one_officer_spelt_twice_is_not_two(walk: Walk):
    walk.to("rectifying")
    evidence = {"proof": "recorded_by_two", "officers": ["i-01", "I-01"], "digest": PAPER}
    refused(
        attempted(walk, "defiant", evidence=evidence),
        "refusal_is_evidenced",
        "两名以上执法人员的记录",
    )


def test_a_supplement_is_not_inadequate_where_no_material_was_promised(walk: Walk):
    walk.to("granted")
    refused(
        attempted(walk, "breached", kind="supplement_inadequate"),
        "inadequate_only_after_a_review",
        "不能认定补正材料不合格",
    )


def test_a_supplement_that_was_returned_may_be_found_inadequate(client: TestClient, as_: Badges):
    walk = Walk(client, as_, "deferred_materials").to("returned")
    assert attempted(walk, "breached", kind="supplement_inadequate").is_success


def test_a_search_of_the_trail_takes_days_and_no_numbers(client: TestClient, as_: Badges):
    for typed in ("1798761600", "20260101", "2026-01-01T00:00"):
        reply = client.get("/api/v1/audit", params={"since": typed}, headers=as_("auditor"))
        assert reply.status_code == 422, typed
    reply = client.get("/api/v1/audit", params={"since": "2026-01-01"}, headers=as_("auditor"))
    assert reply.status_code == 200


def test_an_instant_is_no_bare_number_of_seconds(walk: Walk):
    walk.to("opened")
    assert walk.get(at="1798761600").status_code == 422
