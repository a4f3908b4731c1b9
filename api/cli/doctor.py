"""`xinnuo doctor`: what can be found out about this installation, a line for each thing.

It needs neither a database that answers nor one of this release, and makes nothing.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated, NamedTuple
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from api.cli.console import AS_IT_IS, say
from infrastructure import data_folder
from infrastructure.container import build
from infrastructure.database.engine import open_database
from infrastructure.health import settings as wrong_settings
from infrastructure.health.checks import CHECKS, examine
from infrastructure.health.findings import Severity
from infrastructure.migrations import is_current
from infrastructure.settings import Settings
from infrastructure.workers.process_lock import holder_of

MARKS = {"ok": "✓", Severity.WARNS: "!", Severity.STOPS: "✗"}
ALIVE_SECONDS = 2.0
DIRECTLY = build_opener(ProxyHandler({}))
"""Opens addresses of this machine, whatever proxy the environment names."""
app = typer.Typer()


class Line(NamedTuple):
    """What was found about one thing; `state` is ok, warns or stops."""

    state: str
    about: str
    text: str


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON，供程序读取")] = False,
) -> None:
    """检查这个安装：设置、文件权限、数据库、进程和端口，每项一行；有不能启动的问题时退出码为1"""
    lines = list(dict.fromkeys(_lines()))
    if as_json:
        typer.echo(json.dumps([line._asdict() for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            say.print(f"{MARKS[line.state]} {line.about}：{line.text}", **AS_IT_IS)
    if any(line.state == Severity.STOPS for line in lines):
        raise typer.Exit(1)


def _lines() -> Iterator[Line]:
    for unknown in wrong_settings.unknown(os.environ):
        yield Line(Severity.WARNS, "设置", unknown)
    try:
        settings = Settings()
    except ValidationError as invalid:
        yield from (
            Line(Severity.STOPS, "设置", line) for line in wrong_settings.explained(invalid)
        )
        return
    except SettingsError as unreadable:
        yield Line(Severity.STOPS, "设置", wrong_settings.unparsed(unreadable))
        return
    yield Line("ok", "设置", "取值都合要求")
    yield from _folder(settings)
    yield from _database(settings)
    yield _follower(settings)
    yield _port(settings)


def _folder(settings: Settings) -> Iterator[Line]:
    if fault := data_folder.unusable(settings):
        yield Line(Severity.STOPS, "文件夹", fault)
        return
    found = [*data_folder.open_to_others(settings)]
    yield from (Line(Severity.WARNS, "权限", line) for line in found)
    if not found:
        yield Line("ok", "文件夹", f"{settings.data_dir} 可以读写，只有本用户可以进入")


def _database(settings: Settings) -> Iterator[Line]:
    file = data_folder.database_file(settings.url)
    if file and not file.is_file():
        yield Line(Severity.STOPS, "数据库", f"还没有“{file}”，请运行 xinnuo migrate")
        return
    engine = open_database(settings.url, 1)
    try:
        yield _version(engine)
        if not is_current(engine):
            yield Line(Severity.STOPS, "结构", "不是这个版本的，请运行 xinnuo migrate")
            return
        yield Line("ok", "结构", "是这个版本的")
    except SQLAlchemyError as error:
        reason = f"无法访问（{type(error).__name__}），请检查 XINNUO_DATABASE_URL 和数据库服务"
        yield Line(Severity.STOPS, "数据库", reason)
        return
    finally:
        engine.dispose()
    yield from _checks(settings)


def _version(engine: Engine) -> Line:
    sqlite = engine.dialect.name == "sqlite"
    about = "PRAGMA encoding" if sqlite else "SHOW server_encoding"
    with engine.connect() as db:
        version = db.scalar(text("SELECT sqlite_version()" if sqlite else "SHOW server_version"))
        encoding = str(db.scalar(text(about)))
    name = f"{'SQLite' if sqlite else 'PostgreSQL'} {version}，编码 {encoding}"
    if encoding.upper() in ("UTF8", "UTF-8"):
        return Line("ok", "数据库", name)
    return Line(Severity.STOPS, "数据库", f"{name}：存不下中文，请用 UTF-8 编码的数据库")


def _checks(settings: Settings) -> Iterator[Line]:
    """What the checks of start and readiness find.  One that fails is a finding itself."""
    try:
        with closing(build(settings)) as container:
            found = examine(container)
    except Exception as error:
        yield Line(Severity.STOPS, "检查", f"不能进行：{error}")
        return
    yield from (Line(each.severity, each.check, each.text) for each in found)
    sound = [name for name in CHECKS if name not in {each.check for each in found}]
    yield from (Line("ok", name, "没有问题") for name in sound)


def _follower(settings: Settings) -> Line:
    if data_folder.database_file(settings.url) is None:
        return Line("ok", "进程", "PostgreSQL 可以有多个进程，由数据库的锁分工")
    holder = holder_of(settings.url)
    return Line("ok", "进程", f"{holder}在跟随日志" if holder else "没有进程在跟随日志")


def _port(settings: Settings) -> Line:
    """Whether the service, another program, or nothing listens at the port."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    place = f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"
    try:
        with DIRECTLY.open(f"http://{place}/livez", timeout=ALIVE_SECONDS) as answer:
            ours = json.load(answer) == {"alive": True}
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return Line("ok", "端口", f"{place} 空闲")
        ours = False
    except (OSError, ValueError):
        ours = False
    if ours:
        return Line("ok", "端口", f"服务正在 {place} 运行")
    return Line(Severity.WARNS, "端口", f"{place} 被另一个程序占用，请停止它或者改 XINNUO_PORT")
