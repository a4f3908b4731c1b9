"""The command line: xinnuo serve | migrate | rebuild | sweep | import | audit | export | demo …"""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import ValidationError
from rich.progress import Progress
from sqlalchemy.exc import OperationalError

from api.cli import backups as backups_cli
from api.cli import clock as clock_cli
from api.cli import evidence as evidence_cli
from api.cli import imports as imports_cli
from api.cli import keys as keys_cli
from api.cli.arguments import AtMoment, OneId, PersonsRole
from api.cli.console import AS_IT_IS, complain, opened, say
from api.cli.exports import export_to
from api.cli.history import json_lines, sentences, state_then
from api.cli.templates import write_template
from api.demo import simulation
from api.http.auth import Tokens
from api.http.protocol.grammar import SPEAKING
from application.access.persons import NotAPerson, person_at_work
from application.as_of import AsOf
from domain.kernel.errors import DomainError, NotFound
from domain.values.parties import Actor, Department
from infrastructure.background import at_work
from infrastructure.container import Container
from infrastructure.database.engine import DatabaseAway, open_database
from infrastructure.database.roles import grant
from infrastructure.evidence.bundle_check import Broken
from infrastructure.exports.exporter import NotExported
from infrastructure.health.checks import Unsound, require_sound
from infrastructure.keys.first_keys import KeysRefused
from infrastructure.migrations import ForeignSchema, upgrade
from infrastructure.projector import rebuild_inline
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild as rebuild_beside
from infrastructure.settings import Settings
from infrastructure.spreadsheets.reader import SheetError
from infrastructure.spreadsheets.writers import Format
from infrastructure.structured_logging import set_up_logs
from projections.audit_trail.queries import TrailQuery

MARKET = "114112810058000150"
app = typer.Typer(
    help="信诺：政务领域信用承诺服务",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.add_typer(imports_cli.tables, name="import")
app.add_typer(imports_cli.app)
imports_cli.tables.command("template")(write_template)
app.add_typer(evidence_cli.app)
app.add_typer(keys_cli.app, name="keys")
app.add_typer(clock_cli.app, name="clock")
app.add_typer(backups_cli.app)
UVICORN: Any = {
    "loop": "uvloop",
    **SPEAKING,
    "log_level": "warning",
    "access_log": False,
    "timeout_graceful_shutdown": 30,
}
REFUSALS = (
    DomainError,
    NotAPerson,
    SheetError,
    Unsound,
    Broken,
    NotExported,
    KeysRefused,
    ForeignSchema,
)
"""Errors that the user can correct."""
REBUILDABLE = (*PROJECTIONS, rebuild_inline.NAME)


def main() -> None:
    """Run a command.  An error that the user can correct is printed in one line, no traceback."""
    set_up_logs()
    try:
        app()
    except REFUSALS as refusal:
        complain.print(str(refusal), style="red", **AS_IT_IS)
        raise SystemExit(1) from None
    except ValidationError as invalid:
        for each in invalid.errors():
            complain.print(each["msg"].removeprefix("Value error, "), style="red", **AS_IT_IS)
        raise SystemExit(1) from None
    except (DatabaseAway, OperationalError):
        complain.print("[red]数据库无法访问或者不能写入，请检查 XINNUO_DATABASE_URL[/red]")
        raise SystemExit(1) from None


@app.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=32, help="进程数，PostgreSQL 才可多于一个")
    ] = 1,
) -> None:
    """启动服务：网站、接口和投影"""
    settings = Settings()
    if workers > 1 and settings.url.startswith("sqlite"):
        raise typer.BadParameter("SQLite 只能用一个进程，多个进程请用 PostgreSQL")
    with opened() as container:
        require_sound(container)  # reported here, before the workers start
    address = f"http://{settings.host}:{settings.port}"
    say.print(f"公示网站  {address}/\n接口文档  {address}/docs")
    say.print("取得令牌  .venv/bin/xinnuo token --role intake_clerk（岗位见 xinnuo token --help）")
    # uvicorn, when stopped, finishes its requests and then raises the signal again
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    where: Any = {"host": settings.host, "port": settings.port, "workers": workers}
    uvicorn.run("api.app:from_environment", factory=True, **where, **UVICORN)


@app.command()
def migrate() -> None:
    """把数据库结构升级到最新；空的数据库，同时造好密钥"""
    settings = Settings()
    database = open_database(settings.as_owner.url)
    try:
        upgrade(database)
        keys_cli.establish(database, settings)
        grant(database, settings.url)
    finally:
        database.dispose()
    say.print("数据库结构已是最新")


@app.command()
def rebuild(name: Annotated[str, typer.Argument(help="、".join(REBUILDABLE))]) -> None:
    """从事件重建一个投影，期间照常服务"""
    if name not in REBUILDABLE:
        raise typer.BadParameter(f"没有这个投影，可选：{'、'.join(REBUILDABLE)}")
    with opened(as_owner=True) as container:
        with Progress(console=say) as bar:
            task = bar.add_task(f"重建 {name}", total=container.log_size() or None)
            count = _rebuild(container, name, lambda done: bar.update(task, completed=done))
            bar.update(task, completed=count, total=count)
        unit = "案件" if name == rebuild_inline.NAME else "事件"
        say.print(f"已重建投影 {name}，共{count}个{unit}")


@app.command()
def project() -> None:
    """只运行投影和对信用平台的告知（另一个进程；PostgreSQL）"""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with opened() as container:
        require_sound(container)
        with at_work(container):
            say.print("投影正在运行，按 Ctrl-C 停止")
            stopped.wait()


