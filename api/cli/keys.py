"""The commands about keys: list and check them, change them, begin anew after a loss."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine

from api.cli.console import AS_IT_IS, complain, opened, say
from infrastructure.container import Container, system_clock
from infrastructure.keys import first_keys, key_changes, key_files
from infrastructure.keys.records import KeyRecord, KeyState, Reason, all_keys
from infrastructure.settings import Settings

app = typer.Typer(help="密钥：列出、核对、更换，遗失以后重新开始", no_args_is_help=True)
By = Annotated[str, typer.Option(help="操作人的人员编号，记录在案")]
Because = Annotated[str, typer.Option(help="原因，记录在案")]
Confirm = Annotated[
    str,
    typer.Option(
        prompt="这些密钥将被永远放弃，已经封存的内容再也打不开。确定的话，请再输入一遍文件名",
        help="再写一遍文件名（用空格隔开），表示确定",
    ),
]


@app.command("list")
def list_keys() -> None:
    """列出数据库登记的密钥：编号、版本、文件、权限、状态"""
    with opened() as container, container.engine.connect() as db:
        table = Table("文件", "编号", "版本", "权限", "状态")
        for key in all_keys(db):
            mode = _mode(container, key) if key.state is KeyState.ACTIVE else "—"
            table.add_row(key.file, key.key_id, str(key.version), mode, key.state.label)
        say.print(table)


@app.command()
def check() -> None:
    """核对密钥文件：都在、完好、只有本人能读、就是数据库登记的那些"""
    with opened() as container:
        faults = [*container.keys.findings()]
    for fault in faults:
        complain.print(fault, style="red", **AS_IT_IS)
    if faults:
        raise typer.Exit(1)
    say.print("密钥齐全完好，与数据库登记的一致")


@app.command()
def new_token(by: By, because: Because) -> None:
    """换一把签发令牌的密钥；已经签发的令牌全部失效，重启服务后生效"""
    with _changing(by, because) as (container, why):
        key_changes.new_token_key(container.keys, why)
    say.print("已换签发令牌的密钥，请重启服务，并重新签发令牌")


@app.command()
def accept(
    file: Annotated[str, typer.Argument(help="文件名，如 log-002.key")], by: By, because: Because
) -> None:
    """登记一把数据库不认识的日志密钥，只限上一版程序用 new-key 造的"""
    with _changing(by, because) as (container, why):
        key_changes.accept(container.keys, file, why)
    say.print(f"已登记 {file}", **AS_IT_IS)


@app.command()
def begin_anew(
    lost: Annotated[list[str], typer.Argument(help="遗失的密钥文件名，如 vault.key")],
    by: By,
    because: Because,
    confirm: Confirm,
) -> None:
    """密钥遗失、备份也没有时，放弃遗失的密钥，另造新的；须先停止服务，包括上一版程序

    用遗失的 vault.key 封存的自然人信息再也打不开；自然人的信用记录须重新导入，
    在此以前不能查询自然人的信用。原来的文件不删除，只改名。操作人和原因记录在案。
    """
    if confirm.split() != lost:
        raise typer.BadParameter("再写一遍的文件名与要放弃的不同，什么也没有改变")
    with _changing(by, because) as (container, why):
        given = key_changes.begin_anew(container.keys, lost, why)
        past = _public_keys(container, lost)
    say.print(f"已放弃 {'、'.join(lost)}，另造了新的密钥", **AS_IT_IS)
    for public in past:
        say.print(
            f"以前的检查点仍要用这把公钥核验（xinnuo verify --key），请保存：{public}", **AS_IT_IS
        )
    if given.persons:
        say.print(f"有{given.persons}个自然人的信息再也打不开")
    if given.credit_records:
        say.print(f"有{given.credit_records}条自然人的信用记录须重新导入（xinnuo import credit）")


def _public_keys(container: Container, files: list[str]) -> list[str]:
    with container.engine.connect() as db:
        keys = [key for key in all_keys(db) if key.state is KeyState.LOST and key.file in files]
    return [key.public for key in keys if key.public]


def establish(engine: Engine, settings: Settings) -> None:
    """Makes the first keys of an empty database, or records those that it was used with."""
    why = Reason(system_clock())
    first_keys.establish(engine, settings.keys_dir, settings.log_origin, why)


@contextmanager
def _changing(by: str, because: str) -> Iterator[tuple[Container, Reason]]:
    with opened() as container:
        yield container, Reason(container.clock(), by, because)


def _mode(container: Container, key: KeyRecord) -> str:
    return key_files.mode(container.keys.folder / key.file)
