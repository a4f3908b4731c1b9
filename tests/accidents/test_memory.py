"""The memory of the log: what was signed once is known outside the database.

A copy of a database stands for every way in which an old state comes back: a restored file, a
snapshot of a disk, a standby that was behind.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copyfile, copytree
from types import SimpleNamespace

import pytest
from sqlalchemy import func, make_url, select

from domain.kernel.errors import LogContradicted
from infrastructure.container import build
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.database.schema import events, marks
from infrastructure.evidence.bundle_check import checkpoint_of
from infrastructure.health.checks import Severity, Unsound, examine, require_sound
from infrastructure.memory.log_memory import FILE, LogMemory, Remembered
from tests import stories as s
from tests.api.conftest import OPERATORS, as_, client, logs, the_service
from tests.support.service_driver import Office

__all__ = ["as_", "client", "logs"]

LENGTH = len(s.GRANTED)


@pytest.fixture
def old(request, settings, clock, tmp_path):
    """A service as it was yesterday and is today: the URL of a copy, and both checkpoints."""
    copy = copier(tmp_path, lambda: request.getfixturevalue("postgres"))
    yesterday = grown(settings, clock, 1)
    url = copy(settings.url)
    today = grown(settings, clock, 2)
    return SimpleNamespace(url=url, yesterday=yesterday, today=today, copy=copy)


def copier(folder, server):
    """Returns the function that copies a database to which nobody is connected."""

    def copy(url):
        if not url.startswith("sqlite"):
            return server().create_database(url)
        source = Path(make_url(url).database or "")
        number = len([*folder.glob("copy-*.db")]) + 1
        for suffix in ("", "-wal", "-shm"):
            if (part := source.with_name(source.name + suffix)).exists():
                copyfile(part, folder / f"copy-{number}.db{suffix}")
        return f"sqlite:///{folder / f'copy-{number}.db'}"

    return copy


def grown(settings, clock, number):
    """Adds a granted case, seals the log and returns the checkpoint."""
    service = build(settings, clock)
    Office(service).remembers(s.GRANTED, number=number)
    service.sealer.seal()
    note = service.proofs.checkpoint()
    service.close()
    return note


@pytest.fixture
def over(settings, clock):
    """Opens the service over another database or with other settings; closes all at the end."""
    opened = []

    def over(**changes):
        opened.append(build(settings.model_copy(update=changes), clock))
        return opened[-1]

    yield over
    for service in opened:
        service.close()


def signed_so_far(service):
    with service.engine.connect() as db:
        return db.scalar(select(func.count()).select_from(checkpoints))


def refuses(service, *words):
    """Asserts that nothing is signed and that the start says why, with what to do."""
    before = signed_so_far(service)
    Office(service).remembers(s.OPENED, number=77)
    with pytest.raises(LogContradicted) as refused:
        service.sealer.seal()
    with pytest.raises(Unsound) as unsound:
        require_sound(service)
    for word in (*words, "签名"):
        assert word in str(refused.value)
        assert word in str(unsound.value)
    assert signed_so_far(service) == before
    return True


def memory_of(settings):
    return settings.keys_dir / FILE


# an old state comes back -------------------------------------------------------------------------


def test_an_old_database_beside_todays_keys_signs_nothing_and_does_not_start(old, over):
    assert refuses(over(database_url=old.url), f"第{2 * LENGTH}个", "旧", "xinnuo restore")


def test_an_old_database_that_has_grown_past_the_memory_signs_nothing(old, over):
    service = over(database_url=old.url)
    for number in range(10, 15):
        Office(service).remembers(s.GRANTED, number=number)
    assert refuses(service, "不符", "xinnuo verify")


def test_an_empty_database_beside_old_keys_signs_nothing(old, over, request, tmp_path):
    template = request.getfixturevalue(
        "migrated_sqlite" if old.url.startswith("sqlite") else "migrated_postgres"
    )
    empty = old.copy(template if isinstance(template, str) else f"sqlite:///{template}")
    assert refuses(over(database_url=empty), f"第{2 * LENGTH}个")


def test_a_changed_event_below_the_remembered_size_is_not_signed_over(old, settings, over):
    service = over()
    forget_triggers(service)
    with writing(service.engine).begin() as db:
        db.exec_driver_sql("DELETE FROM checkpoints")
        db.exec_driver_sql("DELETE FROM log_tiles")
        db.execute(events.update().where(events.c.position == 2).values(leaf=bytes(32)))
    assert refuses(service, "不符")


def forget_triggers(service):
    """Removes what the database itself refuses, as the owner of the server could."""
    with writing(service.engine).begin() as db:
        if service.engine.dialect.name == "sqlite":
            names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in names.all():
                db.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            db.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
            db.exec_driver_sql("ALTER TABLE checkpoints DISABLE TRIGGER USER")


def test_database_and_keys_restored_together_are_found_by_the_second_folder(
    old, settings, clock, over, tmp_path
):
    elsewhere = settings.model_copy(update={"memory_dir": tmp_path / "elsewhere"})
    grown(elsewhere, clock, 3)
    keys_of_yesterday = tmp_path / "yesterday"
    copytree(settings.keys_dir, keys_of_yesterday / "keys")
    write(keys_of_yesterday / "keys" / FILE, old.yesterday)
    changes = {"database_url": old.url, "data_dir": keys_of_yesterday}
    assert not over(**changes).sealer.contradictions(), "these two agree with each other"
    assert refuses(over(**changes, memory_dir=tmp_path / "elsewhere"), "elsewhere")


def write(path, note):
    origin, size, root = note.split("\n")[:3]
    path.write_text(json.dumps({"origin": origin, "size": int(size), "root": root, "floor": 0}))


def test_a_checkpoint_given_back_by_a_witness_is_compared_like_our_own(old, settings, over):
    memory_of(settings).unlink()
    (settings.keys_dir / "witness.checkpoint").write_text(old.today)
    assert refuses(over(database_url=old.url), "witness.checkpoint")
    assert over().sealer.seal() == 0, "the log of today agrees with it"


def test_a_log_with_a_changed_name_is_not_signed_under_it(old, over):
    assert refuses(over(log_origin="xinnuo.local/other"), "XINNUO_LOG_ORIGIN")


# the memory itself is hurt -----------------------------------------------------------------------


def test_a_lost_memory_is_missed_and_not_made_anew(old, settings, over):
    memory_of(settings).unlink()
    assert refuses(over(), "不见了", FILE, "xinnuo restore --placed")
    assert not memory_of(settings).exists()


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        '{"origin": "xinnuo.local/yima", "size": 3}',
        '{"origin": "xinnuo.local/yima", "size": -1, "root": "AA==", "floor": 0}',
        '{"origin": "xinnuo.local/yima", "size": 3, "root": "AAAA", "floor": 0}',
        '{"origin": "xinnuo.local/yima", "size": "x", "root": "", "floor": 0}',
    ],
)
def test_a_damaged_memory_is_named_and_nothing_is_signed(old, settings, over, damage):
    memory_of(settings).write_text(damage)
    assert refuses(over(), "读不出来", str(memory_of(settings)))
    assert memory_of(settings).read_text() == damage


def test_what_cannot_be_remembered_is_not_signed(settings, over, clock):
    service = over()
    in_the_way = settings.data_dir / "in-the-way"
    in_the_way.write_text("a file where the folder should be")
    Office(service).remembers(s.OPENED)
    sealer = replace(service.sealer, memory=LogMemory([in_the_way]))
    with pytest.raises(LogContradicted, match="写不进"):
        sealer.seal()
    assert signed_so_far(service) == 0


def test_one_folder_that_takes_it_is_enough_and_the_other_is_named(settings, over):
    in_the_way = settings.data_dir / "in-the-way"
    in_the_way.write_text("a file where the folder should be")
    service = over(memory_dir=in_the_way)
    Office(service).remembers(s.OPENED)
    assert service.sealer.seal()
    told = [found for found in examine(service) if found.check == "memory"]
    assert [(found.severity, str(in_the_way) in found.text) for found in told] == [
        (Severity.WARNS, True)
    ]


# nothing blocks wrongly --------------------------------------------------------------------------


def test_a_checkpoint_remembered_but_never_published_blocks_nothing(old, settings, over):
    """The service was killed between the two, and then wrote on: its events are all there."""
    service = over()
    Office(service).remembers(s.GRANTED, number=3)
    service.close()
    twin = over(database_url=old.copy(settings.url))
    assert twin.sealer.seal() == LENGTH
    service = over()
    Office(service).remembers(s.GRANTED, number=4)
    require_sound(service)
    assert service.sealer.seal() == 2 * LENGTH
    assert service.verifier.verify([twin.proofs.checkpoint()]).flaw is None


def test_a_database_of_the_release_before_is_taken_as_it_is(old, settings, over):
    memory_of(settings).unlink()
    service = over()
    with writing(service.engine).begin() as db:
        db.execute(marks.delete())
    require_sound(service)
    assert service.sealer.seal() == 0
    known = LogMemory([settings.keys_dir]).read()[memory_of(settings)]
    assert known[:3] == checkpoint_of(old.today, service.log_keys)


def test_a_memory_that_has_fallen_behind_catches_up(old, settings, over):
    """The release before knows no memory: it has sealed on beside it."""
    write(memory_of(settings), old.yesterday)
    service = over()
    require_sound(service)
    service.sealer.seal()
    assert LogMemory([settings.keys_dir]).read()[memory_of(settings)].size == 2 * LENGTH


REMEMBERING = """
import sys
from pathlib import Path
from infrastructure.memory.log_memory import LogMemory, Remembered
folder, start = Path(sys.argv[1]), int(sys.argv[2])
for size in range(start, 120, 4):
    LogMemory([folder]).keep(Remembered("o", size, size.to_bytes(32, "big")))