@app.command()
def parked() -> None:
    """列出投影没能处理而搁置的事件"""
    with opened() as container:
        for event in container.parking.all():
            place = f"{event.projection}  第{event.position}个事件  {event.stream_id}"
            why = f"{event.reason.label}：{event.remedy}"
            say.print(f"{place}  {why}  {event.error}", **AS_IT_IS)


@app.command()
def retry(name: Annotated[str, typer.Argument(help="、".join(PROJECTIONS))]) -> None:
    """重新处理一个投影搁置的事件"""
    with opened() as container:
        say.print(f"已处理{container.parking.retry(name)}个搁置的事件")


@app.command("outbox")
def list_outbox() -> None:
    """列出还没有告知信用平台的消息：等待告知、被退回、已放弃"""
    with opened() as container:
        for message in container.outbox.undelivered():
            event = f"第{message.position}个事件  {message.case_id}  {message.topic}"
            delivery = f"{message.state.label}  已试{message.tries}次  {message.answer or ''}"
            say.print(f"{event}  {delivery}".rstrip(), **AS_IT_IS)


@app.command()
def tell_again(
    position: Annotated[int | None, typer.Argument(help="事件的位置，不填则全部")] = None,
) -> None:
    """重新告知被退回或者已放弃的消息"""
    with opened() as container:
        count = container.outbox.renew(container.clock(), position)
        say.print(f"已重新排队{count}条消息，由运行中的服务告知")


@app.command()
def sweep() -> None:
    """处理到期未办的案件：逾期未补齐、逾期未整改"""
    with opened() as container:
        container.projector.catch_up_all()
        executed = list(container.sweep.run(container.guard()))
        for case_id, command in executed:
            say.print(f"{case_id}  {type(command).__name__}")
        container.projector.catch_up_all()
        say.print(f"已处理{len(executed)}件")


@app.command()
def audit(
    case: OneId,
    version: Annotated[int | None, typer.Option(min=1, help="只看第几版时的状态")] = None,
    at: AtMoment = None,
    json: Annotated[bool, typer.Option("--json", help="每个事件一行 JSON，含变化和文件")] = False,
) -> None:
    """打印一个案件的完整经过，或者当时的状态"""
    with opened() as container:
        if not (history := container.repository.history(case)):
            raise NotFound("没有这个编号的案件、事项或者容错审查")
        if version or at:
            typer.echo(state_then(history, AsOf(container.clock(), version, at)))
            return
        for line in json_lines(history) if json else sentences(history):
            typer.echo(line)


@app.command()
def export(
    out: Annotated[Path, typer.Option(dir_okay=False, help="写到这个文件")],
    format: Annotated[Format, typer.Option(help="格式")] = Format.CSV,
    person: Annotated[str, typer.Option(help="经办人员的编号")] = "",
    role: Annotated[str, typer.Option(help="岗位")] = "",
    organisation: Annotated[str, typer.Option(help="单位名称或者代码，可以只填一部分")] = "",
    action: Annotated[str, typer.Option(help="操作，如 case/decide")] = "",
    ground: Annotated[str, typer.Option(help="容错情形")] = "",
    document: Annotated[str, typer.Option(help="文书号、承诺编码或者管理办法")] = "",
    stream: Annotated[str, typer.Option(help="案件或者事项的编号")] = "",
    since: Annotated[str, typer.Option(help="从这一天起，如 2026-09-28")] = "",
    until: Annotated[str, typer.Option(help="到这一天止")] = "",
    topic: Annotated[str, typer.Option(help="事件类型")] = "",
) -> None:
    """导出审计轨迹（供 Excel 打开的 CSV、XLSX，供程序读取的 NDJSON），并留下记录"""
    filters = {name: value for name, value in locals().items() if name in TrailQuery.model_fields}
    with opened() as container:
        record = export_to(container, TrailQuery.model_validate(filters), format, out, say)
        say.print(f"已导出{record.done}行到 {out}，SHA-256 {record.sha256}", **AS_IT_IS)


@app.command()
def token(
    role: PersonsRole,
    person: Annotated[str, typer.Option(help="人员编号，默认按岗位取名")] = "",
    department: Annotated[str, typer.Option(help="单位的统一社会信用代码")] = MARKET,
    name: Annotated[str, typer.Option(help="单位名称")] = "义马市市场监督管理局",
) -> None:
    """签发本地使用的令牌（打印到标准输出）"""
    unit = Department(code=department, name=name)
    actor = person_at_work(Actor(person=person or f"{role}-01", role=role, department=unit))
    with opened() as container:
        tokens = Tokens(container.keys.token_key())
        typer.echo(tokens.mint(actor, container.clock(), container.settings.token_hours))


@app.command()
def demo(
    cases: Annotated[int, typer.Option(min=1, max=20_000, help="案件数")] = 240,
    only_if_empty: Annotated[bool, typer.Option(help="已有数据时什么也不做")] = False,
) -> None:
    """用演示数据办理一批案件：两种类型，各种结果"""
    with opened() as container:
        if container.log_size():
            if only_if_empty:
                return
            raise typer.BadParameter("数据库里已经有数据，演示只在空数据库里进行")
        require_sound(container)
        simulation.run(container.settings, cases, say)


def _rebuild(container: Container, name: str, progress: Callable[[int], None]) -> int:
    if name == rebuild_inline.NAME:
        return rebuild_inline.rewrite(container.repository, progress)
    return rebuild_beside(container.projector, PROJECTIONS[name], progress)
