"""Setting up: a wrong setting is a line that names it, and nothing is made; `doctor` tells all."""

import json
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from api.server.listeners import MAX_PATH, NotListening, listen
from infrastructure.container import Container
from infrastructure.database.engine import open_database, writing
from infrastructure.health.checks import examine
from infrastructure.settings import Settings
from tests.api.cli.test_main import SAMPLES, Result, Run, command, in_one_line

__all__ = ["command"]
HUSHED = "geheim"
"""A password in an address, which no line may repeat."""
WRONG = [
    ("PORT", "0", "应为1到65535之间的整数，现在是“0”"),
    ("PORT", "abc", "应为1到65535之间的整数，现在是“abc”"),
    ("PORT", "", "不能为空"),
    ("OPERATOR_PORT", "70000", "应为1到65535之间的整数"),
    ("HOST", "", "不能为空"),
    ("HOST", "http://127.0.0.1", "不带 http://"),
    ("HOST", "127.0.0.1 8000", "应为本机的一个地址"),
    ("POOL_SIZE", "-1", "应为1到40之间的整数"),
    ("TOKEN_HOURS", "999", "应为1到24之间的整数"),
    ("SESSION_IDLE_MINUTES", "half", "应为1到480之间的整数"),
    ("MAX_BODY_BYTES", "1e6", "应为1024到8388608之间的整数"),
    ("PAGE_SIZE", "0", "应为1到200之间的整数"),
    ("EXPORT_MAX_ROWS", "all", "应为1到1000000之间的整数"),
    ("POLL_SECONDS", "nan", "应为大于0、不超过60的数"),
    ("POLL_SECONDS", "0", "应为大于0、不超过60的数"),
    ("LOG_ORIGIN", "a b", "没有空白和加号"),
    ("WITNESSES", "abc", "应为公钥的 JSON 列表"),
    ("WITNESSES", '["junk"]', "不是见证人的公钥"),
    ("WITNESSES", '{"key": 1}', "应为公钥的 JSON 列表"),
    ("DATABASE_URL", "", "不能为空"),
    ("DATABASE_URL", HUSHED, "应为 sqlite:///文件 或者 postgresql+psycopg://"),
    ("DATABASE_URL", f"mysql://u:{HUSHED}@h/x", "不支持 mysql"),
    ("DATABASE_URL", f"postgresql+asyncpg://u:{HUSHED}@h/x", "没有驱动程序 asyncpg"),
    ("DATABASE_URL", f"postgresql+psycopg://u:{HUSHED}@h:five/x", "应为 sqlite:///文件"),
    ("DATABASE_URL", f"postgresql+psycopg://u:{HUSHED}@h", "缺少库名"),
    ("DATABASE_URL", "sqlite://", "缺少文件"),
    ("DATABASE_URL", "sqlite:////nowhere/at/all/x.db", "没有文件夹“/nowhere/at/all”"),
    ("DATABASE_URL", "sqlite:////proc", "应为文件"),
    ("DATA_DIR", "", "不能为空"),
    ("DATA_DIR", "/proc/nope", "不能建立这个文件夹"),
    ("DATA_DIR", "/etc/passwd", "应为文件夹，这里是一个文件"),
]
"""Setting, value, and what is said about it."""


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Every command sets the umask of its process; the tests go on with theirs."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder that the environment names; it is not there yet."""
    for name in [name for name in os.environ if name.startswith("XINNUO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XINNUO_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def installed(folder: Path, migrated_sqlite: Path) -> Path:
    """The data folder with an empty database of the newest schema."""
    folder.mkdir(mode=0o700)
    copytree(migrated_sqlite.parent, folder, dirs_exist_ok=True)
    folder.chmod(0o700)
    (folder / "xinnuo.db").chmod(0o600)
    return folder


def modes(folder: Path) -> dict[str, str]:
    paths = [folder, *folder.rglob("*")]
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in paths}


# settings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "value", "said"), WRONG)
def test_a_wrong_setting_is_one_line_that_names_it_and_nothing_is_made(
    command: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
):
    monkeypatch.setenv(f"XINNUO_{setting}", value)
    for name in ("migrate", "serve", "token --role auditor"):
        result = command(*name.split())
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith(f"XINNUO_{setting}：")
        assert said in result.err
        assert in_one_line(result)
        assert HUSHED not in result.err
    assert not folder.exists() or not [*folder.iterdir()]


def test_every_wrong_setting_is_named_at_once(
    command: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XINNUO_PORT", "abc")
    monkeypatch.setenv("XINNUO_PAGE_SIZE", "0")
    assert [line.partition("：")[0] for line in command("serve").err.splitlines()] == [
        "XINNUO_PORT",
        "XINNUO_PAGE_SIZE",
    ]


def test_a_setting_of_a_newer_release_or_a_misspelt_one_stops_nothing_and_is_told(
    command: Run, installed: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XINNUO_POTR", "8001")
    monkeypatch.setenv("XINNUO_QUANTUM_LINK", "on")
    assert command("sweep").code == 0
    told = command("doctor").out
    assert "! 设置：不认识设置 XINNUO_POTR，不起作用，是不是 XINNUO_PORT？" in told
    assert "! 设置：不认识设置 XINNUO_QUANTUM_LINK，不起作用，请核对名称" in told


# files of one user ------------------------------------------------------------------------------


def test_everything_a_command_makes_is_for_its_owner_alone(command: Run, folder: Path):
    assert command("migrate").code == command("demo", "--cases", "3").code == 0
    assert command("token", "--role", "auditor").code == 0
    found = modes(folder)
    assert {"data", "xinnuo.db", "keys", "vault.key", "token.json"} <= found.keys()
    assert {mode for name, mode in found.items() if mode[-2:] != "00"} == set()


def test_an_older_releases_database_is_taken_from_other_users(command: Run, installed: Path):
    (installed / "xinnuo.db").chmod(0o644)
    assert command("sweep").code == 0
    assert modes(installed)["xinnuo.db"] == "0o600"


def test_a_folder_open_to_others_is_told_with_the_remedy(command: Run, installed: Path):
    for path, remedy in ((installed, "chmod 700"), (installed / "keys", "chmod 700")):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
        assert f"{path} 可以被本机其他用户读取，请运行 {remedy} {path}" in command("doctor").out
        path.chmod(0o700)


# the address ------------------------------------------------------------------------------------


def test_a_port_in_use_is_told_before_any_address_is_announced(
    command: Run, installed: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("XINNUO_PORT", str(port))
        result = command("serve")
        assert (result.code, result.out) == (1, "")
        assert f"XINNUO_PORT：127.0.0.1:{port} 已经被另一个程序占用" in result.err
        assert in_one_line(result)
        other.close()
        assert f"✓ 端口：127.0.0.1:{port} 空闲" in command("doctor").out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"operator_port": 0}, "XINNUO_OPERATOR_PORT：127.0.0.1:"),
        ({"host": "192.0.2.1"}, "XINNUO_HOST：192.0.2.1:"),
        ({"host": "no-such-host.invalid"}, "XINNUO_HOST：no-such-host.invalid不是本机的地址"),
    ],
)
def test_an_address_that_cannot_be_listened_at_names_its_setting(
    tmp_path: Path, changes: dict[str, object], said: str
):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        changes = {name: value or taken for name, value in changes.items()}
        settings = Settings(data_dir=tmp_path).model_copy(update={"port": 0} | changes)
        with pytest.raises(NotListening, match=said):
            listen(settings)


