"""Backups: taken under load, proved elsewhere, put back without lying about what was lost."""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import make_url, select
from typer.testing import CliRunner

from api.cli.main import app
from domain.case.events import CommitmentMade
from domain.kernel.errors import LogContradicted, NotPermitted
from domain.values.identifiers import commitment_parts
from infrastructure.backup import postgres_archive
from infrastructure.backup.declaring import LAST, UNKNOWN, UNSIGNED, declare
from infrastructure.backup.key_files import copy_keys
from infrastructure.backup.manifest import FILE as MANIFEST
from infrastructure.backup.manifest import NotBackedUp
from infrastructure.backup.restoring import Backup, Restoring, require_replaceable, size_of
from infrastructure.backup.taking import archive_of, take
from infrastructure.container import build
from infrastructure.database.engine import open_database, writing
from infrastructure.database.schema import checkpoints, events, sessions
from infrastructure.evidence.bundle_check import check, checkpoint_of
from infrastructure.health.checks import Unsound, require_sound
from infrastructure.memory.log_memory import FILE, LogMemory
from infrastructure.migrations import upgrade
from infrastructure.settings import Settings
from projections.audit_trail.sentences import sentence
from tests import stories as s
from tests.accidents.test_memory import forget_triggers
from tests.support.repetitions import count, report, steps
from tests.support.service_driver import ADMIN, AUDITOR, Office

OPERATOR = ADMIN.model_copy(update={"role": "operator"})
WHY = "磁盘损坏"
CASES = 12
"""Number of cases that promise before and after a restoration, where the number is not said."""


class Installation:
    """A service that is stopped and started, over one database and one folder of keys."""

    def __init__(self, settings, clock):
        self.settings, self.clock, self.codes = settings, clock, []
        self.signed = {}
        """Every root that was signed, by the name of the log and the size."""

    @contextmanager
    def open(self, **changes):
        service = build(self.settings.model_copy(update=changes), self.clock)
        try:
            yield service
        finally:
            service.close()

    def promises(self, number=CASES):
        """Cases promise, each gets a code, and the log is sealed; returns the codes."""
        with self.open() as service:
            office, fresh = Office(service), []
            first = service.log_size() + 1
            for each in range(first, first + number):
                case = office.remembers(s.NOTIFIED, number=each)
                fresh.append(office.promises(case).aggregate.last(CommitmentMade).code)
            service.sealer.seal()
            self.note_signed(service)
        self.codes += fresh
        return fresh

    def note_signed(self, service):
        """Adds what is signed now; two roots under one name and size are a second history."""
        with service.engine.connect() as db:
            for note in db.scalars(select(checkpoints.c.note)):
                origin, size, root = checkpoint_of(note, service.log_keys)
                assert self.signed.setdefault((origin, size), root) == root

    def newest(self, origin):
        """The largest size that was signed under this name."""
        return max(size for name, size in self.signed if name == origin)

    def backup(self, folder):
        with self.open() as service:
            manifest = take(service, folder, lambda *_: None)
            self.note_signed(service)
        return Backup.at(folder, self.settings), manifest

    def restores(self, backup, keys=None, *, over=True):
        """Restores the backup and declares it; returns the event."""
        reached = size_of(self.settings.url) or 0
        restoring = Restoring(self.settings, self.clock, keys)
        restoring.put_in_place(backup, lambda _: None, over=over)
        return self.declares(backup.digest, reached)

    def declares(self, digest=None, reached=0):
        with self.open() as service:
            restored = declare(service, OPERATOR, WHY, digest, reached)
            self.note_signed(service)
            require_sound(service)
            assert service.verifier.verify().flaw is None
        return restored


@pytest.fixture
def installation(settings, clock):
    yield Installation(settings, clock)
    if not settings.url.startswith("sqlite"):
        drop_leftovers(settings)


def drop_leftovers(settings):
    """Drops the databases that restorations kept beside this one."""
    archive = archive_of(settings.url)
    with archive._server() as server:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        name = archive._at.database
        for (left,) in server.execute(query, [f"{name}_before_%"]).fetchall():
            server.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


