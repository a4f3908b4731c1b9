"""Tampering: a change of the log behind the service's back is found, at the right position.

The tests change a copy of a sealed database with plain SQL, as the owner of the server could.
"""

from dataclasses import replace
from shutil import copyfile, copytree

import pytest
from sqlalchemy import text, update

from infrastructure.container import build
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.evidence.bundle_check import Broken
from infrastructure.evidence.notes import Signer, signed
from infrastructure.memory.log_memory import LogMemory
from infrastructure.settings import Settings
from tests import stories as s
from tests.conftest import Clock
from tests.support.service_driver import Office, unguarded

CASES = 32
"""Number of cases: they have about 300 events, which is more than one tile."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def original(request, tmp_path_factory):
    """A log sealed in two steps: its settings, and both checkpoints, kept outside the database."""
    folder = tmp_path_factory.mktemp("original")
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("migrated_sqlite"), folder / "xinnuo.db")
        url = f"sqlite:///{folder / 'xinnuo.db'}"
    else:
        template = request.getfixturevalue("migrated_postgres")
        url = request.getfixturevalue("postgres").create_database(template)
    copytree(request.getfixturevalue("template") / "keys", folder / "keys")
    settings = Settings(data_dir=folder, database_url=url)
    service = build(settings, Clock())
    notes = [grown(service), grown(service)]
    service.close()
    return settings, notes


def grown(service):
    """Adds half of the cases, seals the log and returns the checkpoint."""
    office = Office(service)
    first = (service.repository.recorder.max_notification_id() or 0) + 1
    for number in range(first, first + CASES // 2):
        office.remembers(s.PENALIZED, number=number)
    service.sealer.seal()
    return service.proofs.checkpoint()


@pytest.fixture
def copy(original, request, tmp_path):
    """The service over a copy of that database, with the same keys and without the triggers."""
    settings, _ = original
    if settings.url.startswith("sqlite"):
        copyfile(settings.url.removeprefix("sqlite:///"), tmp_path / "copy.db")
        url = f"sqlite:///{tmp_path / 'copy.db'}"
    else:
        url = request.getfixturevalue("postgres").create_database(settings.url)
    service = build(settings.model_copy(update={"database_url": url}), Clock())
    unguarded(service.engine)
    yield service
    service.close()


def run(service, *statements):
    with writing(service.engine).begin() as db:
        for statement in statements:
            db.execute(text(statement))


def flaw(service, *outside):
    first = service.verifier.verify(outside).flaw
    return first and first.position


def change(position, what):
    return f"UPDATE events SET {what} WHERE position = {position}"  # noqa: S608


def deleted(where):
    return f"DELETE FROM events WHERE position {where}"  # noqa: S608


def copied(of, to, version):
    content = "topic, data, metadata, recorded_at, event_id, leaf"
    return (
        f"INSERT INTO events (position, stream_id, version, {content})"  # noqa: S608
        f" SELECT {to}, stream_id, {version}, {content} FROM events WHERE position = {of}"
    )


def moved(since, by):
    """Statements that move every position from `since` on; negative ones avoid duplicates."""
    return [
        f"UPDATE events SET position = -position - {by} WHERE position >= {since}",  # noqa: S608
        "UPDATE events SET position = -position WHERE position < 0",
        f"UPDATE log_head SET size = size + {by}",  # noqa: S608
    ]


OTHER_NAME = "data = replace(data, 'zhao', 'zhap')"
OTHER_YEAR = """data = replace(data, '"timestamp":"2026', '"timestamp":"2025')"""
OTHER_STREAM = "version = 99, stream_id = (SELECT stream_id FROM events WHERE position = 1)"
OTHER_LEAF = "leaf = (SELECT leaf FROM events WHERE position = 105)"
FIRST_TILE = "WHERE level = 0 AND idx = 0"
SECOND_TILE = "(SELECT hashes FROM log_tiles WHERE level = 0 AND idx = 1)"

TAMPERED = {
    "a byte of a payload": (89, [change(89, OTHER_NAME)]),
    "the first event": (1, [change(1, OTHER_NAME)]),
    "when it was recorded": (100, [change(100, "recorded_at = '2026-09-29 01:00:00.000000'")]),
    "when it happened": (101, [change(101, OTHER_YEAR)]),
    "whose event it is": (102, [change(102, OTHER_STREAM)]),
    "the act behind it": (103, [change(103, "metadata = '{}'")]),
    "its own leaf": (104, [change(104, OTHER_LEAF)]),
    "two events swapped": (
        20,
        [
            change(280, "position = -280"),
            change(20, "position = 280"),
            change(-280, "position = 20"),
        ],
    ),
    "one deleted in the middle": (150, [deleted("= 150")]),
    "one deleted and the gap closed": (150, [deleted("= 150"), *moved(151, -1)]),
    "the tail deleted": (300, [deleted(">= 300")]),
    "the tail deleted and the head moved": (
        300,
        [deleted(">= 300"), "UPDATE log_head SET size = 299"],
    ),
    "one inserted": (200, [*moved(200, 1), copied(of=199, to=200, version=98)]),
    "one added behind the head": (353, [copied(of=352, to=353, version=97)]),
    "a tile": (1, [f"UPDATE log_tiles SET hashes = {SECOND_TILE} {FIRST_TILE}"]),  # noqa: S608
    "a tile removed": (1, [f"DELETE FROM log_tiles {FIRST_TILE}"]),  # noqa: S608
}
"""For each change: the first position at which the log differs from the sealed one, and the SQL."""


def test_an_untouched_log_is_verified(copy, original):
    _, notes = original
    verdict = copy.verifier.verify(notes)
    assert (verdict.flaw, verdict.size, verdict.sealed, verdict.opened) == (None, 352, 352, 2)
    assert copy.verifier.last()[:4] == verdict[:4]


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found_at_its_position(copy, original, what):
    position, statements = TAMPERED[what]
    run(copy, *statements)
    _, notes = original
    assert flaw(copy, *notes) == position
    assert copy.verifier.last().flaw.position == position


def test_a_restored_backup_lacks_the_events_after_it(copy, original):
    _, (yesterday, today) = original
    run(
        copy,
        "DELETE FROM events WHERE position > 176",
        "UPDATE log_head SET size = 176",
        "DELETE FROM checkpoints WHERE size > 176",
        "DELETE FROM log_tiles WHERE level > 0 OR idx > 0",
        f"UPDATE log_tiles SET hashes = substr(hashes, 1, {176 * 32})",  # noqa: S608
    )
    assert flaw(copy, yesterday) is None, "it is a sound log as far as it goes"
    assert flaw(copy, today) == 177


def test_a_rewritten_tree_is_found_by_a_checkpoint_kept_outside(copy, original, tmp_path):
    """The attacker has everything, keys and memory too; the flaw comes after the last agreement."""
    _, (yesterday, today) = original
    run(
        copy,
        "DELETE FROM events WHERE position > 200",
        "DELETE FROM outbox WHERE position > 200",
        "UPDATE log_head SET size = 200",
        "DELETE FROM log_tiles",
        "DELETE FROM checkpoints",
        "DELETE FROM marks",
    )
    for number in range(900, 920):
        Office(copy).remembers(s.PENALIZED, number=number)
    replace(copy.sealer, memory=LogMemory([tmp_path / "forgotten"])).seal()
    assert flaw(copy) is None, "by itself it looks sound"
    assert flaw(copy, yesterday) is None
    assert flaw(copy, yesterday, today) == 177
    assert flaw(copy, today) == 1


def test_a_forged_checkpoint_in_the_database_is_found(copy):
    forger = Signer(copy.settings.log_origin, bytes(32))
    note = copy.proofs.checkpoint().partition("\n\n")[0] + "\n"
    newest = update(checkpoints).where(checkpoints.c.size == 352)
    with writing(copy.engine).begin() as db:
        db.execute(newest.values(note=signed(note, [forger])))
    assert flaw(copy) == 352


def test_a_checkpoint_of_another_log_proves_nothing(copy, original):
    _, (note, _) = original
    with pytest.raises(Broken):
        copy.verifier.verify([note.replace("xinnuo.local", "xinnuo.other")])


def test_an_event_that_is_not_sealed_yet_is_checked_against_its_own_leaf(copy, original):
    Office(copy).remembers(s.PENALIZED, number=999)
    assert flaw(copy) is None
    run(copy, "UPDATE events SET data = replace(data, 'zhao', 'zhap') WHERE position = 353")
    assert flaw(copy) == 353
