"""`migrate` makes keys for an empty database only, and takes over those of a used one."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from infrastructure.container import Container, build
from infrastructure.keys.first_keys import KeysRefused
from infrastructure.settings import Settings
from tests.conftest import Clock, migrate
from tests.infrastructure.database.test_migrations import downgrade
from tests.infrastructure.keys.key_damages import DAMAGES, LOG, TOKEN, VAULT
from tests.support.service_driver import SOMEBODY, Office

FILES = [LOG, TOKEN, VAULT]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def untouched(tmp_path: Path) -> Settings:
    """The settings of a folder in which nothing was ever done."""
    return Settings(data_dir=tmp_path / "new")


@pytest.fixture
def used(service: Container, settings: Settings) -> Iterator[Container]:
    """A database of the release before the keys were recorded: a person, a sealed log, its keys."""
    office = Office(service)
    office.lists()
    office.takes_in(SOMEBODY)
    service.sealer.seal()
    downgrade(service.engine, "0010")
    yield service


def sound(settings: Settings) -> bool:
    service = build(settings, Clock())
    found = [*service.keys.findings()]
    service.close()
    return found == []


def test_an_empty_database_gets_three_keys_that_nobody_else_can_read(untouched: Settings):
    before = os.umask(0)
    migrate(untouched)
    os.umask(before)
    folder = untouched.keys_dir
    assert sorted(contents(folder)) == FILES
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert sound(untouched)


def test_two_installations_have_different_keys(untouched: Settings, tmp_path: Path):
    other = Settings(data_dir=tmp_path / "other")
    for each in (untouched, other):
        migrate(each)
    ours, theirs = contents(untouched.keys_dir), contents(other.keys_dir)
    assert all(ours[name] != theirs[name] for name in FILES)


def test_the_second_migration_changes_no_key(untouched: Settings):
    migrate(untouched)
    before = contents(untouched.keys_dir)
    migrate(untouched)
    assert contents(untouched.keys_dir) == before


def test_after_a_migration_that_was_cut_off_the_keys_it_had_made_are_used(untouched: Settings):
    migrate(untouched)
    before = contents(untouched.keys_dir)
    (untouched.data_dir / "xinnuo.db").unlink()
    (untouched.keys_dir / LOG).unlink()
    migrate(untouched)
    assert sound(untouched)
    assert contents(untouched.keys_dir).items() >= {VAULT: before[VAULT]}.items()


@pytest.mark.parametrize("name", [VAULT, TOKEN, LOG])
def test_a_damaged_file_is_not_replaced_even_beside_an_empty_database(
    untouched: Settings, name: str
):
    untouched.keys_dir.mkdir(parents=True, mode=0o700)
    (untouched.keys_dir / name).touch(mode=0o600)
    with pytest.raises(KeysRefused, match=name):
        migrate(untouched)
    assert (untouched.keys_dir / name).read_bytes() == b""


def test_the_keys_of_a_used_database_are_taken_over_as_they_are(
    used: Container, settings: Settings
):
    before = contents(settings.keys_dir)
    migrate(settings)
    assert contents(settings.keys_dir) == before
    assert sound(settings)


MISSED = [name for name in DAMAGES if "newer" not in name and "long after" not in name]
"""Without a record in the database, one more key of the log is no more than one more key."""
UNPROVEN = {"the token's key is of another installation"}
"""Nothing in such a database was made with the key of tokens."""


@pytest.mark.parametrize("name", [name for name in MISSED if name not in UNPROVEN])
def test_a_used_database_without_the_right_keys_is_refused_and_gets_none(
    used: Container, settings: Settings, name: str
):
    damage = DAMAGES[name]
    damage.do(settings.keys_dir / damage.file)
    with pytest.raises(KeysRefused) as refused:
        migrate(settings)
    assert damage.file in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_used_database_whose_keys_are_all_gone_is_refused(used: Container, settings: Settings):
    rmtree(settings.keys_dir)
    with pytest.raises(KeysRefused, match="不见了"):
        migrate(settings)
    assert not settings.keys_dir.exists()


def test_a_used_log_under_another_name_is_refused(used: Container, settings: Settings):
    renamed = settings.model_copy(update={"log_origin": "elsewhere/log"})
    with pytest.raises(KeysRefused, match="XINNUO_LOG_ORIGIN"):
        migrate(renamed)
    migrate(settings)
    assert sound(settings)
