"""Yesterday's backup over today's keys: nothing signed twice, no code given twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from infrastructure.backup.declaring import LAST, UNKNOWN, UNSIGNED
from infrastructure.backup.key_files import copy_keys
from infrastructure.backup.taking import archive_of
from infrastructure.database.schema import sessions
from infrastructure.evidence.bundle_check import check
from infrastructure.health.checks import Unsound, require_sound
from infrastructure.memory.log_memory import LogMemory
from projections.audit_trail.sentences import sentence
from tests import stories as s
from tests.accidents.backups.installation import (
    CASES,
    OPERATOR,
    WHY,
    memory,
    serial,
)
from tests.support.repetitions import count
from tests.support.service_driver import AUDITOR, Office

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
