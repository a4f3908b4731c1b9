"""What is refused when a backup is put back; nothing is touched then."""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from domain.kernel.errors import LogContradicted, NotPermitted
from infrastructure.backup.declaring import declare
from infrastructure.backup.key_files import copy_keys
from infrastructure.backup.manifest import FILE as MANIFEST
from infrastructure.backup.manifest import NotBackedUp
from infrastructure.backup.restoring import Backup, Restoring, require_replaceable, size_of
from infrastructure.backup.taking import archive_of
from infrastructure.database.engine import open_database, writing
from infrastructure.database.schema import events
from infrastructure.migrations import upgrade
from tests.accidents.backups.installation import (
    WHY,
    contents,
    flip,
    memory,
)
from tests.accidents.test_memory import forget_triggers
from tests.support.service_driver import AUDITOR

# refused -----------------------------------------------------------------------------------------


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
