"""Keys are changed, accepted and given up by commands only, and the database says by whom."""

import os
from collections.abc import Iterator
from shutil import rmtree

import pytest
from sqlalchemy import select

from application.case.commands.promise import Query
from domain.case.stages import Stage
from domain.kernel.errors import IdentityUnreadable
from domain.values.parties import Person
from infrastructure.container import Container, build
from infrastructure.database.schema import secrets
from infrastructure.health.checks import Unsound, require_sound
from infrastructure.keys.records import KeyState, all_keys
from infrastructure.settings import Settings
from tests.accidents.test_keys import ENTRY, answer
from tests.api.cli.test_main import Run, command, in_one_line, xinnuo
from tests.conftest import Clock
from tests.infrastructure.database.test_migrations import downgrade
from tests.infrastructure.keys.key_damages import LOG, TOKEN, VAULT
from tests.support.service_driver import SOMEBODY, SOMEBODY_ELSE, Office

__all__ = ["command", "xinnuo"]
WHO = ("--by", "op-1", "--because", "磁盘损坏")


@pytest.fixture
def used(service: Container) -> Container:
    """A service that knows a person, a person's serious record, and has sealed its log."""
    office = Office(service)
    office.lists()
    service.register.take_in([ENTRY])
    office.takes_in(SOMEBODY)
    service.sealer.seal()
    return service


@pytest.fixture
def restarted(used: Container, settings: Settings, clock: Clock) -> Iterator[Container]:
    """The same installation in another process."""
    service = build(settings, clock)
    yield service
    service.close()


def anew(xinnuo: Run, *files: str, confirm: str = "") -> int:
    result = xinnuo("keys", "begin-anew", *files, *WHO, "--confirm", confirm or " ".join(files))
    return result.code


def states(service: Container) -> dict[str, list[str]]:
    with service.engine.connect() as db:
        keys = all_keys(db)
    return {kind: [key.state.value for key in keys if key.kind == kind] for kind in STATES}


STATES = ("vault", "token", "log")


# new keys ---------------------------------------------------------------------------------------


def test_a_new_key_of_tokens_ends_the_old_one_and_says_who_changed_it(
    xinnuo: Run, used: Container, settings: Settings
):
    before = (settings.keys_dir / TOKEN).read_bytes()
    assert xinnuo("keys", "new-token", *WHO).code == 0
    assert (settings.keys_dir / TOKEN).read_bytes() != before
    require_sound(used)
    assert states(used)["token"] == ["replaced", "active"]
    with used.engine.connect() as db:
        row = db.execute(select(secrets).where(secrets.c.state == KeyState.REPLACED.value)).one()
    assert (row.ended_by, row.end_reason) == ("op-1", "磁盘损坏")


def test_a_lost_key_of_tokens_is_replaced_by_the_same_command(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / TOKEN).unlink()
    assert xinnuo("keys", "new-token", *WHO).code == 0
    require_sound(used)


def test_the_list_of_keys_names_each_file_with_its_id_version_mode_and_state(
    xinnuo: Run, used: Container
):
    assert xinnuo("new-key").code == 0
    lines = xinnuo("keys", "list").out
    with used.engine.connect() as db:
        for key in all_keys(db):
            assert all(each in lines for each in (key.file, key.key_id, str(key.version)))
    assert lines.count("0600") == 4
    assert lines.count("在用") == 4


def test_the_check_of_keys_says_what_is_wrong_and_then_that_nothing_is(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / VAULT).chmod(0o644)
    result = xinnuo("keys", "check")
    assert (result.code, in_one_line(result)) == (1, True)
    assert f"chmod 600 {settings.keys_dir / VAULT}" in result.err
    (settings.keys_dir / VAULT).chmod(0o600)
    assert xinnuo("keys", "check").code == 0


def test_a_key_that_the_previous_release_has_made_is_accepted(
    xinnuo: Run, used: Container, settings: Settings
):
    path = settings.keys_dir / "log-002.key"
    path.touch(mode=0o600)
    path.write_bytes(os.urandom(32))
    assert xinnuo("keys", "check").code == 1
    assert xinnuo("keys", "accept", "log-002.key", *WHO).code == 0
    require_sound(used)
    assert len(used.log_keys) == 2


@pytest.mark.parametrize("file", [LOG, VAULT, "log-009.key", "../keys/log-001.key"])
def test_nothing_else_is_accepted(xinnuo: Run, used: Container, file: str):
    result = xinnuo("keys", "accept", file, *WHO)
    assert (result.code, in_one_line(result)) == (1, True)


# beginning anew ---------------------------------------------------------------------------------


def test_after_the_vaults_key_is_given_up_nobody_is_creditworthy_until_records_are_imported_again(
    xinnuo: Run, used: Container, restarted: Container, settings: Settings
):
    assert answer(used) == "excluded"
    (settings.keys_dir / VAULT).unlink()
    assert anew(xinnuo, VAULT) == 0
    require_sound(restarted)
    for service in (used, restarted):  # the one that runs takes the new key too
        assert answer(service) == "unanswered"
    restarted.register.take_in([ENTRY])
    for service in (used, restarted):
        assert answer(service) == "excluded"


def test_one_record_that_is_not_imported_again_leaves_all_persons_unanswered(
    xinnuo: Run, used: Container, settings: Settings
):
    other = ENTRY.model_copy(update={"document": "义示失信认定〔2026〕10号"})
    used.register.take_in([other])
    (settings.keys_dir / VAULT).unlink()
    assert anew(xinnuo, VAULT) == 0
    used.register.take_in([ENTRY])
    assert answer(used) == "unanswered"
    used.register.take_in([other])
    assert answer(used) == "excluded"


