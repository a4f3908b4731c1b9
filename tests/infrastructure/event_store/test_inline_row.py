"""The append itself writes the inline row of a case, with every column that its table has."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Column, MetaData, String, select, text

from domain.case.case import Case
from infrastructure.database.engine import writing
from infrastructure.event_store.batch import batch_of
from infrastructure.event_store.recorder import NO_COMMAND_METADATA
from projections.read_model.tables import case_summaries
from projections.worklist.projection import summary_row
from tests import stories as s
from tests.conftest import migrate
from tests.given import DAY_1, history
from tests.infrastructure.database.test_migrations import downgrade

EVENTS = history(*s.DEFERRED_GRANTED)


def append(service, version, row):
    """Appends one event of the case together with this row."""
    stored = [service.repository.mapper.to_stored_event(EVENTS[version - 1])]
    with service.repository.recorder.commands.connect() as db:
        batch = batch_of(stored, NO_COMMAND_METADATA, DAY_1, inline_row=row)
        service.repository.recorder.append(db.connection.driver_connection, batch)


def stored_row(service, table=case_summaries):
    with service.engine.connect() as db:
        return dict(db.execute(select(table)).one()._mapping)


def other(value):
    """Returns another value of the same type."""
    match value:
        case int():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case _:
            return f"{value}"[::-1]


@pytest.fixture
def row():
    """The inline row of a case, with a value in every column."""
    row = summary_row(Case.replay(EVENTS))
    assert set(row) == set(case_summaries.c.keys())
    assert None not in row.values()
    return row


def test_the_next_append_writes_every_column_of_the_row_anew(service, row):
    append(service, 1, row)
    assert stored_row(service) == row
    changed = {name: value if name == "case_id" else other(value) for name, value in row.items()}
    append(service, 2, changed)
    assert stored_row(service) == changed


def test_a_column_that_a_migration_adds_is_written_as_well(service, row):
    downgrade(service.engine, "0004")
    with writing(service.engine).begin() as db:
        db.execute(text("ALTER TABLE case_summaries ADD COLUMN colour VARCHAR(10)"))
    migrate(service.settings)
    with_colour = case_summaries.to_metadata(MetaData())
    with_colour.append_column(Column("colour", String(10)))
    for version, colour in enumerate(("红", "绿", None), start=1):
        append(service, version, row | {"colour": colour})
        assert stored_row(service, with_colour) == row | {"colour": colour}
