"""Migrations lead to the schema that the program describes, and can be downgraded to nothing."""

from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from infrastructure import migrations
from infrastructure.database.engine import open_database, writing
from infrastructure.database.schema import events
from infrastructure.migrations import is_current, upgrade
from tests import stories as s
from tests.conftest import migrate
from tests.support.service_driver import SOMEBODY, Office, everything

OURS = {table.name for table in events.metadata.sorted_tables}


@pytest.fixture
def migrated(database_url):
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(migrated):
    """A database whose schema has been downgraded to nothing."""
    downgrade(migrated)
    return migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def untouched(request, tmp_path):
    """A database that never had a schema."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.create_database()
    engine = open_database(url)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        server.drop_database(url)


def downgrade(engine, to="base"):
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("recursive_version_locations", "true")
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def tables(engine):
    return set(inspect(engine).get_table_names())


def differences(engine):
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        return compare_metadata(context, events.metadata)


def test_an_untouched_database_is_brought_to_the_newest_schema(untouched):
    assert not is_current(untouched)
    upgrade(untouched)
    assert is_current(untouched)
    assert tables(untouched) == OURS | {"alembic_version"}
    assert differences(untouched) == []


def test_the_migrated_schema_is_the_one_the_program_describes(migrated):
    assert differences(migrated) == []


def test_a_difference_from_the_described_schema_would_be_seen(migrated):
    with writing(migrated).begin() as db:
        db.execute(text("ALTER TABLE marks ADD COLUMN colour VARCHAR(10)"))
        db.execute(text("DROP INDEX ix_disclosures_code"))
    assert len(differences(migrated)) == 2


def test_a_new_log_is_empty_and_ready(migrated):
    with migrated.connect() as db:
        assert db.execute(text("SELECT head, size FROM log_head")).all() == [(1, 0)]


def test_upgrading_a_database_in_use_changes_nothing(service):
    Office(service).remembers(s.PENALIZED)
    service.projector.catch_up_all()
    before = everything(service.engine)
    migrate(service.settings)
    migrate(service.settings)
    assert everything(service.engine) == before
    assert is_current(service.engine)


def test_an_audit_trail_of_the_first_schema_is_rebuilt_from_the_log(service):
    Office(service).remembers(s.PENALIZED)
    service.projector.catch_up_all()
    downgrade(service.engine, "0005")  # the numbers in the log are claimed by the migration
    migrate(service.settings)
    service.projector.catch_up_all()
    before = everything(service.engine)
    downgrade(service.engine, "0001")
    with writing(service.engine).begin() as db:
        db.execute(text("DELETE FROM projection_positions WHERE projection = 'audit'"))
        db.execute(text("INSERT INTO projection_positions VALUES ('audit', 11)"))
    migrate(service.settings)
    assert service.projector.position("audit") == 0
    service.projector.catch_up_all()
    assert everything(service.engine) == before
    assert differences(service.engine) == []


def test_yesterdays_subjects_are_registered_under_the_newest_of_their_names(service):
    office = Office(service)
    person = office.takes_in(SOMEBODY)
    names = ("义马市千秋食品有限公司", "完全不同的公司", "义马市千秋食品有限公司")
    cases = [office.remembers(s.GRANTED, s.APPLICANT.model_copy(update={"name": n})) for n in names]
    office.remembers(s.GRANTED, s.PERSON)
    before = everything(service.engine)
    downgrade(service.engine, "0005")
    migrate(service.settings)
    after = everything(service.engine)
    assert after["case_summaries"] == before["case_summaries"]
    assert service.repository.vault.reveal(person).details == SOMEBODY
    with service.repository.unit_of_work(office.context(), "") as work:
        assert work.register(s.APPLICANT, s.DAY_1).name == names[-1]
        assert set(work.cases_of(s.APPLICANT)) == set(cases)


def test_the_notice_of_a_sanction_is_owed_in_cases_under_way(service):
    """The release before owed the sanction alone; the notice is due by the same day."""
    office = Office(service)
    unrectified, *others = map(office.remembers, (s.UNRECTIFIED, s.FOREWARNED, s.HEARD, s.GRANTED))
    service.projector.catch_up_all()
    owed = text("SELECT case_id, action, due_on FROM duties ORDER BY action, case_id")

    def duties_of():
        with service.engine.connect() as db:
            return [(UUID(str(row.case_id)), row.action, row.due_on) for row in db.execute(owed)]

    before = duties_of()
    downgrade(service.engine, "0016")
    assert "forewarn" not in {action for _, action, _ in duties_of()}
    migrate(service.settings)
    after = duties_of()
    assert [each[:2] for each in after] == [each[:2] for each in before]
    due = {action: day for id, action, day in after if id == unrectified}
    assert due["forewarn"] == due["penalize"]
    assert len(others) == 3


def test_a_full_downgrade_leaves_nothing_of_ours(migrated):
    downgrade(migrated)
    assert tables(migrated) == {"alembic_version"}
    assert not is_current(migrated)
    if migrated.dialect.name == "postgresql":
        ours = text("SELECT count(*) FROM pg_proc WHERE proname LIKE '%_are_for_ever'")
        with migrated.connect() as db:
            assert db.scalar(ours) == 0


def test_after_a_full_downgrade_the_schema_can_be_created_again(empty):
    upgrade(empty)
    assert is_current(empty)
    assert differences(empty) == []


def test_a_migration_that_fails_half_way_leaves_nothing(empty):
    with writing(empty).begin() as db:
        db.execute(text("CREATE TABLE vault (somebody_elses INTEGER)"))
    with pytest.raises(Exception, match="vault"):
        upgrade(empty)
    assert tables(empty) == {"alembic_version", "vault"}
    assert not is_current(empty)
