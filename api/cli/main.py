"""The command line: xinnuo serve | migrate | rebuild | sweep | import | audit | export | demo …"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.progress import Progress
from sqlalchemy.exc import OperationalError

from api.cli import backups as backups_cli
from api.cli import clock as clock_cli
from api.cli import doctor, serving
from api.cli import evidence as evidence_cli
from api.cli import imports as imports_cli
from api.cli import keys as keys_cli
from api.cli.arguments import AtMoment, OneId, PersonsRole, office_of
from api.cli.console import AS_IT_IS, complain, interruptible, opened, say, settings_in_force
from api.cli.exports import export_to
from api.cli.history import json_lines, sentences, state_then
from api.demo import simulation
from api.http.auth import Tokens
from api.server.listeners import NotListening
from application.access.persons import NotAPerson, person_at_work
from application.as_of import AsOf
from domain.kernel.errors import DomainError, NotFound
from domain.values.parties import Actor, Department
from infrastructure.container import Container
from infrastructure.data_folder import OWNER_ONLY, NoFolder
from infrastructure.database.engine import DatabaseAway, open_database
from infrastructure.database.markers import is_rebuilt, stale_projections
from infrastructure.database.roles import grant
from infrastructure.evidence.bundle_check import Broken
from infrastructure.exports.exporter import NotExported
from infrastructure.health.checks import Unsound, require_sound
from infrastructure.health.settings import explained, unparsed
from infrastructure.keys.first_keys import KeysRefused
from infrastructure.migrations import ForeignSchema, upgrade
from infrastructure.projector import rebuild_inline
from infrastructure.projector.projector import PROJECTIONS
from infrastructure.projector.rebuild import rebuild as rebuild_beside
from infrastructure.settings import Settings
from infrastructure.spreadsheets.reader import SheetError
from infrastructure.spreadsheets.writers import Format
from infrastructure.structured_logging import set_up_logs
from infrastructure.workers.process_lock import DEMONSTRATION, Occupied, alone
from projections.audit_trail.queries import TrailQuery

app = typer.Typer(
    help="信诺：政务领域信用承诺服务",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.add_typer(imports_cli.tables, name="import")
app.add_typer(imports_cli.app)
app.add_typer(evidence_cli.app)
app.add_typer(keys_cli.app, name="keys")
app.add_typer(clock_cli.app, name="clock")
app.add_typer(backups_cli.app)
app.add_typer(serving.app)
app.add_typer(doctor.app)
REFUSALS = (
    *(DomainError, NotAPerson, SheetError, Unsound, Broken, NotExported),
    *(NoFolder, NotListening, Occupied, KeysRefused, ForeignSchema),
)
"""Errors whose text is for the user."""
REBUILDABLE = (*PROJECTIONS, rebuild_inline.NAME)


def main() -> None:
    """Run a command.  An error that the user can correct is printed in one line, no traceback."""
    os.umask(OWNER_ONLY)
    set_up_logs()
    try:
        app()
    except REFUSALS as refusal:
        _fail(str(refusal))
    except ValidationError as invalid:
        if invalid.title == Settings.__name__:
            _fail(*explained(invalid))
        _fail(*(each["msg"].removeprefix("Value error, ") for each in invalid.errors()))
    except SettingsError as unreadable:
        _fail(unparsed(unreadable))
    except (DatabaseAway, OperationalError):
        _fail("数据库无法访问或者不能写入，请检查 XINNUO_DATABASE_URL")
    except OSError as error:
        _fail(f"不能读写文件“{error.filename}”：{error.strerror}")


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        complain.print(line, style="red", **AS_IT_IS)
    raise SystemExit(1) from None


@app.command()
def migrate() -> None:
    """把数据库结构升级到最新；空的数据库，同时造好密钥"""
    with interruptible("数据库结构没有改变"):
        settings = settings_in_force()
        database = open_database(settings.as_owner.url)
        try:
            upgrade(database)
            keys_cli.establish(database, settings)
            grant(database, settings.url)
            stale = stale_projections(database)
        finally:
            database.dispose()
    if stale:
        _rebuild_each(stale)
    say.print("数据库结构已是最新")


@app.command()
def rebuild(name: Annotated[str, typer.Argument(help="、".join(REBUILDABLE))]) -> None:
    """从事件重建一个投影，期间照常服务"""
    if name not in REBUILDABLE:
        raise typer.BadParameter(f"没有这个投影，可选：{'、'.join(REBUILDABLE)}")
    of_cases = "已经重写的行保留，请再运行一次"
    kept = of_cases if name == rebuild_inline.NAME else "原来的投影照旧使用"
    with opened(kept, as_owner=True) as container:
        with Progress(console=say) as bar:
            task = bar.add_task(f"重建 {name}", total=container.log_size() or None)
            count = _rebuild(container, name, lambda done: bar.update(task, completed=done))
            bar.update(task, completed=count, total=count)
        unit = "案件" if name == rebuild_inline.NAME else "事件"
        say.print(f"已重建投影 {name}，共{count}个{unit}")


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
    with opened("已经处理的案件保留，再运行一次会接着处理") as container:
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
    applicant: Annotated[str, typer.Option(help="申请单位名称的一部分，或者代码")] = "",
    document: Annotated[str, typer.Option(help="文书号、承诺编码或者管理办法")] = "",
    stream: Annotated[str, typer.Option(help="案件或者事项的编号")] = "",
    since: Annotated[str, typer.Option(help="从这一天起，如 2026-09-28")] = "",
    until: Annotated[str, typer.Option(help="到这一天止")] = "",
    topic: Annotated[str, typer.Option(help="事件类型")] = "",
    after: Annotated[str, typer.Option(help="只要日志这一号以后的")] = "",
    late: Annotated[bool, typer.Option(help="只要事后记录的")] = False,
) -> None:
    """导出审计轨迹（供 Excel 打开的 CSV、XLSX，供程序读取的 NDJSON），并留下记录"""
    filters = {name: value for name, value in locals().items() if name in TrailQuery.model_fields}
    with opened("没有写出文件") as container:
        record = export_to(container, TrailQuery.model_validate(filters), format, out, say)
        say.print(f"已导出{record.done}行到 {out}，SHA-256 {record.sha256}", **AS_IT_IS)


@app.command()
def token(
    role: PersonsRole,
    person: Annotated[str, typer.Option(help="人员编号，默认按岗位取名")] = "",
    department: Annotated[
        str, typer.Option(help="单位的统一社会信用代码，默认按岗位，审计属于审计局")
    ] = "",
    name: Annotated[str, typer.Option(help="单位名称，默认按岗位")] = "",
) -> None:
    """签发本地使用的令牌（打印到标准输出）"""
    usual = office_of(role)
    unit = Department(code=department or usual.code, name=name or usual.name)
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
    kept = "演示数据只做了一部分，请在空的数据库里重新开始"
    with (
        opened(kept) as container,
        alone(container.engine, DEMONSTRATION, container.clock(), _wait_for),
    ):
        if container.log_size():
            if only_if_empty:
                return
            raise typer.BadParameter("数据库里已经有数据，演示只在空数据库里进行")
        require_sound(container)
        simulation.run(container.settings, cases, say, container.clock())


def _wait_for(other: str) -> None:
    complain.print(f"{other}正在做演示数据，等它完成", **AS_IT_IS)


def _rebuild_each(names: Sequence[str]) -> None:
    """Rebuilds what a migration has marked; an interruption leaves the marks for the next time."""
    with opened("数据库结构已是最新，投影还要重建，请再运行一次", as_owner=True) as container:
        for name in names:
            count = _rebuild(container, name, lambda _: None)
            is_rebuilt(container.engine, name)
            say.print(f"已重建投影 {name}，共{count}个事件")


def _rebuild(container: Container, name: str, progress: Callable[[int], None]) -> int:
    if name == rebuild_inline.NAME:
        return rebuild_inline.rewrite(container.repository, progress)
    return rebuild_beside(container.projector, PROJECTIONS[name], progress)
