"""The commands for backups: take one while the service runs, prove it, put it in place."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.progress import Progress, TaskID

from api.cli.console import AS_IT_IS, complain, opened, say, settings_in_force
from application.access.permissions import Role
from domain.logbook.events import LogRestored
from domain.values.parties import Actor, Department
from domain.values.texts import LongText
from domain.values.workdays import SHANGHAI
from infrastructure.backup.declaring import declare
from infrastructure.backup.key_files import copy_keys
from infrastructure.backup.manifest import NotBackedUp, described
from infrastructure.backup.restoring import Backup, Report, Restoring, size_of
from infrastructure.backup.taking import take
from infrastructure.clock.guarded_clock import TOLERANCE, wall_time
from infrastructure.clock.log_time import confirm as record_confirmation
from infrastructure.container import Container, build, system_clock
from infrastructure.health.checks import examine
from infrastructure.health.findings import Severity
from projections.audit_trail.sentences import SENTENCES

app = typer.Typer()
KeysApart = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="密钥的文件夹，与备份分开保管；不填则不含密钥"),
]

BackupFolder = Annotated[
    Path | None, typer.Argument(exists=True, file_okay=False, help="备份文件夹")
]
By = Annotated[str, typer.Option(help="恢复人的人员编号，记录在案")]
Because = Annotated[str, typer.Option(help="恢复的原因，记录在案")]
Office = Annotated[str, typer.Option(help="恢复人所在单位的统一社会信用代码")]
Over = Annotated[bool, typer.Option("--over", help="现在的库里有数据也代替，原库改名保留")]
Placed = Annotated[
    bool, typer.Option("--placed", help="数据库已用别的办法放回（快照等），只声明恢复")
]
Drill = Annotated[bool, typer.Option("--drill", help="演练：恢复到别处、核验、报告，不动现在的库")]


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="写到这个新文件夹")],
    keys: KeysApart = None,
) -> None:
    """备份数据库，期间照常服务；密钥另放（--keys）"""
    with _told(), opened() as container, _bar("备份数据库") as (bar, task):
        if keys:
            _require_apart(folder, keys)
        manifest = take(
            container, folder, lambda done, total: bar.update(task, completed=done, total=total)
        )
        bar.update(task, completed=1, total=1)
        if keys:
            copy_keys(container.settings.keys_dir, keys)
    say.print(f"已备份到 {folder}：{described(manifest)}", **AS_IT_IS)
    if keys:
        say.print(f"密钥已另存到 {keys}：请与备份分开保管", **AS_IT_IS)
    else:
        say.print("备份里没有密钥：没有密钥恢复不了，请另行备份（--keys 另一个文件夹）")


@app.command()
def restore(
    folder: BackupFolder = None,
    by: By = "",
    because: Because = "",
    keys: KeysApart = None,
    department: Office = "114112810058000150",
    over: Over = False,
    placed: Placed = False,
    drill: Drill = False,
) -> None:
    """从备份恢复：先核验，再代替现在的库，并记入日志；须先停服务"""
    _require_one(folder, placed=placed, drill=drill)
    settings = settings_in_force()
    with _told():
        copy = Backup.at(folder, settings) if folder else None
        restoring = Restoring(settings, system_clock, keys)
        if copy and drill:
            return _drill(copy, restoring)
        actor, reason = _declared(by, because, department)
        at = _plausible_time(copy)
        reached = _place(copy, restoring, over=over) if copy else 0
        with closing(build(settings)) as container:
            record_confirmation(container.engine, at, actor.person)
            digest = copy.digest if copy else None
            _tell(declare(container, actor, reason, digest, reached), container)


def _require_one(folder: Path | None, *, placed: bool, drill: bool) -> None:
    if (folder is None) is not placed or (drill and placed):
        raise typer.BadParameter("请给出备份文件夹；已经用别的办法放回的，只给 --placed")


def _declared(by: str, because: str, department: str) -> tuple[Actor, str]:
    """Who restores, and why; checked before anything is touched."""
    if not (by and because):
        raise typer.BadParameter("请用 --by 和 --because 说明谁恢复、为什么，记录在案")
    office = Department(code=department, name="系统运维单位")
    reason = TypeAdapter(LongText).validate_python(because)
    return Actor(person=by, role=Role.OPERATOR, department=office), reason


def _plausible_time(copy: Backup | None) -> datetime:
    """The time by the clock, for which whoever restores answers, as a backup may be old.

    Raises NotBackedUp if it is certainly wrong.
    """
    at = wall_time()
    shown = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if copy and at < copy.manifest.made_at - TOLERANCE:
        raise NotBackedUp(f"服务器时钟是{shown}，比备份的时间还早，什么也没有改变：请先校准时钟")
    say.print(f"服务器时钟是{shown}，恢复以后按它记录；不对就按 Ctrl-C，校准以后再恢复")
    return at


def _drill(copy: Backup, restoring: Restoring) -> None:
    with _verifying(copy) as report:
        restoring.drill(copy, report)
    say.print(f"演练通过：{described(copy.manifest)}，恢复到别处，逐个核验无误，已经清除")


def _place(copy: Backup, restoring: Restoring, *, over: bool) -> int:
    """Puts the backup in place; returns the number of events in the database before it."""
    reached = size_of(restoring.settings.url) or 0
    with _verifying(copy) as report:
        kept = restoring.put_in_place(copy, report, over=over)
    say.print(f"已恢复：{described(copy.manifest)}", **AS_IT_IS)
    if kept:
        say.print(f"原来的库保留为 {kept}", **AS_IT_IS)
    return reached


def _tell(restored: LogRestored, container: Container) -> None:
    say.print(f"已记入日志：{SENTENCES[LogRestored](restored)}", **AS_IT_IS)
    say.print(f"日志名称 {restored.origin}，公钥 {container.log_keys[0]}", **AS_IT_IS)
    for found in examine(container):
        if found.severity is Severity.STOPS:
            complain.print(found.text, style="red", **AS_IT_IS)


def _require_apart(folder: Path, keys: Path) -> None:
    one, other = folder.resolve(), keys.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise NotBackedUp("密钥和备份不能放在一处，什么也没有写：拿到的人就能读出个人信息，请分开")


@contextmanager
def _told() -> Iterator[None]:
    """Prints a refusal in one line."""
    try:
        yield
    except NotBackedUp as refusal:
        complain.print(str(refusal), style="red", **AS_IT_IS)
        raise typer.Exit(1) from None


@contextmanager
def _bar(what: str) -> Iterator[tuple[Progress, TaskID]]:
    with Progress(console=say) as bar:
        yield bar, bar.add_task(what, total=None)


@contextmanager
def _verifying(copy: Backup) -> Iterator[Report]:
    with Progress(console=say) as bar:
        task = bar.add_task("恢复到临时库并核验", total=copy.manifest.position or None)
        yield lambda done: bar.update(task, completed=done)
        bar.update(task, completed=copy.manifest.position)
