"""Backups: taken under load, whole, never over another; keys apart."""

import shutil
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from domain.case.events import CommitmentMade
from domain.kernel.errors import LogContradicted
from infrastructure.backup import postgres_archive
from infrastructure.backup.key_files import copy_keys
from infrastructure.backup.manifest import NotBackedUp
from infrastructure.backup.restoring import Backup, Restoring
from infrastructure.backup.taking import archive_of, take
from infrastructure.memory.log_memory import FILE
from infrastructure.settings import Settings
from tests import stories as s
from tests.accidents.backups.installation import (
    Installation,
    contents,
    memory,
)
from tests.support.repetitions import steps
from tests.support.service_driver import Office

# taken under load --------------------------------------------------------------------------------


@contextmanager
def load(service, clients=3):
    """Clients that go on opening cases and promising until the block ends; yields their codes."""
    stop, codes, errors = Event(), [], []

    def work(client):
        office = Office(service)
        try:
            for number in range(client * 100_000 + 1, client * 100_000 + 99_999):
                if stop.is_set():
                    return
                case = office.remembers(s.NOTIFIED, number=number)
                codes.append(office.promises(case).aggregate.last(CommitmentMade).code)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=work, args=(client,)) for client in range(1, clients + 1)]
    for thread in threads:
        thread.start()
    try:
        yield codes
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not errors


def test_every_backup_under_load_is_restored_elsewhere_to_a_verified_prefix(
    installation, tmp_path, report
):
    manifests, settings = [], installation.settings
    with installation.open() as service, load(service) as codes:
        for number in steps("backups under load", 3, 20):
            before = len(codes)
            folder = tmp_path / f"backup-{number}"
            manifest = take(service, folder, lambda *_: None)
            Restoring(settings, installation.clock).drill(
                Backup.at(folder, settings), lambda _: None
            )
            manifests.append(manifest)
            assert len(codes) > before, "commands went on meanwhile"
            shutil.rmtree(folder)
    with installation.open() as service:
        positions = [manifest.position for manifest in manifests]
        assert positions == sorted(set(positions))
        assert service.log_size() > positions[-1]
        service.sealer.seal()
        notes = [manifest.checkpoint for manifest in manifests if manifest.checkpoint]
        assert service.verifier.verify(notes).flaw is None
    report(f"{len(manifests)} backups under load, up to {positions[-1]} events, all restored")


def test_a_backup_holds_every_command_that_was_answered_before_it(installation, tmp_path):
    with installation.open() as service:
        case = Office(service).remembers(s.GRANTED)
        manifest = take(service, tmp_path / "backup", lambda *_: None)
        assert manifest.position == len(s.GRANTED)
        Office(service).remembers(s.GRANTED, number=2)
    installation.restores(Backup.at(tmp_path / "backup", installation.settings))
    with installation.open() as service:
        assert len(service.repository.history(case)) == len(s.GRANTED)
        assert service.log_size() == len(s.GRANTED) + 1


def test_a_backup_reports_its_progress_and_is_one_file_beside_its_manifest(installation, tmp_path):
    told = []
    with installation.open() as service:
        Office(service).remembers(s.GRANTED)
        take(service, tmp_path / "backup", lambda *progress: told.append(progress))
    assert told
    names = sorted(path.name for path in (tmp_path / "backup").iterdir())
    assert names == ["manifest.json", archive_of(installation.settings.url).FILE]
    assert not [*tmp_path.glob("*.part")]


def test_a_backup_is_never_written_over_another(installation, tmp_path):
    installation.backup(tmp_path / "backup")
    before = contents(tmp_path / "backup")
    with pytest.raises(NotBackedUp, match="不是空文件夹"):
        installation.backup(tmp_path / "backup")
    assert contents(tmp_path / "backup") == before


def test_a_database_that_contradicts_the_memory_is_not_backed_up(installation, tmp_path):
    installation.promises(1)
    memory(installation).write_text("{")
    with pytest.raises(LogContradicted):
        installation.backup(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


# keys apart --------------------------------------------------------------------------------------


def test_keys_are_copied_apart_without_the_memory_and_for_the_owner_only(installation, tmp_path):
    installation.promises(1)
    (installation.settings.keys_dir / "kept.checkpoint").write_text("kept")
    copy_keys(installation.settings.keys_dir, tmp_path / "apart")
    copied = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "apart").iterdir()}
    present = {path.name for path in installation.settings.keys_dir.iterdir()}
    assert set(copied) == present - {FILE, "kept.checkpoint"}
    assert set(copied.values()) == {0o600}
    with pytest.raises(NotBackedUp, match="不是空文件夹"):
        copy_keys(installation.settings.keys_dir, tmp_path / "apart")


# the programs of PostgreSQL ----------------------------------------------------------------------


def test_a_missing_pg_dump_is_named_with_its_version(
    postgres, migrated_postgres, tmp_path, monkeypatch, clock
):
    monkeypatch.setattr(postgres_archive, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(data_dir=tmp_path, database_url=postgres.create_database(migrated_postgres))
    with pytest.raises(NotBackedUp, match=r"找不到 PostgreSQL \d+ 的 pg_dump"):
        Installation(settings, clock).backup(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