def test_two_that_have_bound_the_port_at_once_are_not_both_announced(tmp_path: Path):
    first = listen(Settings(data_dir=tmp_path).model_copy(update={"port": 0}))
    port = first.public.getsockname()[1]
    with pytest.raises(NotListening, match="已经被另一个程序占用"):
        listen(Settings(data_dir=tmp_path, port=port))
    first.forget()


def test_the_operators_socket_of_a_killed_process_is_replaced_and_a_live_one_is_not(tmp_path: Path):
    settings = Settings(data_dir=tmp_path).model_copy(update={"port": 0})
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(settings.operator_socket))
    first = listen(settings)
    assert modes(tmp_path)["operator.sock"] == "0o600"
    assert "--unix-socket" in first.operators_address
    second = listen(settings)
    assert (second.operators, "被另一个进程占用" in second.operators_address) == (None, True)
    second.forget()
    assert settings.operator_socket.exists()
    first.forget()
    assert not settings.operator_socket.exists()


def test_a_path_too_long_for_a_unix_socket_is_told_and_stops_nothing(tmp_path: Path):
    settings = Settings(data_dir=tmp_path / ("x" * MAX_PATH)).model_copy(update={"port": 0})
    listeners = listen(settings)
    assert "XINNUO_OPERATOR_PORT" in listeners.operators_address
    listeners.forget()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.9", "xinnuo.example"])  # noqa: S104
