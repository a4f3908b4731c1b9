"""The stored form of events: schemas in golden/events.json, samples in golden/stored_events.jsonl.

`python -m tests.domain.test_events` rewrites the schemas, and adds a sample of every event class or
new schema that has none.  Never edit a line of the samples.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.utils import resolve_topic
from pydantic.json_schema import models_json_schema

from domain.catalogue import events as item_events
from domain.catalogue.item import CatalogueItem, item_id
from domain.files.document import FiledDocument
from domain.files.events import FileReceived
from domain.files.values import MediaType
from domain.kernel.aggregate import Event
from domain.logbook.events import LogRestored
from domain.logbook.restoration import Restoration
from domain.logbook.values import GivenUp
from domain.tolerance.review import ToleranceReview
from domain.wording.entry import ArticleEntry
from tests import stories
from tests.domain.test_lifecycle import EVENTS
from tests.domain.wording.stories import ENTRIES
from tests.given import CLERK, INSPECTOR, Fact, after, fact, history, on
from tests.reviews import REVIEWS

GOLDEN = Path(__file__).parents[1] / "golden"
FORMS, SAMPLES = GOLDEN / "events.json", GOLDEN / "stored_events.jsonl"
RESTORED = fact(
    LogRestored,
    size=176,
    root=f"{'A' * 43}=",
    origin="xinnuo.local/yima/20260928T010000Z",
    given_up=(GivenUp(origin="xinnuo.local/yima", size=352, root=f"{'B' * 43}="),),
    serials_after=10_176,
    manifest="9f" * 32,
    reason="磁盘损坏，恢复到昨晚的备份",
    by=CLERK.model_copy(update={"role": "operator"}),
)
RECEIVED = fact(
    FileReceived,
    owner=UUID(int=7),
    title="信用承诺书",
    sha256="9f" * 32,
    sm3="a3" * 32,
    media_type=MediaType.PDF,
    size=15_360,
)
STREAM = {"originator_id", "originator_version"}


def forms() -> dict[str, Any]:
    """The JSON schema of every topic, without the docstrings, which may change."""
    refs, schema = models_json_schema([(event, "validation") for event in EVENTS])
    return {
        "topics": {event.TOPIC: refs[event, "validation"]["$ref"] for event in EVENTS},
        "$defs": {
            name: {key: part for key, part in form.items() if key != "description"}
            for name, form in sorted(schema["$defs"].items())
        },
    }


def stored(event: Event) -> dict[str, Any]:
    """The event as a sample line; a schema number above 1 is stored in the state."""
    past_the_first = {"schema": len(event.UPCASTERS) + 1} if event.UPCASTERS else {}
    return {
        "topic": event.TOPIC,
        "id": str(event.originator_id),
        "version": event.originator_version,
        "state": past_the_first | json.loads(event.model_dump_json(exclude=STREAM)),
    }


def loaded(line: dict[str, Any]) -> Event:
    event_class, state = resolve_topic(line["topic"]), dict(line["state"])
    for lift in event_class.UPCASTERS[state.pop("schema", 1) - 1 :]:
        state = lift(state)
    envelope = {"originator_id": line["id"], "originator_version": line["version"]}
    return event_class.model_validate_json(json.dumps(state | envelope))


def form(line: dict[str, Any]) -> tuple[str, int]:
    """The topic and the schema number of a sample line."""
    return line["topic"], line["state"].get("schema", 1)


def sampled() -> dict[str, Event]:
    """One event of every class, by topic, taken from the stories."""
    case = [event for story in _stories() for event in history(*story)]
    item = history(
        fact(item_events.ItemListed, item=stories.ITEM, terms=None),
        fact(item_events.ItemRevised, terms=stories.TERMS),
        fact(item_events.ItemActivated),
        fact(item_events.ItemDelisted, reason="法规修改"),
        of=CatalogueItem,
        id=item_id(stories.ITEM.code),
    )
    reviews = (event for story in REVIEWS.values() for event in history(*story, of=ToleranceReview))
    restored = history(RESTORED, of=Restoration)
    entered = [event for story in ENTRIES for event in history(*story, of=ArticleEntry)]
    others = (*entered, *history(RECEIVED, of=FiledDocument), *restored)
    return {event.TOPIC: event for event in (*case, *item, *reviews, *others)}


def _stories() -> Iterable[tuple[Fact, ...]]:
    named = [story for name, story in vars(stories).items() if name.isupper()]
    yield from (story for story in named if isinstance(story, tuple) and _is_story(story))
    yield after(stories.COMMITTED, "query", stories.CLEAN, at=on("2026-09-30"))
    yield after(
        stories.RECTIFYING,
        "refuse_rectification",
        stories.SIGNED_REFUSAL,
        by=INSPECTOR,
        at=stories.SANCTION_DAY,
    )


def _is_story(story: tuple[object, ...]) -> bool:
    return all(isinstance(part, Fact) for part in story)


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLES.read_text().splitlines()]


def test_the_schema_of_every_event_matches_the_golden_file():
    assert forms() == json.loads(FORMS.read_text()), "python -m tests.domain.test_events"


def test_every_event_has_a_sample_of_its_schema():
    assert {(event.TOPIC, len(event.UPCASTERS) + 1) for event in EVENTS} <= set(map(form, lines()))


@pytest.mark.parametrize(
    "line", lines() if SAMPLES.exists() else [], ids=lambda line: line["topic"]
)
def test_every_event_ever_stored_still_loads(line):
    event = loaded(line)
    assert (event.originator_id, event.originator_version) == (UUID(line["id"]), line["version"])
    if form(line) == (event.TOPIC, len(event.UPCASTERS) + 1):
        assert stored(event) == line, "nothing is lost or reworded on the way in and out"


def test_a_story_read_from_the_store_is_the_same_story():
    for story in _stories():
        events = history(*story)
        assert [loaded(json.loads(json.dumps(stored(event)))) for event in events] == events
    for story in REVIEWS.values():
        events = history(*story, of=ToleranceReview)
        assert [loaded(json.loads(json.dumps(stored(event)))) for event in events] == events


@pytest.mark.parametrize(
    ("instant", "day"),
    [("2026-09-28T15:59:59+00:00", "2026-09-28"), ("2026-09-28T16:00:00+00:00", "2026-09-29")],
)
def test_an_event_happened_on_the_day_it_was_in_shanghai(instant, day):
    (event,) = history(
        fact(item_events.ItemActivated, at=datetime.fromisoformat(instant)), of=CatalogueItem
    )
    assert str(event.day) == day


def test_the_facts_of_an_event_exclude_its_envelope():
    (event,) = history(fact(item_events.ItemDelisted, reason="法规修改"), of=CatalogueItem)
    assert event.facts == {"reason": "法规修改"}


if __name__ == "__main__":
    FORMS.write_text(json.dumps(forms(), ensure_ascii=False, indent=1) + "\n")
    samples = lines() if SAMPLES.exists() else []
    known = set(map(form, samples))
    wanted = [stored(sampled()[event.TOPIC]) for event in EVENTS]
    samples += [line for line in wanted if form(line) not in known]
    text = [json.dumps(line, ensure_ascii=False) for line in samples]
    SAMPLES.write_text("\n".join(text) + "\n")
