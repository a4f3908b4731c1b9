"""A lost, damaged or foreign key is missed, never remade; then nobody is found creditworthy."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns, rmtree

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from application.case.commands.applicants import PersonApplicant
from application.case.commands.promise import Query
from application.imports.report import Change
from domain.case.stages import Stage
from domain.kernel.errors import IdentityUnreadable, KeysMissing
from domain.values.credit import CreditEntry, Withdrawal
from domain.values.parties import Person
from infrastructure.container import Container, build
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_entries, secrets, vault, vault_versions
from infrastructure.evidence.notes import Signer
from infrastructure.health.checks import Severity, Unsound, examine, require_sound
from infrastructure.memory.log_memory import FILE as MEMORY
from infrastructure.settings import Settings
from tests.api.cli.test_main import Run, command, in_one_line, xinnuo
from tests.api.conftest import (
    CITIZEN,
    OPERATORS,
    Badges,
    Walk,
    as_,
    client,
    logs,
    the_service,
    walk,
)
from tests.conftest import OPERATOR_PORT, Clock
from tests.infrastructure.keys.key_damages import DAMAGES, LOG, TOKEN, VAULT, Damage
from tests.support.service_driver import SOMEBODY, Office

__all__ = ["as_", "client", "command", "logs", "walk", "xinnuo"]
UNFINISHED = f"{Path(MEMORY).stem}.{'?' * 32}"
"""Matches the memory of the log until it is whole: the worker renames it at any moment."""
DISHONEST = PersonApplicant(**SOMEBODY.model_dump())
RECORD = {"kind": "serious_dishonesty", "document": "义示失信认定〔2026〕9号"}
NAMED = {"subject_kind": "person", "subject_code": SOMEBODY.id_number}
ENTRY = CreditEntry(
    **RECORD, **NAMED, decided_on=date(2026, 3, 11), duty_fulfilled=False, repaired=False
)


def answer(service: Container) -> str:
    """What comes of it when the person with a serious record applies and is asked about."""
    office = Office(service)
    try:
        stage = office.acts(office.opens(DISHONEST).aggregate.id, Query()).aggregate.stage
    except KeysMissing:
        return "unanswered"
    return "excluded" if stage is Stage.DIVERTED else f"found creditworthy: {stage}"


def contents(folder: Path) -> dict[str, bytes | str]:
    """Every name in a folder of keys, with the content of what can be read of them.

    The memory of the log is written there by the worker, at its own times, under a name of its own
    until it is whole.
    """
    return {
        path.name: path.read_bytes() if path.is_file() else "other"
        for path in sorted([folder, *(folder.iterdir() if folder.is_dir() else ())])
        if path.exists() and not path.name.startswith(Path(MEMORY).stem)
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """A running service in which a person with a serious record has been diverted once."""
    folder, template = tmp_path_factory.mktemp("installed"), request.getfixturevalue("template")
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("migrated_sqlite"), folder / "xinnuo.db")
        url = f"sqlite:///{folder / 'xinnuo.db'}"
    else:
        empty = request.getfixturevalue("migrated_postgres")
        url = request.getfixturevalue("postgres").create_database(empty)
    copytree(template / "keys", folder / "keys")
    settings = Settings(data_dir=folder, database_url=url, operator_port=OPERATOR_PORT)
    with TestClient(create_app(settings, Clock()), raise_server_exceptions=False) as client:
        Office(the_service(client)).lists()
        the_service(client).register.take_in([ENTRY])
        assert answer(the_service(client)) == "excluded"
        the_service(client).sealer.seal()  # beside the keys stands how far it was signed
        yield client


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES.keys())
def damage(request: pytest.FixtureRequest, installed: TestClient) -> Iterator[Damage]:
    """Something has happened to the keys; afterwards they are as they were."""
    keys = the_service(installed).settings.keys_dir
    safe, done = keys.with_name("safe"), request.param
    copytree(keys, safe, ignore=ignore_patterns(UNFINISHED))
    done.do(keys / done.file)
    yield done
    if keys.is_dir():
        rmtree(keys)
    keys.unlink(missing_ok=True)
    safe.rename(keys)
    rmtree(keys.with_name("elsewhere"), ignore_errors=True)


def test_with_damaged_keys_nothing_starts_nothing_is_made_and_nobody_is_creditworthy(
    installed: TestClient, damage: Damage
):
    running = the_service(installed)
    settings, folder = running.settings, running.settings.keys_dir
    before = contents(folder)
    started = build(settings, Clock())
    with pytest.raises(Unsound) as refused:
        require_sound(started)
    lines = [each for each in str(refused.value).splitlines() if "日志记忆" not in each]
    assert len(lines) == 1, "what stands beside the keys may be lost with them"
    assert str(folder / damage.file) in lines[0]
    assert damage.says in lines[0]
    assert "：" in lines[0], "the consequence follows the thing"
    assert answer(started) in ("excluded", "unanswered")
    started.close()

    reply = installed.get(f"{OPERATORS}/readyz")
    assert reply.status_code == 503
    assert lines[0] in [found["text"] for found in reply.json()["findings"]]
    assert answer(running) == "excluded", "the service that runs has the right key"
    assert contents(folder) == before


def test_with_all_keys_in_their_places_the_service_is_ready(installed: TestClient):
    require_sound(the_service(installed))
    assert installed.get("/readyz").status_code == 200


def test_keys_of_another_user_stop_the_start(service: Container, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    found = [each.text for each in examine(service) if each.severity is Severity.STOPS]
    assert len(found) == 4, "the folder and its three files"
    assert all("chown" in text for text in found)


def test_two_damages_are_two_lines(service: Container):
    for file in (VAULT, LOG):
        (service.settings.keys_dir / file).unlink()
    with pytest.raises(Unsound) as refused:
        require_sound(service)
    assert str(refused.value).count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve"],
        ["project"],
        ["token", "--role", "auditor"],
        ["checkpoint"],
        ["new-key"],
        ["keys", "check"],
        ["migrate"],
        ["keys", "list"],
        ["demo", "--cases", "1"],
        ["sweep"],
    ],
    ids=" ".join,
)
def test_no_command_makes_keys_in_the_place_of_lost_ones(
    xinnuo: Run, settings: Settings, arguments: list[str]
):
    rmtree(settings.keys_dir)
    result = xinnuo(*arguments)
    assert not settings.keys_dir.exists()
    assert "Traceback" not in result.err
    if arguments[0] in ("serve", "project", "token", "checkpoint", "new-key"):
        assert result.code == 1
        assert in_one_line(result)


# "nobody found" and "cannot know" ---------------------------------------------------------------


@pytest.fixture
def listed(service: Container) -> Container:
    Office(service).lists()
    service.register.take_in([ENTRY])
    return service


@pytest.fixture
def foreign(listed: Container, settings: Settings, clock: Clock) -> Iterator[Container]:
    """The service with the vault's key of another installation, as if no check had stopped it."""
    (settings.keys_dir / VAULT).write_bytes(os.urandom(64))
    foreign = build(settings, clock)
    yield foreign
    foreign.close()


