"""Checkpoints: whoever changes, removes or adds one behind the service's back is found.

The edits are plain SQL without the triggers, as the owner of the database could make them.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from infrastructure.container import build
from infrastructure.database.engine import writing
from infrastructure.database.evidence_schema import checkpoints, cosignatures, log_tiles
from infrastructure.database.markers import RECORDED_IN_ORDER
from infrastructure.database.schema import commands, marks
from infrastructure.evidence.bundle_check import Broken, checkpoint_of
from infrastructure.evidence.chain import Sealed, next_link
from infrastructure.evidence.notes import Signer, checkpoint, signed
from tests import stories as s
from tests.evidence.test_cosigning import NEIGHBOUR
from tests.given import history
from tests.support.service_driver import Office, unguarded

LENGTH = 2
SIZES = [LENGTH * n for n in range(1, 7)]
FORGER = Signer("xinnuo.local/yima", b"\7" * 32)
c, w = checkpoints.c, cosignatures.c


@pytest.fixture
def service(settings, clock):
    """Six checkpoints of our own; a witness has signed the second and the fourth."""
    service = build(settings.model_copy(update={"witnesses": (NEIGHBOUR.verifier,)}), clock)
    office = Office(service)
    for size in SIZES:
        office.remembers(s.OPENED)
        office.remembers(s.OPENED)
        service.sealer.seal()
        if size in (SIZES[1], SIZES[3]):
            service.cosigning.add(size, NEIGHBOUR.line(service.proofs.checkpoint(size)))
    yield service
    service.close()


def edited(service, *statements):
    unguarded(service.engine)
    with writing(service.engine).begin() as db:
        for statement in statements:
            db.execute(statement)


def said(service):
    return [flaw.what for flaw in service.verifier.verify().flaws]


def note_of(service, size):
    return service.proofs.checkpoint(size)


def at(size):
    return update(checkpoints).where(c.size == size)


def forged(service, size, root=bytes(32)):
    return signed(checkpoint(FORGER.name, size, root), [FORGER])


def test_untouched_checkpoints_are_all_opened(service):
    verdict = service.verifier.verify()
    assert (verdict.flaws, verdict.opened) == ((), 6)


def overwritten(service):
    return [at(SIZES[2]).values(note=note_of(service, SIZES[1]))]


def other_root(_):
    return [at(SIZES[2]).values(root=bytes(32))]


def removed(_):
    return [delete(checkpoints).where(c.size == SIZES[2])]


def newest_removed(_):
    return [delete(checkpoints).where(c.size == SIZES[5])]


def signed_by_another(service):
    return [at(SIZES[2]).values(note=forged(service, SIZES[2]))]


def without_witness(service):
    ours = note_of(service, SIZES[1]).partition(f"— {NEIGHBOUR.name}")[0]
    return [at(SIZES[1]).values(note=ours)]


def without_any_trace_of_a_witness(service):
    return [*without_witness(service), delete(cosignatures).where(w.size == SIZES[1])]


def witness_altered(service):
    note = note_of(service, SIZES[1])
    other = NEIGHBOUR.line(note, at=1_700_000_000)
    old = next(line for line in note.splitlines() if line.startswith(f"— {NEIGHBOUR.name}"))
    line = update(cosignatures).where(w.size == SIZES[1]).values(line=other)
    return [at(SIZES[1]).values(note=note.replace(old, other)), line]


def added(service):
    size = SIZES[2] + 1
    leaf_root = bytes(32)
    row = {"size": size, "root": leaf_root, "sealed_at": service.clock()}
    return [insert(checkpoints).values(note=forged(service, size), **row)]


def stranger_on_the_note(service):
    return [at(SIZES[0]).values(note=note_of(service, SIZES[0]) + "— stranger.example AAAA\n")]


def link_forged(service):
    with service.engine.connect() as db:
        link = next_link(db, Sealed(SIZES[5], bytes(32)), [FORGER])
    return [at(SIZES[5]).values(link=link)]


def link_removed_with_its_checkpoint(_):
    return [delete(checkpoints).where(c.size.in_(SIZES[1:3]))]


EDITS = {
    overwritten: "检查点6与它的签名文本不一致",
    other_root: "检查点6与它的签名文本不一致",
    removed: "检查点4之后、检查点8之前缺少1个检查点",
    newest_removed: "最新的检查点缺失：散列树已经到第12个事件",
    signed_by_another: "检查点6被改动过，或者不是本日志签的：没有所给公钥的签名",
    without_witness: "检查点4上缺少见证人的签名",
    without_any_trace_of_a_witness: "之间登记的见证人签名被改动或者去掉过",
    witness_altered: "之间登记的见证人签名被改动或者去掉过",
    added: "检查点6之后、检查点8之前多出1个检查点",
    stranger_on_the_note: "检查点2上有来历不明的签名",
    link_forged: "检查点12的链接无效：没有所给公钥的签名",
    link_removed_with_its_checkpoint: "检查点2之后、检查点8之前缺少2个检查点",
}
"""Each edit of the stored checkpoints, and what the verification says of it."""


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_of_the_checkpoints_is_named(service, edit):
    edited(service, *edit(service))
    assert any(EDITS[edit] in what for what in said(service)), said(service)


def test_every_edit_is_named_not_only_the_first(service):
    edited(service, *other_root(service), *without_witness(service), *newest_removed(service))
    assert len(said(service)) >= 3


def test_checkpoints_of_an_earlier_release_are_covered_by_the_next_link(service):
    """The release before made checkpoints without a link, also beside this one."""
    edited(service, at(SIZES[4]).values(link=None), at(SIZES[5]).values(link=None))
    Office(service).remembers(s.OPENED, number=77)
    service.sealer.seal()
    assert said(service) == []
    edited(service, delete(checkpoints).where(c.size == SIZES[4]))
    assert said(service) == ["检查点8之后、检查点13之前缺少1个检查点"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM checkpoints",
        "UPDATE checkpoints SET root = note",
        "UPDATE checkpoints SET note = 'x'",
        "UPDATE checkpoints SET note = substr(note, 1, length(note) - 1)",
        "UPDATE checkpoints SET link = NULL",
        "DELETE FROM cosignatures",
        "UPDATE cosignatures SET size = 1",
        "DELETE FROM commands",
        "UPDATE commands SET version = 1",
    ],
)
def test_the_database_itself_refuses(service, statement):
    Office(service).lists()
    with service.engine.connect() as db:
        before = [db.execute(select(table)).all() for table in (checkpoints, cosignatures)]
    with writing(service.engine).begin() as db:
        db.execute(insert(commands).values(command_id="1", fingerprint="1", at=service.clock()))
    with pytest.raises(DBAPIError), writing(service.engine).begin() as db:
        db.execute(text(statement))
    with service.engine.connect() as db:
        assert before == [db.execute(select(table)).all() for table in (checkpoints, cosignatures)]


def test_nothing_is_proved_while_nothing_is_sealed(settings, clock):
    service = build(settings, clock)
    Office(service).remembers(s.OPENED)
    clock.go_on(minutes=11)
    (flaw,) = service.verifier.verify().flaws
    assert flaw.position == 1
    assert "还没有封存，什么也没有证明" in flaw.what
    service.close()


def test_a_sealer_that_stands_still_is_named(service, clock):
    Office(service).remembers(s.OPENED, number=77)
    assert said(service) == []
    clock.go_on(minutes=11)
    (what,) = said(service)
    assert what.startswith("从这里起的1个事件还没有封存")


@pytest.fixture
def hasty(service):
    """An event that was recorded five hours before it happened, and the verdict about it."""
    office = Office(service)
    (opened,) = history(*s.OPENED, id=UUID(int=1))
    later = service.clock() + timedelta(hours=5)
    office.records([opened.model_copy(update={"timestamp": later})], at=service.clock())
    service.sealer.seal()
    return service.verifier.verify


def test_an_event_recorded_before_it_happened_is_counted_and_is_a_flaw(hasty):
    verdict = hasty()
    assert verdict.premature == (1, timedelta(hours=5))
    assert [flaw.what for flaw in verdict.flaws] == ["这个事件的记录时刻比发生时刻早5:00:00"]


def test_an_event_recorded_before_it_happened_by_an_earlier_release_is_only_counted(hasty, service):
    edited(service, update(marks).where(marks.c.name == RECORDED_IN_ORDER).values(value="13"))
    verdict = hasty()
    assert (verdict.premature, verdict.flaws) == ((1, timedelta(hours=5)), ())


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused():
    other = Signer("another.example/log", FORGER.seed)
    note = signed(checkpoint("another.example/log", 1, bytes(32)), [FORGER])
    assert checkpoint_of(signed(checkpoint(FORGER.name, 1, bytes(32)), [FORGER]), [FORGER.verifier])
    for keys in ([FORGER.verifier], [other.verifier]):
        with pytest.raises(Broken):
            checkpoint_of(note, keys)


@pytest.mark.parametrize("size", ["01", "1 ", "+1", "１", "", "-1", "1.0"])
def test_a_size_is_written_in_one_way_only(size):
    note = signed(checkpoint(FORGER.name, size, bytes(32)), [FORGER])
    with pytest.raises(Broken, match="检查点有误"):
        checkpoint_of(note, [FORGER.verifier])


def test_a_tile_beyond_the_newest_checkpoint_is_found(service):
    more = update(log_tiles).where(log_tiles.c.level == 0).values(hashes=bytes(15 * 32))
    edited(service, more)
    assert any("散列树已经到第15个事件" in what for what in said(service))
