"""The commands for the clock: show whether it is trusted, confirm that it is right."""

from typing import Annotated

import structlog
import typer
from pydantic import TypeAdapter

from api.cli.console import AS_IT_IS, complain, opened, say
from domain.values.staff import StaffId
from domain.values.workdays import SHANGHAI
from infrastructure.clock.guarded_clock import wall_time
from infrastructure.clock.log_time import confirm as record_confirmation
from infrastructure.clock.log_time import last_confirmed, last_known

app = typer.Typer(help="服务器时钟：查看是否可信，确认是对的")
log = structlog.get_logger()


@app.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """服务器时钟：与日志最后的时刻比较，看是否可信"""
    if context.invoked_subcommand:
        return
    with opened() as container:
        known, confirmed = last_known(container.engine), last_confirmed(container.engine)
        times = {"服务器时钟": wall_time(), "日志最后可信的时刻": known, "最近一次确认": confirmed}
        for name, at in times.items():
            shown = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "无"
            say.print(f"{name}  {shown}", **AS_IT_IS)
        fault = container.guard.fault()
    if fault:
        complain.print(fault, style="red", **AS_IT_IS)
        raise typer.Exit(1)
    say.print("时钟可信")


@app.command()
def confirm(
    by: Annotated[str, typer.Option(help="确认时间无误的人员编号")],
) -> None:
    """确认服务器时钟现在是对的：长期停用之后、时钟改正之后，由运维人员做一次"""
    person = TypeAdapter(StaffId).validate_python(by)
    with opened() as container:
        at = wall_time()
        record_confirmation(container.engine, at, person)
    log.warning("clock-confirmed", at=at.isoformat(), by=person)
    say.print(f"已记录：{person}确认服务器时钟{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}是对的")
