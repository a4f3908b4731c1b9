"""The command line on an empty folder and on a filled one; each refusal is printed in one line."""

import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog
from sqlalchemy import func, select

from api.app import create_app
from api.cli import main as cli
from application.access.permissions import PERSONS_ROLES, Role
from domain.signatures.verification import Verification
from domain.values.parties import Actor
from infrastructure.container import Container, build, system_clock
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.database.schema import credit_entries
from infrastructure.outbox.outbox import MessageState
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.settings import Settings
from projections.read_model.tables import catalogue_items, disclosures
from tests.api.conftest import Badges, ScanningClient, Walk, furnish, the_service
from tests.conftest import Clock, tokens_of
from tests.given import MARKET_OFFICE
from tests.infrastructure.signatures.letters import COMPANY, document
from tests.support.fake_platform import becomes, rows, states

SAMPLES = Path(__file__).parents[3] / "api" / "demo" / "samples"


class Result(NamedTuple):
    """The exit code of a command and its output."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `xinnuo …` as a shell would; what it does about signals ends with the test."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["xinnuo", *arguments])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        return Result(int(exit.value.code or 0), *capsys.readouterr())

    yield run
    structlog.reset_defaults()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.fixture
def xinnuo(command: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `xinnuo …` with the test's database and its folder."""
    monkeypatch.setenv("XINNUO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("XINNUO_DATABASE_URL", settings.url)
    return command


def in_one_line(result: Result) -> bool:
    """True if the command printed one line to stderr, and no traceback."""
    return result.err.count("\n") == 1 and "Traceback" not in result.err


# setting up -------------------------------------------------------------------------------------


def test_commands_are_refused_before_the_schema_is_migrated(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XINNUO_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.delenv("XINNUO_DATABASE_URL", raising=False)
    result = command("sweep")
    assert result.code == 1
    assert "请先运行 xinnuo migrate" in result.err
    assert in_one_line(result)
    assert command("migrate") == command("migrate") == Result(0, "数据库结构已是最新\n", "")
    assert command("sweep") == Result(0, "已处理0件\n", "")
    assert (tmp_path / "new" / "xinnuo.db").exists()


def test_an_unreachable_database_is_reported_with_the_name_of_its_setting(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XINNUO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XINNUO_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    result = command("sweep")
    assert result.code == 1
    assert "XINNUO_DATABASE_URL" in result.err
    assert in_one_line(result)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XINNUO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XINNUO_PORT", "8123")
    monkeypatch.delenv("XINNUO_DATABASE_URL", raising=False)
    assert (Settings().port, Settings().url) == (8123, f"sqlite:///{tmp_path}/xinnuo.db")
    monkeypatch.setenv("XINNUO_PORT", "0")
    with pytest.raises(ValueError, match="port"):
        Settings()


def test_the_help_lists_every_command_and_every_command_has_help(command: Run):
    text = command("--help").out
    names = re.findall(r"^│ ([a-z][a-z-]+) ", text, re.MULTILINE)
    expected = {"serve", "project", "migrate", "rebuild", "parked", "retry", "sweep"}
    expected |= {"audit", "export", "token", "demo", "import", "outbox", "tell-again"}
    expected |= {"withdraw-credit", "keys", "clock", "doctor", "backup", "restore"}
    expected |= {"verify", "verify-bundle", "checkpoint", "new-key", "bundle", "demo-sign"}
    assert set(names) == expected
    for name in expected:
        assert command(name, "--help").code == 0


# tokens -----------------------------------------------------------------------------------------


def test_a_minted_token_can_be_verified(xinnuo: Run, settings: Settings):
    result = xinnuo("token", "--role", "inspector", "--person", "i-07")
    actor = tokens_of(settings.keys_dir).read(result.out.strip(), system_clock())
    assert actor == Actor(person="i-07", role="inspector", department=MARKET_OFFICE)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", result.out), "nothing but the token"


def test_a_token_may_name_another_department_and_has_a_default_person(
    xinnuo: Run, settings: Settings
):
    department = ("--department", "11411281005802440Q", "--name", "义马市人力资源和社会保障局")
    result = xinnuo("token", "--role", "auditor", *department)
    actor = tokens_of(settings.keys_dir).read(result.out.strip(), system_clock())
    assert (actor.person, actor.department.code) == ("auditor-01", "11411281005802440Q")


@pytest.mark.parametrize("role", sorted(PERSONS_ROLES))
def test_whoever_oversees_the_bureaus_belongs_to_none_of_them(
    xinnuo: Run, settings: Settings, role: Role
):
    actor = tokens_of(settings.keys_dir).read(
        xinnuo("token", "--role", role).out.strip(), system_clock()
    )
    overseers = {"auditor", "supervisor", "credit_collector", "tolerance_reviewer"}
    overseers |= {"catalog_admin", "operator"}
    assert (actor.department != MARKET_OFFICE) == (role in overseers)
    if role == Role.AUDITOR:
        assert actor.department.name == "义马市审计局"


def test_a_token_for_an_unknown_role_is_refused(xinnuo: Run):
    result = xinnuo("token", "--role", "mayor")
    assert (result.code, result.out) == (2, "")


# importing --------------------------------------------------------------------------------------


@pytest.fixture
def service(settings: Settings) -> Iterator[Container]:
    service = build(settings)
    yield service
    service.close()


def size(service: Container, table: object = None) -> int:
    if table is None:
        return service.repository.recorder.max_notification_id() or 0
    with service.engine.connect() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_second_import_of_the_catalogue_changes_only_changed_items(
    xinnuo: Run, service: Container
):
    path = str(SAMPLES / "catalogue.csv")
    first = xinnuo("import", "catalogue", path)
    assert first.code == 0
    assert first.out.endswith("已导入：新增16条\n")
    assert size(service, catalogue_items) == 16
    recorded = size(service)
    assert xinnuo("import", "catalogue", path).out.endswith("已导入：未变16条\n")
    assert size(service) == recorded


def test_credit_records_are_imported(xinnuo: Run, service: Container):
    for change in ("新增", "未变"):
        result = xinnuo("import", "credit", str(SAMPLES / "credit.csv"))
        assert (result.code, result.out.splitlines()[-1]) == (0, f"已导入：{change}25条")
        assert size(service, credit_entries) == 25


def spoilt(name: str, folder: Path, *changes: tuple[int, str, str]) -> str:
    """A copy of a sample in which some cells are invalid."""
    lines = (SAMPLES / name).read_text("utf-8").splitlines()
    for row, old, new in changes:
        assert old in lines[row - 1]
        lines[row - 1] = lines[row - 1].replace(old, new, 1)
    (folder / name).write_text("\n".join(lines), "utf-8")
    return str(folder / name)


def test_a_catalogue_with_bad_rows_is_not_imported_at_all(
    xinnuo: Run, service: Container, tmp_path: Path
):
    path = spoilt(
        "catalogue.csv",
        tmp_path,
        (2, "便民服务", "天上"),
        (3, "11411281005802440Q", "11411281005802440X"),
        (3, "告知承诺型", "空口承诺型"),
    )
    result = xinnuo("import", "catalogue", path)
    *rows, summary = result.err.strip().splitlines()
    assert result.code == 1
    assert [row.partition("：")[0] for row in rows] == [
        "第2行“领域”",
        "第3行“责任单位代码”",
        "第3行“承诺类型”",
    ]
    assert summary == "共3处有误，什么也没有导入"
    assert (size(service), size(service, catalogue_items)) == (0, 0)


def test_credit_records_with_bad_rows_are_not_imported_at_all(
    xinnuo: Run, service: Container, tmp_path: Path
):
    changes = ((2, "91411281MA973UW600", "91411281MA973UW601"), (3, "2024-06-20", "2024-06-31"))
    result = xinnuo("import", "credit", spoilt("credit.csv", tmp_path, *changes))
    assert result.code == 1
    assert [line[:3] for line in result.err.splitlines()] == ["第2行", "第3行", "共2处"]
    assert size(service, credit_entries) == 0


def test_a_file_that_is_no_table_is_refused_in_one_line(xinnuo: Run, tmp_path: Path):
    table = tmp_path / "table.csv"
    for text, reason in (("", "列名"), ("甲,乙\n1,2\n", "缺少列"), ("[/a],[/a]\n", "[/a]")):
        table.write_text(text, "utf-8")
        result = xinnuo("import", "credit", str(table))
        assert result.code == 1
        assert reason in result.err
        assert in_one_line(result)
    assert xinnuo("import", "credit", str(tmp_path / "missing.csv")).code == 2


# what runs beside the server --------------------------------------------------------------------


@pytest.fixture
def granted(settings: Settings, clock: Clock, logs: StringIO) -> Walk:
    """A case granted in September 2026 whose missing materials were never handed in."""
    with ScanningClient(create_app(settings, clock)) as client:
        furnish(the_service(client))
        as_ = Badges(tokens_of(settings.keys_dir), clock)
        return Walk(client, as_, "deferred_materials").to("granted")


def test_the_sweep_prints_its_commands_and_executes_them_once(xinnuo: Run, granted: Walk):
    assert xinnuo("clock", "confirm", "--by", "ops-01").code == 0  # two months have passed
    result = xinnuo("sweep")
    assert result.out == f"{granted.view['id']}  FindBreach\n已处理1件\n"
    assert xinnuo("sweep").out == "已处理0件\n"


def test_brackets_in_a_note_are_printed_as_brackets(
    xinnuo: Run, settings: Settings, clock: Clock, logs: StringIO
):
    with ScanningClient(create_app(settings, clock)) as client:
        furnish(the_service(client))
        walk = Walk(client, Badges(tokens_of(settings.keys_dir), clock)).to("granted")
        body = {"outcome": "passed", "note": "见[red]附件[/b]，" + "长" * 300}
        assert walk.post("inspect", body, **walk.as_("inspector")).is_success
    assert body["note"] in xinnuo("audit", walk.view["id"]).out


def test_a_projection_is_rebuilt_by_name(xinnuo: Run, granted: Walk, service: Container):
    for name in PROJECTIONS:
        result = xinnuo("rebuild", name)
        assert result.code == 0
        assert result.out.splitlines()[-1] == f"已重建投影 {name}，共{size(service)}个事件"
    assert xinnuo("rebuild", "cases").out.splitlines()[-1] == "已重建投影 cases，共1个案件"
    assert size(service, disclosures) == 1


def test_an_unknown_projection_is_refused(xinnuo: Run):
    result = xinnuo("rebuild", "everything")
    assert result.code == 2
    for name in PROJECTIONS:
        assert name in result.err


def test_undelivered_messages_are_listed_and_queued_again(
    xinnuo: Run, granted: Walk, service: Container
):
    first, second = (row.position for row in rows(service))
    becomes(service, first, MessageState.RETURNED, tries=1, answer="编码[red]无效[/b]")
    becomes(service, second, MessageState.DEAD, tries=25, answer=None)
    listed = xinnuo("outbox").out.splitlines()
    assert [line.split("  ")[3:] for line in listed] == [
        ["被退回", "已试1次", "编码[red]无效[/b]"],
        ["已放弃", "已试25次"],
    ]
    assert xinnuo("tell-again", "999").code == 1
    assert "已重新排队1条消息" in xinnuo("tell-again", str(second)).out
    assert states(service) == [MessageState.RETURNED, MessageState.WAITING]
    assert "已重新排队1条消息" in xinnuo("tell-again").out
    assert states(service) == [MessageState.WAITING, MessageState.WAITING]


# the demonstration ------------------------------------------------------------------------------


def test_a_demonstration_fills_an_empty_database_only(xinnuo: Run, service: Container):
    result = xinnuo("demo", "--cases", "40")
    assert result.code == 0
    assert "演示案件 40 件" in result.out
    recorded = size(service)
    assert f"共记录{recorded}个事件" in result.out
    again = xinnuo("demo", "--cases", "40")
    assert (again.code, "已经有数据" in again.err) == (2, True)
    assert xinnuo("demo", "--only-if-empty") == Result(0, "", "")
    assert size(service) == recorded


def test_a_test_certificate_signs_for_a_demonstration_only(
    xinnuo: Run, service: Container, tmp_path: Path
):
    served, signed = tmp_path / "letter.pdf", tmp_path / "signed.pdf"
    served.write_bytes(document("I promise."))
    sign = ("demo-sign", str(served), "--out", str(signed), "--code")
    refused = xinnuo(*sign, COMPANY.code)
    assert (refused.code, signed.exists()) == (1, False)
    assert "只能用于演示数据" in refused.err
    set_mark(service.engine, DEMO, service.clock())
    assert xinnuo(*sign, "411281").code == 2
    assert xinnuo(*sign, COMPANY.code).code == 0
    verdict = service.casework.signing.verifier.verify(
        signed.read_bytes(), served.read_bytes(), COMPANY, service.clock() + timedelta(minutes=1)
    )
    assert isinstance(verdict, Verification)
