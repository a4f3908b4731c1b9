"""The serializer reads every event that was ever written, and refuses malformed ones."""

import json
from copy import deepcopy
from functools import reduce
from operator import getitem
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.utils import resolve_topic
from pydantic import ValidationError

from domain.catalogue.events import ItemDelisted
from domain.kernel.aggregate import Event
from domain.kernel.errors import WrittenByNewer
from domain.values.contacts import OrganContact
from infrastructure.event_store.serializer import EventMapper
from tests.domain.test_events import form, lines, loaded
from tests.domain.test_lifecycle import EVENTS
from tests.given import fact, history
from tests.typed.spellings import MOBILE

MAPPER = EventMapper()
STREAM = UUID(int=7)


class RoomBooked(Event, topic="test/room-booked"):
    """An event with three schemas: `room`, a text; then `places`, a list; now places by floor."""

    by_floor: dict[str, tuple[str, ...]]

    UPCASTERS = (
        lambda facts: {k: v for k, v in facts.items() if k != "room"} | {"places": [facts["room"]]},
        lambda facts: (
            {k: v for k, v in facts.items() if k != "places"} | {"by_floor": {"1": facts["places"]}}
        ),
    )


def as_stored(line):
    """Returns a sample as a stored event."""
    state = json.dumps(line["state"], ensure_ascii=False, separators=(",", ":"))
    return StoredEvent(UUID(line["id"]), line["version"], line["topic"], state.encode())


def booked(**facts):
    """Returns the booking as a stored event with the facts of one of its schemas."""
    event = json.loads(history(fact(ItemDelisted, reason="-"))[0].model_dump_json())
    envelope = {"timestamp": event["timestamp"], "by": event["by"]}
    return StoredEvent(STREAM, 3, RoomBooked.TOPIC, json.dumps(envelope | facts).encode())


NEWEST = [
    line for line in lines() if form(line)[1] == len(resolve_topic(line["topic"]).UPCASTERS) + 1
]


@pytest.mark.parametrize("line", NEWEST, ids=lambda line: line["topic"])
def test_every_sample_is_read_and_written_again_to_the_same_bytes(line):
    event = MAPPER.to_domain_event(as_stored(line))
    assert event == loaded(line)
    assert MAPPER.to_stored_event(event) == as_stored(line)


@pytest.mark.parametrize(
    "facts",
    [
        {"room": "302"},
        {"schema": 1, "room": "302"},
        {"schema": 2, "places": ["302"]},
        {"schema": 3, "by_floor": {"1": ["302"]}},
    ],
    ids=["first, not stated", "first", "second", "newest"],
)
def test_an_event_of_an_old_schema_is_upcast_step_by_step_to_the_newest(facts):
    event = MAPPER.to_domain_event(booked(**facts))
    assert event.by_floor == {"1": ("302",)}
    assert (event.originator_id, event.originator_version) == (STREAM, 3)


def test_the_number_of_the_schema_is_written_unless_it_is_the_first():
    upcast = MAPPER.to_domain_event(booked(room="302"))
    again = MAPPER.to_stored_event(upcast)
    assert json.loads(again.state)["schema"] == 3
    assert MAPPER.to_domain_event(again) == upcast
    (first,) = history(fact(ItemDelisted, reason="法规修改"))
    assert b"schema" not in MAPPER.to_stored_event(first).state


def test_stream_and_version_are_columns_and_stand_nowhere_else():
    (event,) = history(fact(ItemDelisted, reason="法规修改"))
    stored = MAPPER.to_stored_event(event)
    assert (stored.originator_id, stored.originator_version) == (event.originator_id, 1)
    assert not {"originator_id", "originator_version"} & set(json.loads(stored.state))
    assert "法规修改".encode() in stored.state, "as text that a person can read"


@pytest.mark.parametrize(
    "facts",
    [
        {"schema": 3, "by_floor": {}, "colour": "绿"},
        {"schema": 3, "by_floor": "绿"},
        {"schema": 3, "by_floor": {"1": [302]}},
        {"schema": 3},
        {"schema": 4, "by_floor": {}},
        {"schema": 0, "by_floor": {}},
        {"schema": "3", "by_floor": {}},
        {"schema": 3, "by_floor": {}, "timestamp": "2026-09-28T09:00:00"},
    ],
    ids=[
        "unknown field",
        "wrong type",
        "wrong type inside",
        "missing field",
        "newer schema",
        "no schema",
        "schema that is no number",
        "no time zone",
    ],
)
def test_an_event_that_does_not_fit_its_schema_is_refused_on_reading(facts):
    with pytest.raises(WrittenByNewer) as refusal:
        MAPPER.to_domain_event(booked(**facts))
    assert "绿" not in f"{refusal.value}{refusal.value.__cause__}", "it never repeats what is said"


