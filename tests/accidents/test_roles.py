"""Two roles: the password of the service does not open what is kept for ever."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from infrastructure.background import at_work
from infrastructure.container import Container, build
from infrastructure.database.engine import open_database, writing
from infrastructure.database.roles import RIGHTS, NoSuchRole, grant
from infrastructure.database.schema import events
from infrastructure.health.checks import examine
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild
from infrastructure.settings import Settings
from tests import stories as s
from tests.conftest import Clock
from tests.support.postgres import Server
from tests.support.service_driver import Office

APP = "xinnuo_service"
ACTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture(scope="module")
def owner(postgres: Server, migrated_postgres: str) -> Iterator[str]:
    url = postgres.create_database(migrated_postgres)
    engine = open_database(url)
    with writing(engine).begin() as db:
        db.execute(text(f"CREATE ROLE {APP} LOGIN"))
    grant(engine, as_service(url))
    yield url
    engine.dispose()
    postgres.drop_database(url)


def as_service(url: str) -> str:
    return make_url(url).set(username=APP).render_as_string(hide_password=False)


@pytest.fixture
def service(owner: str, template: Path, tmp_path: Path, clock: Clock) -> Iterator[Container]:
    """The service over the database, with the role that may the least."""
    copytree(template / "keys", tmp_path / "keys")
    service = build(Settings(data_dir=tmp_path, database_url=as_service(owner)), clock)
    yield service
    service.close()


def test_every_table_has_its_rights_in_the_table() -> None:
    assert set(RIGHTS) == {table.name for table in events.metadata.tables.values()} | {
        "alembic_version"
    }


def test_the_service_may_do_what_the_table_says_and_nothing_else(service: Container) -> None:
    with service.engine.connect() as db:
        for table in inspect(db).get_table_names():
            may = {
                act
                for act in ACTS
                if db.scalar(text("SELECT has_table_privilege(:t, :a)"), {"t": table, "a": act})
            }
            assert may == {"SELECT", *RIGHTS[table]}, table


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE outbox",
        "DROP TRIGGER events_are_for_ever ON events",
        "DELETE FROM vault",
        "DELETE FROM checkpoints",
        "DELETE FROM commands",
        "UPDATE events SET data = ''",
        "TRUNCATE sessions",
        "CREATE TABLE mine (x int)",
        "DROP FUNCTION note_only_grows CASCADE",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_the_service_cannot(service: Container, statement: str) -> None:
    with pytest.raises(DBAPIError), writing(service.engine).begin() as db:
        db.execute(text(statement))


def test_the_service_does_all_its_work_as_that_role(service: Container, owner: str) -> None:
    office = Office(service)
    office.lists()
    case = office.opens().aggregate.id
    for story in (s.PENALIZED, s.GRANTED, s.COMMITTED):
        office.remembers(story)
    with at_work(service):
        service.projector.catch_up_all()
        service.sealer.seal()
    assert service.verifier.verify().flaws == ()
    assert service.repository.history(case)
    assert [found for found in examine(service) if found.check == "roles"] == []


def test_a_rebuild_by_the_owner_leaves_the_service_its_rights(
    service: Container, owner: str, clock: Clock
) -> None:
    office = Office(service)
    office.remembers(s.PENALIZED, number=900)
    as_owner = build(service.settings.model_copy(update={"database_url": owner}), clock)
    for projection in PROJECTIONS.values():
        rebuild(as_owner.projector, projection)
    assert [found.check for found in examine(as_owner) if found.check == "roles"] == ["roles"]
    as_owner.close()
    office.remembers(s.PENALIZED, number=901)
    service.projector.catch_up_all()
    test_the_service_may_do_what_the_table_says_and_nothing_else(service)


def test_a_role_that_does_not_exist_is_named(owner: str) -> None:
    engine = open_database(owner)
    with pytest.raises(NoSuchRole, match="没有角色“nobody_here”"):
        grant(engine, make_url(owner).set(username="nobody_here").render_as_string())
    engine.dispose()


def test_on_one_role_nothing_is_granted(postgres: Server, migrated_postgres: str) -> None:
    engine = open_database(migrated_postgres)
    grant(engine, migrated_postgres)
    engine.dispose()
