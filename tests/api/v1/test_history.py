"""The past states of a case, at any version or instant, and its whole history."""

from datetime import datetime
from uuid import UUID, uuid4

from httpx2 import Response

from tests.api.conftest import MOVES, Walk, way_to
from tests.conftest import Clock
from tests.given import DAY_1

instant = datetime.fromisoformat
HISTORY_ENTRY = {
    "position", "version", "topic", "at", "right_at", "recorded_at", "by", "role_label", "channel",
    "channel_label", "command", "command_label", "correlation", "causation", "cause", "sentence",
    "facts", "changes", "documents",
}  # fmt: skip


# past states ------------------------------------------------------------------------------------


def without_actions(reply: Response) -> dict[str, object]:
    return {name: value for name, value in reply.json().items() if name != "actions"}


def test_a_case_is_shown_as_it_was_at_every_version(walk: Walk, clock: Clock):
    then = []
    for step in way_to("granted"):
        then.append(without_actions(walk.to(step).get()))
        clock.go_on(minutes=20)
    for version, shown in enumerate(then, start=1):
        assert without_actions(walk.get(version=version)) == shown
        assert walk.get(version=version).headers["ETag"] == f'"{version}"'


def test_a_case_is_shown_as_it_was_at_every_instant(walk: Walk, clock: Clock):
    walk.to("opened")
    clock.go_on(hours=1)
    walk.to("cleared")
    day = DAY_1.date().isoformat()
    for at, version in (
        (f"{day}T09:00:00+08:00", 1),  # the instant of the first event
        (f"{day}T09:59:59.999999+08:00", 1),
        (f"{day}T01:30:00Z", 1),  # between the two events, in another time zone
        (f"{day}T10:00:00+08:00", 2),
    ):
        assert walk.get(at=at).json()["version"] == version, at


NEVER = [
    ({"at": "2026-09-28T08:59:59+08:00"}, 404),
    ({"at": "2026-09-28T09:30:00"}, 422),
    ({"at": "yesterday"}, 422),
    ({"at": "2036-01-01T00:00:00+08:00"}, 404),
    ({"version": 0}, 422),
    ({"version": -1}, 422),
    ({"version": 2}, 404),
    ({"version": "one"}, 422),
    ({"version": 2**31}, 422),
    ({"version": 10**30}, 422),
]


def test_a_version_or_instant_that_never_existed_is_refused(walk: Walk):
    walk.to("opened")
    for query, status in NEVER:
        assert walk.get(**query).status_code == status, query


def test_an_unknown_case_is_not_found(walk: Walk):
    walk.view = {"id": str(uuid4())}
    assert {walk.get(what).status_code for what in ("", "/history")} == {404}
    assert walk.attempt("cleared").status_code == 404


# the whole history ------------------------------------------------------------------------------


def test_the_history_holds_every_field_of_every_event(walk: Walk, clock: Clock):
    for step in way_to("penalized"):
        walk.to(step)
        clock.go_on(minutes=1)
    entries = walk.get("/history").json()
    assert [entry["version"] for entry in entries] == list(range(1, 12))
    assert all(set(entry) == HISTORY_ENTRY for entry in entries)
    for entry, step in zip(entries, way_to("penalized"), strict=True):
        role = MOVES[step].role
        assert (entry["by"]["role"], entry["by"]["person"]) == (role, f"{role}-01")
        office = entry["by"]["department"]["name"]
        assert entry["sentence"].startswith(f"{office}{role.label}（{role}-01）")
    moments = [entry["at"] for entry in entries]
    assert len(set(moments)) == len(entries)
    assert moments == sorted(moments)
    assert all(
        datetime.fromisoformat(e["at"]) == datetime.fromisoformat(e["recorded_at"]) for e in entries
    )
    positions = [entry["position"] for entry in entries]
    first, letter = positions[0], positions[0] + 4
    assert positions == [n for n in range(first, first + 12) if n != letter], "the letter was filed"
    assert entries[-1]["topic"] == "case/penalty-imposed"
    assert entries[-1]["facts"]["basis"]["number"] == "义市监罚〔2026〕31号"


def test_the_history_holds_the_channel_and_the_request(walk: Walk):
    request = str(uuid4())
    opened = walk.attempt("opened", X_Request_Id=request)
    walk.at, walk.view = "opened", opened.json()
    cleared = walk.attempt("cleared")
    first, second = walk.get("/history").json()
    assert (first["channel"], first["correlation"]) == ("counter", request)
    assert opened.headers["X-Request-Id"] == request
    assert (second["channel"], second["causation"]) == ("counter", None)
    assert second["correlation"] == cleared.headers["X-Request-Id"] != request


def test_a_request_id_that_is_no_uuid_is_replaced(walk: Walk):
    for claimed in ("", "abc", "' or 1=1", "x" * 4000):
        given = walk.attempt("opened", X_Request_Id=claimed).headers["X-Request-Id"]
        assert str(UUID(given)) == given != claimed