def test_plain_http_for_other_machines_is_a_warning(service: Container, host: str):
    settings = service.settings.model_copy(update={"host": host})
    found = {each.check: each.text for each in examine(_with(service, settings))}
    assert found["plain-http"].startswith(f"XINNUO_HOST：在{host}上用不加密的 HTTP")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_plain_http_for_this_machine_is_no_warning(service: Container, host: str):
    settings = service.settings.model_copy(update={"host": host})
    assert "plain-http" not in {each.check for each in examine(_with(service, settings))}


def _with(service: Container, settings: Settings) -> Container:
    return type(service)(**{**vars(service), "settings": settings})


# doctor -----------------------------------------------------------------------------------------


def states(result: Result) -> dict[str, str]:
    """The state of each thing that `doctor --json` tells."""
    return {line["about"]: line["state"] for line in json.loads(result.out)}


def test_the_doctor_finds_nothing_wrong_with_a_sound_installation(command: Run, installed: Path):
    result = command("doctor")
    assert (result.code, {line[0] for line in result.out.splitlines()}) == (0, {"✓"})
    assert set(states(command("doctor", "--json")).values()) == {"ok"}


def test_the_doctor_says_what_is_missing_before_anything_is_installed_and_makes_nothing(
    command: Run, folder: Path
):
    result = command("doctor")
    assert result.code == 1
    assert "✗ 数据库：还没有" in result.out
    assert "请运行 xinnuo migrate" in result.out
    assert not folder.exists()


def test_the_doctor_works_on_a_database_that_is_away(
    command: Run, installed: Path, monkeypatch: pytest.MonkeyPatch
):
    url = f"postgresql+psycopg://nobody:{HUSHED}@127.0.0.1:1/none"
    monkeypatch.setenv("XINNUO_DATABASE_URL", url)
    result = command("doctor")
    assert (result.code, HUSHED in result.out + result.err) == (1, False)
    assert "✗ 数据库：无法访问" in result.out


def test_the_doctor_works_on_a_database_of_another_release(command: Run, installed: Path):
    engine = open_database(f"sqlite:///{installed}/xinnuo.db")
    with writing(engine).begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    result = command("doctor")
    assert result.code == 1
    assert "✗ 结构：不是这个版本的，请运行 xinnuo migrate" in result.out


def test_the_doctor_tells_a_wrong_setting_and_an_unreadable_file(
    command: Run, installed: Path, monkeypatch: pytest.MonkeyPatch
):
    (installed / "xinnuo.db").write_bytes(b"no database at all, but a text of some length" * 9)
    assert states(command("doctor", "--json"))["数据库"] == "stops"
    monkeypatch.setenv("XINNUO_PAGE_SIZE", "0")
    result = command("doctor")
    assert (result.code, "✗ 设置：XINNUO_PAGE_SIZE：" in result.out) == (1, True)


# Ctrl-C -----------------------------------------------------------------------------------------


@pytest.fixture
def interrupt() -> Iterator[Callable[[str], None]]:
    """Presses Ctrl-C, once, as soon as a command executes such a statement."""
    awaited: list[str] = []

    def listener(*executed: Any) -> None:
        if awaited and awaited[0] in executed[2]:
            awaited.clear()
            signal.raise_signal(signal.SIGINT)

    event.listen(Engine, "before_cursor_execute", listener)
    yield awaited.append
    event.remove(Engine, "before_cursor_execute", listener)
    assert not awaited, "no command executed the statement"


@pytest.mark.parametrize(
    ("arguments", "statement", "said"),
    [
        (("verify",), "FROM events", "没有得出结论，什么也没有改变"),
        (("rebuild", "audit"), "INSERT INTO audit", "原来的投影照旧使用"),
        (("rebuild", "cases"), "INSERT INTO case_summaries", "已经重写的行保留，请再运行一次"),
        (("import", "catalogue", "catalogue.csv"), "projection_positions", "表格已经全部导入"),
        (("import", "credit", "credit.csv"), "INSERT INTO credit_entries", "什么也没有导入"),
        (("export", "--out", "trail.csv"), "SELECT count", "没有写出文件"),
        (("sweep",), "FROM", "已经处理的案件保留，再运行一次会接着处理"),
    ],
)
def test_ctrl_c_says_what_was_kept_without_a_traceback(
    command: Run,
    installed: Path,
    interrupt: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    statement: str,
    said: str,
):
    monkeypatch.chdir(SAMPLES)
    if arguments[0] not in ("import", "sweep"):
        assert command("demo", "--cases", "3").code == 0
    interrupt(statement)
    result = command(
        *arguments[:-1], str(installed / arguments[-1]) if "--out" in arguments else arguments[-1]
    )
    assert (result.code, in_one_line(result)) == (130, True)
    assert result.err.startswith(f"已中断：{said}")
    assert command("doctor").code == 0
