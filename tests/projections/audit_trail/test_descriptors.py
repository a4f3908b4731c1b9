"""What an event is found by: its action, its ground, the documents that it names."""

import pytest

from domain.kernel.aggregate import Event
from infrastructure.exports.search import find_trail_rows
from infrastructure.projector.rebuild import rebuild
from projections.audit_trail.descriptors import ACTION_OF, ACTIONS, FAMILIES, document_key
from projections.audit_trail.documents import NAMED, TOPICS
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.queries import OLDEST_FIRST, TrailQuery
from projections.read_model.tables import audit_documents, audit_trail
from tests import stories as s
from tests.domain.test_events import sampled
from tests.domain.test_lifecycle import EVENTS
from tests.support.service_driver import Office


def test_every_event_has_its_action_and_every_action_its_chinese_word():
    assert set(ACTION_OF) == set(EVENTS)
    assert set(ACTION_OF.values()) == set(ACTIONS)
    assert all(ACTIONS.values())
    assert {action.partition("/")[0] for action in ACTIONS} == set(FAMILIES)


NUMBER_FIELDS = {"number", "document", "measure_document", "code", "former_numbers"}


def numbers_in(value, name: str = "") -> set[str]:
    """Returns the document numbers in a JSON value; a `code` counts if it has 20 characters."""
    match value:
        case dict():
            return {number for key in value for number in numbers_in(value[key], key)}
        case list():
            return {number for each in value for number in numbers_in(each, name)}
        case str() if name in NUMBER_FIELDS and (name != "code" or len(value) == 20):
            return {value}
        case _:
            return set()


@pytest.mark.parametrize("event", sampled().values(), ids=lambda event: event.TOPIC)
def test_an_event_declares_every_document_number_that_it_contains(event: Event):
    assert set(event.numbers_named) == numbers_in(event.model_dump(mode="json"))


def test_a_document_number_finds_the_event_that_names_it(service):
    case = Office(service).remembers(s.PENALIZED)
    for projection in (AUDIT, NAMED):
        service.projector.catch_up(projection)
    for number, version in (
        ("义市监罚〔2026〕31号", 11),
        ("义市监罚 [2026] 31号", 11),
        ("义市监许〔2026〕108号", 5),
        (s.code(serial=1), 4),
    ):
        with service.engine.connect() as db:
            rows = OLDEST_FIRST.page(
                find_trail_rows(service.engine, TrailQuery(document=number)), 5
            )
            (row,) = db.execute(rows)
        assert (row.stream_id, row.version) == (case, version)
        assert document_key(number) in map(document_key, row.documents)
    assert len(TOPICS) < len(ACTION_OF)


def test_a_rebuild_writes_the_same_rows_again(service):
    Office(service).remembers(s.PENALIZED)
    service.projector.catch_up_all()
    before = {table: _all(service, table) for table in (audit_trail, audit_documents)}
    for projection in (AUDIT, NAMED):
        rebuild(service.projector, projection)
    assert {table: _all(service, table) for table in before} == before
    assert all(before.values())


def _all(service, table):
    with service.engine.connect() as db:
        return sorted(str(row) for row in db.execute(table.select()))