def test_a_past_event_is_not_judged_by_later_rules():
    longer = "法" * 201, "1"
    department = {"code": longer[1], "name": ""}
    facts = {"by": {"person": longer[0], "role": "x", "department": department}}
    event = MAPPER.to_domain_event(booked(schema=3, by_floor={}, **facts))
    assert (event.by.person, event.by.department.code) == longer
    with pytest.raises(ValidationError):
        type(event).model_validate(dict(event) | facts)


SEVERE = {
    "ground": "accident_or_false_accusation",
    "kind": "false_accusation",
    "consequence": "查无实据",
    "harm": "severe",
}
CONTACT = ("terms", "contact")
NOBODY = dict.fromkeys(OrganContact.model_fields)
EXPONENT = {
    "ground": "novel_method",
    "novelty": "远程核查",
    "gap": "no_precedent",
    "deviation": "面积有误",
    "loss": "1E+3",
}
BROKEN = {
    "short_text": ("item/item-delisted", ("by", "role"), "法" * 201),
    "staff_id": ("item/item-delisted", ("by", "person"), "wаng"),
    "long_text": ("item/item-delisted", ("reason",), ""),
    "public_line": ("case/application-granted", ("document", "title"), MOBILE),
    "public_text": ("case/inspection-passed", ("public_note",), "家住千秋路1号楼"),
    "without_personal_data": ("item/item-revised", ("terms", "materials", 0, "code"), MOBILE),
    "organ_telephone": ("item/item-revised", CONTACT, NOBODY | {"telephone": MOBILE}),
    "organ_mailbox": ("item/item-revised", CONTACT, NOBODY | {"mailbox": "无"}),
    "organ_website": ("item/item-revised", CONTACT, NOBODY | {"website": "无"}),
    "OrganContact._says_something": ("item/item-revised", CONTACT, NOBODY),
    "credit_code": ("item/item-delisted", ("by", "department", "code"), "1"),
    "item_code": ("case/case-opened", ("pinned", "item", "code"), "1"),
    "material_code": ("case/case-opened", ("pinned", "terms", "materials", 0, "code"), "甲"),
    "Terms._each_once": ("case/case-opened", ("pinned", "terms", "measures"), ["H1", "H1"]),
    "_as_confirmed": ("case/case-opened", ("applicant", "code"), "1"),
    "Terms._content_fits": ("item/item-revised", ("terms", "conditions"), ["条" * 4000]),
    "Terms._liability_fits": ("item/item-revised", ("terms", "consequences"), ["果" * 4000]),
    "_commitment_code": ("case/commitment-made", ("code",), "1"),
    "_used_by_people": ("case/commitment-made", ("letter", "channel"), "system"),
    "_below_severe": ("tolerance/tolerance-requested", ("ground",), SEVERE),
    "_in_plain_digits": ("tolerance/tolerance-requested", ("ground",), EXPONENT),
    "_article_number": ("article/article-entered", ("article",), "第40条"),
    "of_a_plausible_year": ("case/rectified", ("done_on",), "0001-01-01"),
    "each_once.<locals>.check": ("case/sanction-forewarned", ("measures",), ["H1", "H1"]),
}
"""For every rule of an event's values: topic, place in the event, and a value that breaks it."""


@pytest.mark.parametrize(("topic", "place", "value"), BROKEN.values(), ids=BROKEN)
def test_no_rule_of_an_event_is_checked_again_when_it_is_read(topic, place, value):
    line = deepcopy(next(line for line in NEWEST if line["topic"] == topic))
    *way, last = place
    reduce(getitem, way, line["state"])[last] = value
    event = MAPPER.to_domain_event(as_stored(line))
    written = json.loads(MAPPER.to_stored_event(event).state)
    assert reduce(getitem, place, written) == value
    with pytest.raises(ValidationError):
        loaded(line)


def rules(schema):
    """Returns kind and name of every validator function in a core schema."""
    match schema:
        case {"type": str(kind), "function": {"function": function}, **rest}:
            return {(kind, function.__qualname__)} | rules(rest)
        case dict():
            return rules([part for name, part in schema.items() if name != "metadata"])
        case list() | tuple():
            return {rule for part in schema for rule in rules(part)}
        case _:
            return set()


FORMS = {("function-before", "_written_as_a_day")}
"""Checks of the form in which a value has always been written; reading checks them too."""


def test_every_rule_of_an_event_is_a_validator_that_reading_leaves_out():
    found = set().union(*[rules(event.__pydantic_core_schema__) for event in EVENTS])
    assert found - FORMS == {("function-after", name) for name in BROKEN}


def test_an_undeclared_topic_is_refused():
    with pytest.raises(WrittenByNewer):
        MAPPER.to_domain_event(StoredEvent(STREAM, 1, "case/never-declared", b"{}"))
