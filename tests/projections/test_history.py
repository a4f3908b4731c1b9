"""The full history: every event with its cause, what it changed, every document that was shown."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

import pytest

from application.execution.context import event_name
from application.execution.ports import Recorded
from domain.case import events as e
from domain.catalogue.item import CatalogueItem
from domain.kernel.aggregate import Event
from domain.tolerance.review import ToleranceReview
from projections.history.entries import changes_between, entries, state_of
from projections.history.words import WORDS, path_label
from tests import stories as s
from tests.application.test_aggregates import EVERY_EVENT
from tests.domain.catalogue.test_item import DELISTED
from tests.domain.test_events import sampled
from tests.given import DAY_1, SYSTEM, fact, history, told
from tests.projections.test_differences import applied
from tests.reviews import REVIEWS
from tests.support.service_driver import STORIES

A_HASH = r"^[0-9a-f]{64}$"
A_NAME = re.compile(r"[a-z][a-z0-9_]*")
CORRELATION = str(UUID(int=7))


def recorded(*facts, of=None, **how: Any) -> list[Recorded]:
    """As the store would hand a stream back, each event recorded when it happened."""
    kind = {"of": of} if of else {}
    usual = {"channel": "counter", "correlation": CORRELATION, "causation": None} | how
    return [
        Recorded(position, event.timestamp, event, **usual)
        for position, event in enumerate(history(*facts, **kind), start=1)
    ]


# what changed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_the_changes_of_every_event_lead_from_one_state_to_the_next(name):
    state: dict[str, Any] = {}
    for number, entry in enumerate(entries(recorded(*STORIES[name])), start=1):
        state = applied(entry.changes, state)
        assert state == state_of(told(*STORIES[name][:number]))
        assert (entry.position, entry.version) == (number, number)


def test_a_catalogue_item_has_a_history_like_any_stream():
    shown = list(entries(recorded(*DELISTED, of=CatalogueItem)))
    listings = [c for entry in shown for c in entry.changes if c.path == "/listing"]
    assert [(c.label, c.before_label, c.after_label) for c in listings] == [
        ("清单状态", None, "已列入清单"),
        ("清单状态", "已列入清单", "已启用"),
        ("清单状态", "已启用", "已移出清单"),
    ]


def test_a_change_is_said_in_words():
    *_, granted = entries(recorded(*s.GRANTED))
    found = {change.path: change for change in granted.changes}
    stage, owed = found["/stage"], found["/owed/0/action"]
    assert (stage.label, stage.before_label, stage.after_label) == ("所处阶段", "已承诺", "已准予")
    assert (owed.label, owed.before_label, owed.after_label) == (
        "待办·第1项·事项",
        "作出决定",
        "履约核查",
    )
    added = found["/said/case~1application-granted"]
    assert (added.label, added.how.label, added.before) == ("已经办理·作出决定", "新增", None)


def test_every_place_in_a_case_has_its_chinese_name():
    events = [(story, number) for story in STORIES.values() for number in range(1, len(story))]
    strange = set()
    for story, number in events:
        earlier, later = history(*story[:number]), history(*story)
        labels = " ".join(change.label for change in changes_between(earlier, later))
        strange |= set(re.findall(r"[A-Za-z][\w/-]*", labels))
    assert strange <= {"SHA", "M-01", "M-02", "M-03"}


def test_every_place_in_a_review_has_its_chinese_name():
    for story in REVIEWS.values():
        for number in range(1, len(story)):
            then, now = (history(*part, of=ToleranceReview) for part in (story[:number], story))
            labels = " ".join(change.label for change in changes_between(then, now))
            assert not re.findall(r"[A-Za-z][\w/-]*", labels)


def test_every_field_of_an_event_has_its_chinese_name():
    asked = [history(*story, of=ToleranceReview)[0] for story in REVIEWS.values()]  # each ground
    events = (*sampled().values(), *asked)
    names = {name for event in events for name in _names(event.model_dump(mode="json"))}
    assert names - set(WORDS) - {"originator_id", "originator_version", "originator_topic"} == set(
        ("timestamp", "person", "role")
    )


def _names(value: Any) -> Iterator[str]:
    for name, inside in value.items() if isinstance(value, dict) else ():
        yield name
        yield from _names(inside)
    for inside in value if isinstance(value, list) else ():
        yield from _names(inside)


def test_a_place_that_has_no_word_shows_as_it_is():
    assert path_label("/supplements/M-02/colour", {}) == "容缺材料·M-02·colour"
    assert path_label("/said/case~1opened", {"case/opened": "受理"}) == "已经办理·受理"


# documents --------------------------------------------------------------------------------------


def hashes(event: type[Event]) -> set[str]:
    """Where this class of event keeps hashes, worked out from its JSON schema."""
    schema = event.model_json_schema()
    return set(_hashes(schema, schema.get("$defs", {})))


def _hashes(part: Any, known: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    if "$ref" in part:
        part = known[part["$ref"].rpartition("/")[2]]
    if part.get("pattern") == A_HASH:
        yield ".".join(path)
    for name, inside in part.get("properties", {}).items():
        yield from _hashes(inside, known, (*path, name))
    for way in ("anyOf", "oneOf", "allOf"):
        for inside in part.get(way, ()):
            yield from _hashes(inside, known, path)
    if "items" in part:
        yield from _hashes(part["items"], known, path)


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: event.TOPIC)
def test_every_hash_that_an_event_keeps_is_a_document_of_the_history(event):
    assert set(event.SHOWS) == hashes(event)


def test_hashes_are_found_however_deep():
    assert hashes(e.CommitmentMade) == {"letter.notice_digest", "letter.digest"}
    assert hashes(e.CreditExcluded) == {"answer.report_sha256"}
    assert hashes(e.CaseWithdrawn) == set()


def test_a_document_is_shown_with_its_name_and_hash():
    made = history(*s.COMMITTED)[-1]
    assert isinstance(made, e.CommitmentMade)
    assert made.documents_shown == [
        ("所引的告知书", made.letter.notice_digest),
        ("信用承诺书", s.digest("letter")),
    ]
    supplied = history(*s.DEFERRED_SUPPLIED)[-1]
    assert supplied.documents_shown == [("补交材料M-02", s.digest("health"))]
    assert history(*s.WITHDRAWN)[-1].documents_shown == []


# cause ------------------------------------------------------------------------------------------


def test_a_cause_in_the_same_stream_is_shown_by_its_sentence():
    told = recorded(*s.RECTIFYING)
    order = told[-1].event
    failed = fact(e.RectificationFailed, by=SYSTEM, **s.UNRECTIFIED[-1].said)
    late = history(*s.RECTIFYING, failed)[-1]
    caused = Recorded(9, DAY_1, late, "system", CORRELATION, event_name(order), "rectify/failed")
    *_, entry = entries([*told, caused])
    assert asdict(entry.cause) == {
        "name": event_name(order),
        "label": "义马市市场监督管理局监管核查（sun）责令限期整改：配备专职管理人员，"
        "期限至2026年11月13日",
        "stream_id": order.originator_id,
        "version": 7,
    }
    assert (entry.command, entry.command_label) == ("rectify/failed", "限期整改")
    assert (entry.role_label, entry.channel_label) == ("系统", "系统")


@pytest.mark.parametrize(
    ("name", "label", "version"),
    [
        ("sweep", "期限届满", None),
        ("import", "导入表格", None),
        ("window 3", "window 3", None),
        (f"{UUID(int=1)}@4", "另一卷宗的第4个事件", 4),
    ],
)
def test_another_cause_is_shown_by_its_name(name, label, version):
    first, *_ = entries(recorded(*s.OPENED, causation=name))
    assert (first.cause.name, first.cause.label, first.cause.version) == (name, label, version)


def test_what_nothing_made_happen_has_no_cause_and_old_events_name_no_command():
    first, *_ = entries(recorded(*s.OPENED))
    assert (first.cause, first.command, first.command_label) == (None, None, None)