def entries(service: Container) -> list[tuple[object, ...]]:
    with service.engine.connect() as db:
        return [tuple(row) for row in db.execute(credit_entries.select())]


def test_under_a_foreign_key_no_record_of_a_person_is_taken_in(foreign: Container):
    before = entries(foreign)
    with pytest.raises(KeysMissing):
        foreign.register.take_in([ENTRY])
    with pytest.raises(KeysMissing):
        foreign.register.take_in([ENTRY], dry_run=True)
    assert entries(foreign) == before


def test_under_a_foreign_key_no_record_is_said_to_be_unknown(foreign: Container):
    with pytest.raises(KeysMissing):
        foreign.register.withdraw(Withdrawal(**RECORD, **NAMED, because="重复", by="w-01"))


def test_under_a_foreign_key_no_stored_person_is_asked_about(listed: Container, foreign: Container):
    ref = Office(listed).takes_in(SOMEBODY)
    with pytest.raises(KeysMissing):
        foreign.register.ask(Person(ref=ref))
    with pytest.raises(KeysMissing):
        foreign.repository.vault.reveal(ref)


def test_under_a_foreign_key_organisations_are_imported_and_asked_as_ever(foreign: Container):
    subject = {"subject_kind": "organisation", "subject_code": "91411281MA973UW600"}
    record = CreditEntry.model_validate(ENTRY.model_dump() | subject)
    (outcome,) = foreign.register.take_in([record])
    assert outcome.change is Change.NEW


