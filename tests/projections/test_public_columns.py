"""What the public reads: every text comes from a public type, and old texts are masked."""

from typing import Any

import pytest
from sqlalchemy import JSON, String, Text

from domain.case import events as c
from domain.catalogue import events as i
from domain.kernel.aggregate import Event
from domain.values.personal.screen import MASK, found_in
from infrastructure.event_store.serializer import EventMapper
from projections.audit_trail import projection as audit
from projections.catalogue import projection as catalogue
from projections.disclosures import name_search
from projections.disclosures import projection as disclosure
from projections.read_model.tables import catalogue_items, disclosures
from tests import stories as s
from tests.domain.test_events import loaded, sampled, stored
from tests.given import history
from tests.infrastructure.event_store.test_serializer import as_stored
from tests.typed.fields import leaves
from tests.typed.spellings import HOMES, SPELLINGS

CODED = {
    disclosures: {"subject_category", "kind", "record_type", "field", "status"}
    | {"sanction_measures", "sanction_severity"},
    catalogue_items: {"field", "listing"},
}
"""Columns of codes and of labels of codes."""
ISSUES = (c.ApplicationGranted, c.DecisionCorrected)
SOURCES: dict[Any, dict[str, list[tuple[type[Event], str]]]] = {
    disclosures: {
        "code": [(c.CommitmentMade, "code")],
        "subject_name": [(c.CaseOpened, "applicant.name")],
        "name_folded": [(c.CaseOpened, "applicant.name")],
        "subject_code": [(c.CaseOpened, "applicant.code")],
        "legal_representative": [(c.CaseOpened, "legal_representative")],
        "item_code": [(c.CaseOpened, "pinned.item.code")],
        "item_name": [(c.CaseOpened, "pinned.item.name")],
        "accepting_org": [(c.CaseOpened, "pinned.item.department.name")],
        "accepting_code": [(c.CaseOpened, "pinned.item.department.code")],
        "reason": [(c.CaseOpened, "pinned.item.name")],
        "content": [
            (c.CaseOpened, "pinned.terms.conditions"),
            (c.CaseOpened, "pinned.terms.materials.name"),
        ],
        "liability": [(c.CaseOpened, "pinned.terms.consequences")],
        "document_number": [(event, "document.number") for event in ISSUES],
        "document_title": [(event, "document.title") for event in ISSUES],
        "conclusion": [
            (c.InspectionPassed, "conclusion"),
            (c.InspectionPassed, "public_note"),
            (c.Rectified, "conclusion"),
            (c.Rectified, "public_note"),
            (c.PenaltyWaived, "reason"),
        ],
        "unfulfilled_content": [(c.PenaltyImposed, "verdict.unfulfilled_content")],
        "breach_consequence": [(c.PenaltyImposed, "verdict.breach_consequence")],
        "sanction_basis": [
            (c.PenaltyImposed, "basis.kind"),
            (c.PenaltyImposed, "basis.number"),
        ],
    },
    catalogue_items: {
        "item_code": [(i.ItemListed, "item.code")],
        "name": [(i.ItemListed, "item.name")],
        "department": [(i.ItemListed, "item.department.name")],
        "department_code": [(i.ItemListed, "item.department.code")],
        "supervisor": [(i.ItemListed, "item.supervisor.name")],
        "terms": [
            (i.ItemRevised, leaf.name) for leaf in leaves(i.ItemRevised) if leaf.path[0] == "terms"
        ],
    },
}
"""Where the text of each column comes from: the event and the field."""
TABLES = pytest.mark.parametrize("table", SOURCES, ids=lambda table: table.name)
SPELT = [spelling for kind in SPELLINGS.values() for spelling in kind if "\n" not in spelling]


@TABLES
def test_every_text_column_has_a_source(table):
    texts = {each.name for each in table.c if isinstance(each.type, String | Text | JSON)}
    assert texts == SOURCES[table].keys() | CODED[table]