"""


def test_in_several_processes_the_memory_only_advances(tmp_path):
    command = (sys.executable, "-c", REMEMBERING, str(tmp_path))
    processes = [subprocess.Popen([*command, str(start)]) for start in (4, 1, 3, 2)]
    assert [process.wait() for process in processes] == [0] * 4
    known = LogMemory([tmp_path])
    assert known.read()[tmp_path / FILE].size == 119
    known.keep(Remembered("o", 5, bytes(32)))
    assert known.read()[tmp_path / FILE].size == 119
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_only_the_owner_may_read_the_memory(old, settings):
    assert memory_of(settings).stat().st_mode & 0o777 == 0o600


# what people are told ----------------------------------------------------------------------------


def test_the_doors_say_that_the_log_is_contradicted(client, as_, settings):
    service = the_service(client)
    case = Office(service).remembers(s.OPENED, number=9)
    service.sealer.seal()
    memory_of(settings).write_text("{")
    Office(service).remembers(s.OPENED, number=10)
    reply = client.get(f"/api/v1/cases/{case}/bundle", headers=as_("auditor"))
    assert (reply.status_code, reply.json()["code"]) == (503, "log-contradicted")
    assert client.get("/readyz").status_code == 503
    assert "读不出来" in client.get(f"{OPERATORS}/readyz").text