@pytest.fixture
def yesterday(installation, tmp_path, clock):
    """A backup of yesterday; since then the service has gone on for a day."""
    installation.promises()
    backup, _ = installation.backup(tmp_path / "backup")
    installation.promises()
    clock.go_on(hours=20)
    installation.promises()
    return backup


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


def test_every_backup_under_load_is_restored_elsewhere_to_a_verified_prefix(installation, tmp_path):
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


def contents(folder):
    """The hash of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_database_that_contradicts_the_memory_is_not_backed_up(installation, tmp_path):
    installation.promises(1)
    memory(installation).write_text("{")
    with pytest.raises(LogContradicted):
        installation.backup(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def memory(installation):
    return installation.settings.keys_dir / FILE


# yesterday's backup over today's keys ------------------------------------------------------------


def test_after_yesterdays_backup_nothing_is_signed_twice_and_no_code_given_twice(
    installation, yesterday
):
    before = [*installation.codes]
    restored = installation.restores(yesterday)
    fresh = installation.promises(count(50, 1_000))
    assert not set(fresh) & set(before)
    assert len(set(installation.codes)) == len(installation.codes)
    origins = {origin for origin, size in installation.signed if size > restored.size}
    assert origins == {installation.settings.log_origin, restored.origin}
    with installation.open() as service:
        assert service.verifier.verify().flaw is None
        assert service.sealer.origin == restored.origin


def test_the_event_says_what_was_lost_who_restored_and_why(installation, yesterday, clock):
    restored = installation.restores(yesterday)
    (lost,) = restored.given_up
    assert restored.size == yesterday.manifest.position
    assert restored.root == yesterday.manifest.root
    origin = installation.settings.log_origin
    assert (lost.origin, lost.size) == (origin, installation.newest(origin))
    assert restored.lost_up_to == lost.size
    assert restored.manifest == yesterday.digest
    said = sentence(restored)
    lost_events = f"至第{lost.size}个事件不再延续"
    for word in (f"前{restored.size}个事件", lost_events, WHY, OPERATOR.person):
        assert word in said
    with installation.open() as service:
        (recorded,) = service.auditing.history(AUDITOR, restored.originator_id)
        assert recorded.position == restored.size + 1
        service.projector.catch_up_all()
        assert service.parking.all() == []


def test_codes_of_the_day_and_the_day_after_begin_beyond_the_gap_and_then_at_one_again(
    installation, yesterday, clock
):
    restored = installation.restores(yesterday)
    (code,) = installation.promises(1)
    assert serial(code) == restored.serials_after + 1
    clock.go_on(days=1)
    (code,) = installation.promises(1)
    assert serial(code) == restored.serials_after + 1
    clock.go_on(days=1)
    (code,) = installation.promises(1)
    assert serial(code) == 1


def serial(code):
    return commitment_parts(code)[2]


def test_the_gap_is_as_wide_as_the_codes_that_may_have_been_given(installation, yesterday):
    newest = installation.newest(installation.settings.log_origin)
    lost = newest - yesterday.manifest.position
    restored = installation.restores(yesterday)
    assert restored.serials_after == CASES + lost + UNSIGNED


def test_the_same_backup_restored_again_begins_a_third_name_and_a_wider_gap(
    installation, yesterday
):
    first = installation.restores(yesterday)
    installation.promises()
    second = installation.restores(yesterday)
    installation.promises()
    assert len({installation.settings.log_origin, first.origin, second.origin}) == 3
    assert second.serials_after > first.serials_after + CASES
    assert len(set(installation.codes)) == len(installation.codes)
    assert {each.origin for each in second.given_up} == {
        installation.settings.log_origin,
        first.origin,
    }


def test_the_gap_never_uses_up_the_codes_of_a_day(installation, yesterday):
    known = LogMemory([installation.settings.keys_dir])
    (newest,) = known.read().values()
    known.keep(newest._replace(size=newest.size + 5_000_000))
    assert installation.restores(yesterday).serials_after == LAST
    assert serial(*installation.promises(1)) == LAST + 1


def test_without_a_memory_the_gap_is_wide_and_the_name_new(installation, yesterday):
    memory(installation).unlink()
    restored = installation.restores(yesterday)
    assert restored.serials_after == UNKNOWN
    assert restored.origin != installation.settings.log_origin
    assert "不可知" in sentence(restored)


def test_a_service_that_was_stopped_moves_under_its_old_name(installation, tmp_path):
    installation.promises()
    backup, _ = installation.backup(tmp_path / "backup")
    restored = installation.restores(backup)
    assert (restored.origin, restored.given_up) == (installation.settings.log_origin, ())
    installation.promises()
    assert len(set(installation.codes)) == len(installation.codes)


def test_what_was_signed_under_the_old_name_can_still_be_checked(installation, yesterday, tmp_path):
    with installation.open() as service:
        lost = Office(service).remembers(s.GRANTED, number=777)
        bundle = service.bundler.pack(lost)
        old_keys = service.log_keys
    installation.restores(yesterday)
    with installation.open() as service:
        assert set(old_keys) < set(service.log_keys)
        assert check(bundle, service.log_keys) == check(bundle, old_keys)
        kept = Office(service).remembers(s.GRANTED, number=778)
        assert service.log_keys[0].split("+")[0] in check(
            service.bundler.pack(kept), service.log_keys[:1]
        )


def test_sessions_that_were_ended_after_the_backup_stay_ended(installation, tmp_path, clock):
    with installation.open() as service:
        service.sessions.begin(AUDITOR, clock.now, clock.now + timedelta(hours=8))
    backup, _ = installation.backup(tmp_path / "backup")
    installation.promises(1)
    installation.restores(backup)
    with installation.open() as service, service.engine.connect() as db:
        assert db.execute(select(sessions)).all() == []


# put back in another way -------------------------------------------------------------------------


def test_a_database_that_came_back_by_itself_is_declared_and_goes_on(installation, yesterday):
    archive = archive_of(installation.settings.url)
    with archive.loaded(yesterday.file, installation.settings.data_dir) as url:
        archive.swap(url, "before_by_hand")
    with installation.open() as service, pytest.raises(Unsound):
        require_sound(service)
    restored = installation.declares()
    assert restored.manifest is None
    installation.promises()
    assert len(set(installation.codes)) == len(installation.codes)


def test_database_and_keys_restored_together_are_declared_by_the_second_folder(
    installation, yesterday, tmp_path
):
    elsewhere = {"memory_dir": tmp_path / "elsewhere"}
    with installation.open(**elsewhere) as service:
        service.sealer.seal()
    memory(installation).unlink()
    installation.settings = installation.settings.model_copy(update=elsewhere)
    restored = installation.restores(yesterday)
    assert restored.lost_up_to == installation.newest(installation.settings.log_origin)
    installation.promises()
    assert len(set(installation.codes)) == len(installation.codes)


def test_a_new_machine_is_set_up_from_the_backup_and_the_keys_alone(
    installation, yesterday, tmp_path, request
):
    copy_keys(installation.settings.keys_dir, tmp_path / "keys-apart")
    changes = {"data_dir": tmp_path / "new"}
    if installation.settings.url.startswith("sqlite"):
        changes["database_url"] = None
    else:
        changes["database_url"] = request.getfixturevalue("postgres").create_database()
    installation.settings = installation.settings.model_copy(update=changes)
    restored = installation.restores(yesterday, tmp_path / "keys-apart", over=False)
    assert restored.serials_after == UNKNOWN, "nobody knows here how far the log was signed"
    installation.promises()
    assert len(set(installation.codes)) == len(installation.codes)


# refused -----------------------------------------------------------------------------------------


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def shortened(folder, file):
    os.truncate(folder / file, 4096)


def damaged(folder, file):
    flip(folder / file, (folder / file).stat().st_size // 2)


def without_manifest(folder, _):
    (folder / MANIFEST).unlink()


def without_database(folder, file):
    (folder / file).unlink()


def broken_manifest(folder, _):
    (folder / MANIFEST).write_text("{")


def says(**changes):
    def damage(folder, file):
        manifest = json.loads((folder / MANIFEST).read_text())
        hashed = {"sha256": sha256((folder / file).read_bytes()).hexdigest()}
        (folder / MANIFEST).write_text(json.dumps(manifest | hashed | changes))

    return damage


DAMAGES = {
    "shortened": (shortened, "与备份清单不符"),
    "damaged": (damaged, "与备份清单不符"),
    "without manifest": (without_manifest, "不是备份"),
    "without database": (without_database, "与备份清单不符"),
    "broken manifest": (broken_manifest, "读不出来"),
    "of a newer release": (says(schema_revision="9999"), "先升级"),
    "another position": (says(position=1), "与备份清单不符"),
    "another root": (says(root="A" * 43 + "="), "与备份清单不符"),
    "another kind": (says(database="other"), "读不出来"),
    "not by our key": (
        says(checkpoint=f"xinnuo.local/yima\n1\n{'A' * 43}=\n\n— xinnuo.local/yima AAAA\n"),
        "不是用现在的密钥签的",
    ),
}


@pytest.mark.parametrize(("damage", "says"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_touched(installation, tmp_path, damage, says):
    installation.promises(2)
    installation.backup(tmp_path / "backup")
    installation.promises(1)
    damage(tmp_path / "backup", archive_of(installation.settings.url).FILE)
    keys, size = contents(installation.settings.keys_dir), size_of(installation.settings.url)
    with pytest.raises(NotBackedUp, match=says):
        installation.restores(Backup.at(tmp_path / "backup", installation.settings))
    assert contents(installation.settings.keys_dir) == keys
    assert size_of(installation.settings.url) == size
    assert not [*installation.settings.data_dir.glob("*restoring*")]


def test_a_backup_of_a_changed_log_is_refused_with_the_place(installation, tmp_path):
    installation.promises(2)
    with installation.open() as service:
        forget_triggers(service)
        with writing(service.engine).begin() as db:
            db.execute(events.update().where(events.c.position == 3).values(data="{}"))
    backup, _ = installation.backup(tmp_path / "backup")
    with pytest.raises(NotBackedUp, match="第3个事件"):
        installation.restores(backup)
    assert size_of(installation.settings.url) == backup.manifest.position


def test_a_log_with_events_is_replaced_only_when_asked_and_is_kept_beside(installation, yesterday):
    size = size_of(installation.settings.url)
    with pytest.raises(NotBackedUp, match=f"比备份多{size - yesterday.manifest.position}个"):
        installation.restores(yesterday, over=False)
    assert size_of(installation.settings.url) == size
    restoring = Restoring(installation.settings, installation.clock)
    kept = restoring.put_in_place(yesterday, lambda _: None, over=True)
    url = make_url(installation.settings.url).set(database=kept)
    assert size_of(url.render_as_string(hide_password=False)) == size


def test_an_empty_database_is_replaced_without_being_asked(installation, yesterday, request):
    installation.settings = installation.settings.model_copy(
        update={"database_url": another_database(installation, request)}
    )
    engine = open_database(installation.settings.url)
    upgrade(engine)
    engine.dispose()
    assert installation.restores(yesterday, over=False).size == yesterday.manifest.position


def another_database(installation, request):
    if installation.settings.url.startswith("sqlite"):
        return f"sqlite:///{installation.settings.data_dir / 'another.db'}"
    return request.getfixturevalue("postgres").create_database()


def test_a_database_that_is_in_use_is_not_replaced(installation, yesterday):
    size = size_of(installation.settings.url)
    with installation.open() as service, service.engine.connect() as db:
        db.execute(select(events.c.position).limit(1)).all()
        with pytest.raises(NotBackedUp, match="先停服务"):
            installation.restores(yesterday)
    assert size_of(installation.settings.url) == size


def test_a_database_that_cannot_be_read_is_replaced_only_when_asked(
    installation, yesterday, migrated_sqlite
):
    broken = installation.settings.data_dir / "broken.db"
    broken.write_bytes(b"this was a database once" * 400)
    url = f"sqlite:///{broken}"
    with pytest.raises(NotBackedUp, match="读不出来"):
        require_replaceable(url, 5, over=False)
    copy = broken.with_name("restored.db")
    shutil.copyfile(migrated_sqlite, copy)
    kept = archive_of(url).swap(f"sqlite:///{copy}", "before")
    assert size_of(url) == 0
    assert Path(kept).read_bytes().startswith(b"this was")


def test_a_damaged_memory_stops_a_restoration_before_anything_is_touched(installation, yesterday):
    size = size_of(installation.settings.url)
    memory(installation).write_text("{")
    with pytest.raises(LogContradicted, match="读不出来"):
        installation.restores(yesterday)
    assert size_of(installation.settings.url) == size


def test_who_may_not_operate_declares_no_restoration(installation, yesterday):
    with installation.open() as service, pytest.raises(NotPermitted):
        declare(service, AUDITOR, WHY)


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


def test_keys_of_another_installation_replace_none(installation, yesterday, tmp_path):
    copy_keys(installation.settings.keys_dir, tmp_path / "apart")
    before = contents(installation.settings.keys_dir)
    flip(next((tmp_path / "apart").glob("vault*")), 3)
    with pytest.raises(NotBackedUp, match="另一把密钥"):
        installation.restores(yesterday, tmp_path / "apart")
    assert contents(installation.settings.keys_dir) == before


def test_without_any_key_nothing_is_restored(installation, yesterday, tmp_path):
    (tmp_path / "nothing").mkdir()
    with pytest.raises(NotBackedUp, match="没有密钥"):
        installation.restores(yesterday, tmp_path / "nothing")


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


# the command -------------------------------------------------------------------------------------


@pytest.fixture
def xinnuo(installation, monkeypatch):
    """Runs the command over this installation; returns its exit code and what it says."""
    monkeypatch.setenv("XINNUO_DATA_DIR", str(installation.settings.data_dir))
    monkeypatch.setenv("XINNUO_DATABASE_URL", installation.settings.url)

    def run(*words):
        done = CliRunner().invoke(app, [*map(str, words)])
        return done.exit_code, done.output

    return run


def test_the_commands_take_a_backup_drill_it_and_put_it_in_place(installation, xinnuo, tmp_path):
    installation.promises(3)
    code, said = xinnuo("backup", tmp_path / "b", "--keys", tmp_path / "k")
    assert code == 0, said
    assert f"{size_of(installation.settings.url)}个事件" in said
    code, said = xinnuo("restore", tmp_path / "b", "--drill")
    assert (code, "演练通过" in said) == (0, True), said
    reason = ("--by", "op-01", "--because", WHY)
    code, said = xinnuo("restore", tmp_path / "b", *reason)
    assert (code, "--over" in said) == (1, True), said
    code, said = xinnuo("restore", tmp_path / "b", *reason, "--over")
    assert (code, "已记入日志" in said) == (0, True), said
    code, said = xinnuo("restore", "--placed", *reason)
    assert (code, "已记入日志" in said) == (0, True), said
    installation.promises(1)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("BACKUP", "--placed"),
        ("BACKUP",),
        ("BACKUP", "--by", "op-01"),
        ("--placed", "--drill"),
        ("BACKUP", "--by", "op-01", "--because", "电话13800138000"),
    ],
)
def test_a_restoration_without_who_and_why_touches_nothing(installation, xinnuo, tmp_path, words):
    installation.promises(1)
    installation.backup(tmp_path / "b")
    before = size_of(installation.settings.url)
    code, _ = xinnuo("restore", *[tmp_path / "b" if word == "BACKUP" else word for word in words])
    assert code != 0
    assert size_of(installation.settings.url) == before


def test_keys_and_data_are_not_written_into_one_folder(installation, xinnuo, tmp_path):
    for keys in (tmp_path / "b", tmp_path / "b" / "keys"):
        code, said = xinnuo("backup", tmp_path / "b", "--keys", keys)
        assert (code, "不能放在一处" in said) == (1, True)
        assert not (tmp_path / "b").exists()