@TABLES
def test_every_source_is_a_public_text_a_code_or_a_label(table):
    for column, sources in SOURCES[table].items():
        for event, path in sources:
            fields = [leaf for leaf in leaves(event) if leaf.name == path]
            assert fields, (column, path)
            assert all(leaf.is_public for leaf in fields), (column, path)


def test_an_internal_text_would_be_found():
    internal = [leaf for leaf in leaves(c.InspectionPassed) if leaf.name == "note"]
    assert [leaf.is_public for leaf in internal] == [False]


# events of earlier releases ----------------------------------------------------------------------


def spoilt(value: Any, spelling: str) -> Any:
    """Returns the JSON with the spelling in every text in Chinese, as earlier releases took it."""
    match value:
        case dict():
            return {name: spoilt(each, spelling) for name, each in value.items()}
        case list():
            return [spoilt(each, spelling) for each in value]
        case str() if any("一" <= character <= "鿿" for character in value):
            return f"{value}，{spelling}，"[-200:]
        case _:
            return value


def read_back(event: Event, spelling: str) -> Event:
    """Returns the event as it is read if its texts were stored with this spelling in them."""
    line = stored(event)
    state = line["state"]
    return EventMapper().to_domain_event(
        as_stored(line | {"state": spoilt(state, spelling) | {"by": state["by"]}})
    )


def folded(fold: Any, events: list[Event]) -> tuple[dict[str, Any], ...]:
    rows: tuple[dict[str, Any], ...] = ()
    for number, event in enumerate(events):
        rows = fold(rows, event, number)
    return rows


STORIES = (s.FULFILLED, s.RECTIFIED, s.PENALIZED)


@pytest.mark.parametrize("spelling", [*SPELT[::3], *HOMES])
def test_old_texts_with_personal_data_are_masked_where_the_public_reads(spelling):
    for story in STORIES:
        events = [read_back(event, spelling) for event in history(*story)]
        shown = [each for each in events if isinstance(each, disclosure._EVENTS)]
        (entry,) = folded(disclosure.fold, shown)
        for name, value in entry.items():
            if isinstance(value, str):
                assert found_in(value, homes=True) == [], name
                assert len(value) <= (getattr(disclosures.c[name].type, "length", None) or 10**6)
        assert MASK in entry["subject_name"] and MASK in entry["content"]
        tails = folded(name_search.fold, events[:1])
        assert not any(found_in(row["tail"]) for row in tails)


@pytest.mark.parametrize("spelling", [*SPELT[::3], *HOMES])
def test_an_old_catalogue_is_masked_too(spelling):
    events = [
        read_back(sampled()[topic], spelling) for topic in ("item/item-listed", "item/item-revised")
    ]
    (row,) = folded(catalogue.fold, events)
    assert found_in(str(row["name"]), homes=True) == []
    assert found_in(str(row["terms"]["conditions"]), homes=True) == []
    assert MASK in str(row["terms"]["consequences"])


def test_the_sentences_of_the_audit_trail_are_masked():
    for event in sampled().values():
        spoiled = read_back(event, SPELT[0])
        (row,) = audit.fold((), spoiled, 1)
        assert found_in(row["sentence"]) == []
        assert found_in(str(row["documents"])) == []


def test_what_an_inspection_published_before_stays_public_as_it_was():
    old = {
        "topic": "case/inspection-passed",
        "id": "00000000-0000-0000-0000-0000000000c1",
        "version": 6,
        "state": {
            "timestamp": "2026-10-30T09:00:00+08:00",
            "by": history(*s.FULFILLED)[-1].by.model_dump(),
            "note": "现场核查与承诺一致，陪同人电话13800138000",
        },
    }
    event = EventMapper().to_domain_event(as_stored(old))
    assert (event.note, event.public_note) == (old["state"]["note"], old["state"]["note"])
    *before, _ = history(*s.FULFILLED)
    concerned = [each for each in before if isinstance(each, disclosure._EVENTS)]
    (entry,) = folded(disclosure.fold, [*concerned, event])
    assert entry["conclusion"] == f"现场核查与承诺一致，陪同人电话{MASK}"
    assert loaded(stored(history(*s.FULFILLED)[-1])).public_note is None
