"""The outbox for operators: undelivered messages over HTTP and in the metrics."""

import re
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from infrastructure.container import Container
from infrastructure.outbox.outbox import MessageState
from tests.api.conftest import OPERATORS, Badges, Walk, the_service
from tests.api.http.test_doors import denied, is_forbidden
from tests.conftest import Clock
from tests.infrastructure.projector.test_projector import eventually
from tests.support.fake_platform import becomes, rows, states, taken_in

OUTBOX = "/api/v1/outbox"


@pytest.fixture
def delivered(walk: Walk) -> Container:
    """A service that has delivered two messages: a case was promised and granted."""
    service = the_service(walk.to("granted").client)
    assert eventually(lambda: states(service) == [MessageState.DELIVERED] * 2)
    return service


def figure(client: TestClient, name: str) -> float:
    match = re.search(
        rf"^{re.escape(name)} (\S+)$", client.get(f"{OPERATORS}/metrics").text, re.MULTILINE
    )
    assert match, name
    return float(match[1])


def test_the_running_service_delivers_messages_to_the_platform(delivered: Container, walk: Walk):
    history = delivered.repository.history(UUID(walk.view["id"]))
    topics = {row.position: row.topic for row in taken_in(delivered)}
    assert list(topics.values()) == ["case/commitment-made", "case/application-granted"]
    assert topics.items() <= {each.position: each.event.TOPIC for each in history}.items()


def test_only_operators_see_and_retry_the_outbox(client: TestClient, as_: Badges):
    for role in denied("operator"):
        is_forbidden(client.get(OUTBOX, headers=as_(role)))
        is_forbidden(client.post(f"{OUTBOX}/retry", headers=as_(role)))
    mine = as_("operator")
    assert client.get(OUTBOX, headers=mine).json() == {"items": [], "next": None}
    assert client.post(f"{OUTBOX}/retry", headers=mine).json() == {"renewed": 0}


def test_returned_and_dead_messages_are_listed_and_delivered_again(
    delivered: Container, walk: Walk
):
    mine, client = walk.as_("operator"), walk.client
    first, second = (row.position for row in rows(delivered))
    becomes(delivered, first, MessageState.RETURNED, answer="没有这个承诺编码")
    becomes(delivered, second, MessageState.DEAD, tries=25)
    listed = client.get(OUTBOX, headers=mine).json()["items"]
    assert [(each["position"], each["state_label"]) for each in listed] == [
        (first, "被退回"),
        (second, "已放弃"),
    ]
    assert (listed[0]["topic"], listed[0]["answer"]) == ("case/commitment-made", "没有这个承诺编码")
    only = client.get(OUTBOX, headers=mine, params={"state": "dead"}).json()["items"]
    assert only == listed[1:]
    assert client.post(f"{OUTBOX}/retry?position=999", headers=mine).status_code == 404
    one = client.post(f"{OUTBOX}/retry?position={second}", headers=mine)
    assert one.json() == {"renewed": 1}
    assert states(delivered) == [MessageState.RETURNED, MessageState.WAITING], (
        "held up by the one before"
    )
    assert client.post(f"{OUTBOX}/retry", headers=mine).json() == {"renewed": 1}
    assert eventually(lambda: states(delivered) == [MessageState.DELIVERED] * 2)
    assert client.get(OUTBOX, headers=mine).json()["items"] == []


def test_the_outbox_is_listed_in_pages(delivered: Container, walk: Walk):
    mine, client = walk.as_("operator"), walk.client
    positions = [row.position for row in rows(delivered)]
    for position in positions:
        becomes(delivered, position, MessageState.DEAD)
    page = client.get(OUTBOX, headers=mine, params={"limit": 1}).json()
    then = client.get(OUTBOX, headers=mine, params={"limit": 1, "cursor": page["next"]}).json()
    assert [each["position"] for each in page["items"] + then["items"]] == positions
    assert then["next"] is None


def test_the_metrics_show_the_state_of_the_outbox(delivered: Container, walk: Walk, clock: Clock):
    client, age = walk.client, "xinnuo_outbox_oldest_waiting_seconds"
    assert figure(client, age) == 0
    first, second = (row.position for row in rows(delivered))
    becomes(delivered, first, MessageState.RETURNED)
    becomes(delivered, second, MessageState.WAITING)
    clock.go_on(minutes=2)
    counts = {"waiting": 1, "returned": 1, "dead": 0}
    for state, count in counts.items():
        assert figure(client, f'xinnuo_outbox_messages{{state="{state}"}}') == count
    assert figure(client, age) == 120
    assert client.get(f"{OPERATORS}/readyz").json()["outbox"] == counts