def test_after_the_vaults_key_is_given_up_earlier_persons_are_unreadable_and_new_ones_are_not(
    xinnuo: Run, used: Container, settings: Settings
):
    ref = Office(used).takes_in(SOMEBODY)
    (settings.keys_dir / VAULT).unlink()
    result = xinnuo("keys", "begin-anew", VAULT, *WHO, "--confirm", VAULT)
    assert "有1个自然人的信息再也打不开" in result.out
    assert "有1条自然人的信用记录须重新导入" in result.out
    used.register.take_in([ENTRY])
    with pytest.raises(IdentityUnreadable):
        used.repository.vault.reveal(ref)
    with pytest.raises(IdentityUnreadable):
        used.register.ask(Person(ref=ref))
    new = Office(used).takes_in(SOMEBODY_ELSE)
    assert used.repository.vault.reveal(new).details == SOMEBODY_ELSE
    assert used.register.ask(Person(ref=new)).findings == ()


def test_an_organisation_is_answered_while_persons_are_not(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / VAULT).unlink()
    assert anew(xinnuo, VAULT) == 0
    office = Office(used)
    case = office.acts(office.opens().aggregate.id, Query()).aggregate
    assert case.stage is Stage.ELIGIBLE


def test_a_foreign_file_that_stands_in_the_way_is_set_aside_and_not_destroyed(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / VAULT).write_bytes(b"\7" * 64)
    assert anew(xinnuo, VAULT) == 0
    (aside,) = settings.keys_dir.glob("vault.key.aside-*")
    assert aside.read_bytes() == b"\7" * 64


def test_when_every_key_of_the_log_is_lost_the_next_one_signs_and_the_old_ones_still_prove(
    xinnuo: Run, used: Container, settings: Settings
):
    (old,), kept = used.log_keys, settings.data_dir / "kept"
    kept.write_text(used.proofs.checkpoint() or "")
    (settings.keys_dir / LOG).unlink()
    result = xinnuo("keys", "begin-anew", LOG, *WHO, "--confirm", LOG)
    assert old in result.out
    require_sound(used)
    assert used.log_keys != [old]
    assert (settings.keys_dir / "log-002.key").exists()
    Office(used).opens()
    used.sealer.seal()
    assert "没有所给公钥的签名" in xinnuo("verify").err, "its own key proves the older checkpoints"
    both = ("--key", used.log_keys[0], "--key", old)
    assert xinnuo("verify", "--checkpoint", str(kept), *both).code == 0


def test_when_one_of_two_keys_of_the_log_is_lost_the_other_goes_on(
    xinnuo: Run, used: Container, settings: Settings
):
    assert xinnuo("new-key").code == 0
    (settings.keys_dir / LOG).unlink()
    assert anew(xinnuo, LOG) == 0
    assert states(used)["log"] == ["lost", "active"]
    require_sound(used)


def test_all_keys_may_be_given_up_at_once(xinnuo: Run, used: Container, settings: Settings):
    assert xinnuo("clock", "confirm", "--by", "ops-01").code == 0  # two months have passed
    rmtree(settings.keys_dir)
    assert anew(xinnuo, VAULT, TOKEN, LOG) == 0
    with pytest.raises(Unsound, match="日志记忆不见了"):  # it lay beside the keys
        require_sound(used)
    placed = ("restore", "--placed", "--by", "op-01", "--because", "密钥文件夹丢失")
    assert xinnuo(*placed).code == 0
    require_sound(used)
    assert answer(used) == "unanswered"


@pytest.mark.parametrize("file", [VAULT, TOKEN, LOG, "log-009.key", "nonsense"])
def test_a_key_that_is_not_lost_is_not_given_up(
    xinnuo: Run, used: Container, settings: Settings, file: str
):
    before = states(used)
    assert anew(xinnuo, file) == 1
    assert states(used) == before
    require_sound(used)


def test_of_two_keys_none_is_given_up_if_one_is_not_lost(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / VAULT).unlink()
    assert anew(xinnuo, VAULT, TOKEN) == 1
    assert not (settings.keys_dir / VAULT).exists()
    assert states(used)["vault"] == ["active"]


def test_a_key_that_others_can_read_is_not_lost(xinnuo: Run, used: Container, settings: Settings):
    (settings.keys_dir / VAULT).chmod(0o644)
    assert anew(xinnuo, VAULT) == 1
    assert states(used)["vault"] == ["active"]


def test_without_the_name_written_once_more_nothing_is_given_up(
    xinnuo: Run, used: Container, settings: Settings
):
    (settings.keys_dir / VAULT).unlink()
    for wrong in ("yes", TOKEN, f"{VAULT} {TOKEN}"):
        assert anew(xinnuo, VAULT, confirm=wrong) == 2
    assert not (settings.keys_dir / VAULT).exists()
    assert states(used)["vault"] == ["active"]


def test_a_database_that_never_recorded_its_keys_can_begin_anew_too(
    xinnuo: Run, used: Container, settings: Settings, clock: Clock
):
    downgrade(used.engine, "0010")
    (settings.keys_dir / VAULT).unlink()
    assert xinnuo("migrate").code == 1
    for there in (TOKEN, LOG, "nonsense"):
        assert anew(xinnuo, VAULT, there) == 1
    assert not (settings.keys_dir / VAULT).exists()
    assert anew(xinnuo, VAULT) == 0
    service = build(settings, clock)
    require_sound(service)
    assert answer(service) == "unanswered"
    service.close()
