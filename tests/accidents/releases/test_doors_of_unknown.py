"""Over HTTP: a case of a newer release answers 503 with a code of its own, and lists go on."""

from uuid import UUID

import pytest

from domain.catalogue.item import item_id
from tests.accidents.releases.foreign import FOREIGN, arrives
from tests.api.conftest import ITEM, Walk, project, the_service
from tests.api.http.test_problems import is_problem
from tests.support.browser_client import Visitor
from tests.support.review_client import NOTIFY, Door

CODE = "written-by-newer-release"
READS = ("", "/history", "/diff", "/applicant", "/proof", "/bundle")
STREAM_READS = ("", "/history", "/diff", "/actions")
LISTS = {
    "/api/v1/cases": "auditor",
    "/api/v1/worklist": "inspector",
    "/api/v1/disclosures": "auditor",
    "/api/v1/audit": "auditor",
    "/api/v1/catalogue": "auditor",
    "/api/v1/tolerance-reviews": "auditor",
    "/api/v1/outbox": "operator",
}


def refuses(reply):
    """Asserts that a reply says what happened, and when to come again."""
    assert "由更新的版本写入" in is_problem(reply, CODE)["detail"]
    assert reply.headers["Retry-After"]
    return True


@pytest.fixture
def foreign(walk: Walk) -> Walk:
    """A granted case to which a newer release has added an event."""
    walk.to("granted")
    arrives(the_service(walk.client), UUID(walk.view["id"]))
    return walk


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_case_is_refused_whatever_is_foreign_about_its_event(walk: Walk, kind):
    walk.to("granted")
    arrives(the_service(walk.client), UUID(walk.view["id"]), kind)
    assert refuses(walk.get()) and refuses(walk.attempt("fulfilled"))


def test_every_read_of_such_a_case_is_refused(foreign: Walk):
    moments, auditor = {"from": 1, "to": 2}, foreign.as_("auditor")
    stream = f"/api/v1/audit/streams/{foreign.view['id']}"
    places = [foreign.url + what for what in READS] + [stream + what for what in STREAM_READS]
    for place in places:
        as_ = foreign.as_("decision_officer") if place.endswith("/applicant") else auditor
        assert refuses(foreign.client.get(place, params=moments, headers=as_)), place


@pytest.mark.parametrize("verb", ["fulfilled", "breached", "corrected", "withdrawn", "granted"])
def test_nothing_can_be_done_to_such_a_case(foreign: Walk, verb):
    size = the_service(foreign.client).log_size()
    assert refuses(foreign.attempt(verb))
    assert refuses(foreign.attempt(verb, If_Match='"5"', Idempotency_Key="k-1"))
    assert the_service(foreign.client).log_size() == size


def test_a_version_before_it_is_refused_as_well(foreign: Walk):
    assert refuses(foreign.get(version=5))


def test_a_command_that_was_done_before_is_answered_as_it_was(walk: Walk):
    walk.to("committed")
    done = walk.attempt("granted", Idempotency_Key="once")
    arrives(the_service(walk.client), UUID(walk.view["id"]))
    again = walk.attempt("granted", Idempotency_Key="once")
    assert (again.status_code, again.json()["version"]) == (200, done.json()["version"])


@pytest.mark.parametrize("path", LISTS)
def test_lists_go_on(foreign: Walk, path):
    project(foreign.client)
    assert foreign.client.get(path, headers=foreign.as_(LISTS[path])).status_code == 200


def test_other_cases_go_on(foreign: Walk):
    Walk(foreign.client, foreign.as_).to("fulfilled")


def test_a_tolerance_review_of_a_newer_release_is_refused_alike(client, as_):
    door = Door(client, as_)
    place = door.begins()
    arrives(the_service(client), UUID(place.rpartition("/")[2]))
    assert refuses(door.get(place)) and refuses(door.get(f"{place}/history"))
    notify = client.post(f"{place}/notify", json=NOTIFY, headers=door.reviewer())
    assert refuses(notify)


def test_a_review_cannot_be_asked_for_about_such_a_case(client, as_):
    door = Door(client, as_)
    arrives(the_service(client), UUID(door.case))
    assert refuses(door.asks())


def test_an_item_of_a_newer_release_takes_no_command_and_opens_no_case(walk: Walk):
    arrives(the_service(walk.client), item_id(ITEM.code))
    refuses(walk.attempt("opened"))
    delist = f"/api/v1/catalogue/{ITEM.code}/delist"
    headers = walk.as_("catalog_admin")
    refuses(walk.client.post(delist, json={"reason": "不再适用"}, headers=headers))


def test_pages_say_it_in_chinese(foreign: Walk):
    visitor = Visitor(foreign.client, foreign.as_)
    visitor.sign_in()
    case = foreign.view["id"]
    for path in (f"/audit/streams/{case}", f"/audit/streams/{case}/bundle"):
        reply = foreign.client.get(path)
        assert reply.status_code == 503, reply.text
        assert "由更新的版本写入" in reply.text


def test_the_public_reads_that_an_entry_is_being_updated(foreign: Walk):
    client, code = foreign.client, foreign.view["commitment"]["code"]
    api, page = f"/api/v1/disclosures/{code}", f"/disclosures/{code}"
    project(client)
    for place in (page, "/"):
        assert "正在更新" in client.get(place, headers={"Accept": "text/html"}).text
    entry = client.get(api).json()
    assert (entry["status"], entry["updating"]) == ("supervised", True)
    lines = client.get("/api/v1/disclosures").json()["items"]
    assert [line["updating"] for line in lines] == [True]


def test_an_entry_that_lacks_nothing_is_not_said_to_be_updated(foreign: Walk):
    client, other = foreign.client, Walk(foreign.client, foreign.as_).to("granted")
    project(client)
    code = other.view["commitment"]["code"]
    assert client.get(f"/api/v1/disclosures/{code}").json()["updating"] is False
    page = client.get(f"/disclosures/{code}", headers={"Accept": "text/html"}).text
    assert "正在更新" not in page


def test_the_public_reads_that_an_item_is_being_updated(walk: Walk):
    arrives(the_service(walk.client), item_id(ITEM.code))
    project(walk.client)
    lines = walk.client.get("/api/v1/catalogue").json()["items"]
    assert {line["item_code"] for line in lines if line["updating"]} == {ITEM.code}
    assert "正在更新" in walk.client.get(f"/catalogue/{ITEM.code}").text
    assert "正在更新" in walk.client.get("/catalogue").text


def test_operators_see_why_and_what_to_do(foreign: Walk):
    project(foreign.client)
    mine = foreign.as_("operator")
    parked = foreign.client.get("/api/v1/projections/parked", headers=mine).json()
    assert {(each["reason"], each["remedy"]) for each in parked} == {
        ("unknown", "请升级到写入它的版本，升级后自动处理")
    }
    shown = foreign.client.get("/api/v1/projections", headers=mine).json()
    assert {each["parked"] for each in shown} == {1}
