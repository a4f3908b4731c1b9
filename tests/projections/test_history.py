"""The full history: every event with its cause, its changes and its documents."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

import pytest

from application.execution.context import event_name
from application.execution.ports import Recorded
from domain.case import events as e
from domain.case.case import Case
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

HASH_PATTERN = r"^[0-9a-f]{64}$"
CORRELATION = str(UUID(int=7))


def recorded(*facts, of=Case, **metadata: Any) -> list[Recorded]:
    """Returns the facts as the store returns a stream, each event recorded at its own time."""
    metadata = {"channel": "counter", "correlation": CORRELATION, "causation": None} | metadata
    return [
        Recorded(position, event.timestamp, event, **metadata)
        for position, event in enumerate(history(*facts, of=of), start=1)
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
    changes = [c for entry in entries(recorded(*DELISTED, of=CatalogueItem)) for c in entry.changes]
    listings = [change for change in changes if change.path == "/listing"]
    assert [(c.label, c.before_label, c.after_label) for c in listings] == [
        ("清单状态", None, "已列入清单"),
        ("清单状态", "已列入清单", "已启用"),
        ("清单状态", "已启用", "已移出清单"),
    ]


def test_a_change_has_chinese_words_for_its_place_and_its_values():
    *_, committed = entries(recorded(*s.COMMITTED))
    changes = {change.path: change for change in committed.changes}
    stage, owed = changes["/stage"], changes["/owed/0/action"]
    assert (stage.label, stage.before_label, stage.after_label) == ("所处阶段", "已告知", "已承诺")
    assert (owed.label, owed.before_label, owed.after_label) == (
        "待办·第1项·事项",
        "承诺",
        "作出决定",
    )
    added = changes["/said/case~1commitment-made"]
    assert (added.label, added.how.label, added.before) == ("已经办理·承诺", "新增", None)


def test_every_place_in_a_case_has_its_chinese_name():
    versions = [(story, number) for story in STORIES.values() for number in range(1, len(story))]
    latin_words = set()
    for story, number in versions:
        earlier, later = history(*story[:number]), history(*story)
        labels = " ".join(change.label for change in changes_between(earlier, later))
        latin_words |= set(re.findall(r"[A-Za-z][\w/-]*", labels))
    assert latin_words <= {"SHA", "M-01", "M-02", "M-03"}


def test_every_place_in_a_review_has_its_chinese_name():
    for story in REVIEWS.values():
        for number in range(1, len(story)):
            parts = (story[:number], story)
            earlier, later = (history(*part, of=ToleranceReview) for part in parts)
            labels = " ".join(change.label for change in changes_between(earlier, later))
            assert not re.findall(r"[A-Za-z][\w/-]*", labels)


def test_every_field_of_an_event_has_its_chinese_name():
    requests = [history(*story, of=ToleranceReview)[0] for story in REVIEWS.values()]
    events = (*sampled().values(), *requests)  # the fields of a request depend on its ground
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


def test_a_field_without_a_chinese_word_is_shown_under_its_own_name():
    assert path_label("/supplements/M-02/colour", {}) == "容缺材料·M-02·colour"
    assert path_label("/said/case~1opened", {"case/opened": "受理"}) == "已经办理·受理"


# documents --------------------------------------------------------------------------------------


def hashes(event: type[Event]) -> set[str]:
    """Returns the paths of the hashes in this class of event, found in its JSON schema."""
    schema = event.model_json_schema()
    return set(_hashes(schema, schema.get("$defs", {})))


def _hashes(schema: Any, definitions: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema.get("pattern") == HASH_PATTERN:
        yield ".".join(path)
    for name, inside in schema.get("properties", {}).items():
        yield from _hashes(inside, definitions, (*path, name))
    for keyword in ("anyOf", "oneOf", "allOf"):
        for inside in schema.get(keyword, ()):
            yield from _hashes(inside, definitions, path)
    if "items" in schema:
        yield from _hashes(schema["items"], definitions, path)


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: event.TOPIC)
def test_every_hash_that_an_event_keeps_is_a_document_of_the_history(event):
    assert set(event.SHOWS) == hashes(event)


def test_hashes_are_found_at_any_depth_of_an_event():
    assert hashes(e.CommitmentMade) == {
        "letter.notice_digest",
        "letter.digest",
        "letter.agency.digest",
    }
    served = {"documents.sha256", "documents.sm3"}
    assert hashes(e.CreditExcluded) == {"answer.report_sha256"} | served
    assert hashes(e.CaseWithdrawn) == served
    assert hashes(e.MaterialAccepted) == set()


def test_a_document_is_shown_with_its_name_and_hash():
    commitment = history(*s.COMMITTED)[-1]
    assert isinstance(commitment, e.CommitmentMade)
    assert commitment.documents_shown == [
        ("所引的告知书", commitment.letter.notice_digest),
        ("信用承诺书", s.digest("letter")),
    ]
    supplied = history(*s.DEFERRED_SUPPLIED)[-1]
    assert supplied.documents_shown == [("补交材料M-02", s.digest("health"))]
    withdrawn = history(*s.WITHDRAWN)[-1]
    assert isinstance(withdrawn, e.CaseWithdrawn)
    (served,) = withdrawn.documents
    assert withdrawn.documents_shown == [
        ("送达文书的内容", served.sha256),
        ("送达文书的内容（SM3）", served.sm3),
    ]
    assert history(*s.DEFERRED_ACCEPTED)[-1].documents_shown == []


# cause ------------------------------------------------------------------------------------------


def test_a_cause_in_the_same_stream_is_shown_by_its_sentence():
    stream = recorded(*s.RECTIFYING)
    order = stream[-1].event
    failed = fact(e.RectificationFailed, by=SYSTEM, **s.UNRECTIFIED[-1].said)
    effect = history(*s.RECTIFYING, failed)[-1]
    caused = Recorded(9, DAY_1, effect, "system", CORRELATION, event_name(order), "rectify/failed")
    *_, entry = entries([*stream, caused])
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
def test_a_cause_outside_the_stream_is_shown_by_a_label(name, label, version):
    first, *_ = entries(recorded(*s.OPENED, causation=name))
    assert (first.cause.name, first.cause.label, first.cause.version) == (name, label, version)


def test_an_event_recorded_without_cause_and_command_is_shown_without_them():
    first, *_ = entries(recorded(*s.OPENED))
    assert (first.cause, first.command, first.command_label) == (None, None, None)