def test_a_stored_person_who_does_not_open_is_not_asked_about(listed: Container):
    service, ref = listed, Office(listed).takes_in(SOMEBODY)
    with writing(service.engine).begin() as db:
        db.execute(vault.update().values(wrapped_key=b"\0" * 60))
    with pytest.raises(IdentityUnreadable):
        service.register.ask(Person(ref=ref))


def test_over_http_a_lost_key_is_a_problem_of_its_own_and_not_an_error(
    walk: Walk, settings: Settings
):
    walk.applicant = CITIZEN
    (settings.keys_dir / VAULT).unlink()
    reply = walk.post("open", walk.application, **walk.as_("intake_clerk"))
    assert (reply.status_code, reply.json()["code"]) == (503, "keys-missing")
    assert VAULT in reply.json()["detail"]
    assert str(settings.keys_dir) not in reply.text, "paths are for operators"
    assert "Retry-After" in reply.headers


# the log ----------------------------------------------------------------------------------------


def test_a_log_under_another_name_does_not_start_and_signs_nothing(
    service: Container, settings: Settings, clock: Clock
):
    renamed = build(settings.model_copy(update={"log_origin": "elsewhere/log"}), clock)
    with pytest.raises(Unsound, match=f"XINNUO_LOG_ORIGIN.*改回 {settings.log_origin}"):
        require_sound(renamed)
    Office(renamed).lists()
    with pytest.raises(KeysMissing):
        renamed.sealer.seal()
    renamed.close()


def test_a_foreign_key_of_the_log_never_signs_even_if_it_comes_while_the_service_runs(
    service: Container, settings: Settings
):
    Office(service).lists()
    service.sealer.seal()
    before = service.proofs.checkpoint()
    (settings.keys_dir / LOG).write_bytes(os.urandom(32))
    Office(service).opens()
    with pytest.raises(KeysMissing):
        service.sealer.seal()
    assert service.proofs.checkpoint() == before


def test_who_can_write_to_the_database_does_not_choose_the_keys_that_verify_it(
    service: Container,
):
    forged = Signer(service.settings.log_origin, bytes(32)).verifier
    with writing(service.engine).begin() as db:
        db.execute(secrets.update().where(secrets.c.kind == "log").values(public=forged))
        row = db.execute(secrets.select().where(secrets.c.kind == "log")).one()._mapping
        db.execute(secrets.insert().values({**row, "version": 2, "state": "lost"}))
    assert forged not in service.log_keys


def test_no_token_is_signed_with_a_foreign_key(xinnuo: Run, settings: Settings):
    file = settings.keys_dir / TOKEN
    DAMAGES["the token's key is of another installation"].do(file)
    result = xinnuo("token", "--role", "auditor")
    assert (result.code, result.out) == (1, "")
    assert TOKEN in result.err


def test_a_person_whose_stored_data_was_damaged_is_a_problem_and_not_an_error(
    client: TestClient, as_: Badges
):
    walk = Walk(client, as_, applicant=CITIZEN).to("opened")
    service = the_service(client)
    with writing(service.engine).begin() as db:
        db.execute(vault_versions.update().values(sealed=b"\0" * 80))
    reply = client.get(
        f"{walk.url}/applicant", params={"purpose": "核对"}, headers=as_("intake_clerk")
    )
    assert (reply.status_code, reply.json()["code"]) == (503, "identity-unreadable")
