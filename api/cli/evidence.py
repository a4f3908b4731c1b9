"""The commands for evidence: verify the log, make and check bundles, seal, change the key."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from api.cli.arguments import OneId
from api.cli.console import AS_IT_IS, complain, opened, say
from infrastructure.container import Container
from infrastructure.evidence.bundle_check import check
from infrastructure.evidence.verifier import Verdict
from infrastructure.keys.key_changes import new_log_key
from infrastructure.keys.records import Reason

app = typer.Typer()
Keys = Annotated[
    list[str] | None, typer.Option("--key", help="日志公钥，可以给多个；不填用本机的公钥")
]


@app.command()
def verify(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="另行保存的检查点，可以给多个"),
    ] = None,
    key: Keys = None,
) -> None:
    """核验整个事件日志和全部检查点没有被改动，指出有问题的位置"""
    checkpoints = [path.read_text("utf-8") for path in checkpoint or []]
    with opened("没有得出结论，什么也没有改变") as container:
        verdict = _verified(container, key or [], checkpoints)
    _report(verdict)


@app.command()
def verify_bundle(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="证据包")],
    key: Annotated[list[str], typer.Option(help="日志公钥，可以给多个")],
) -> None:
    """核验一个证据包；不需要数据库，不需要联网"""
    say.print(check(file.read_bytes(), key), **AS_IT_IS)


@app.command()
def bundle(
    case: OneId,
    out: Annotated[Path, typer.Option(help="写到哪个文件")],
) -> None:
    """把一个案件的全部证据打包，供法院或者档案馆独立核验"""
    with opened() as container:
        out.write_bytes(container.bundler.pack(case))
    say.print(f"已写入 {out}，核验：xinnuo verify-bundle {out} --key 公钥", **AS_IT_IS)


@app.command()
def checkpoint() -> None:
    """封存到最新，打印检查点，供另行保存"""
    with opened() as container:
        container.sealer.seal()
        typer.echo(container.proofs.checkpoint(), nl=False)


@app.command()
def new_key() -> None:
    """为事件日志换一把签名密钥；检查点由新旧两把共同签名"""
    with opened() as container:
        new_log_key(container.keys, Reason(container.clock()))
        container.sealer.sign_again()
        say.print(container.log_keys[0], **AS_IT_IS)


def _verified(container: Container, keys: list[str], checkpoints: list[str]) -> Verdict:
    total = container.log_size() or None
    with Progress(console=say) as bar:
        task = bar.add_task("核验事件日志", total=total)
        verdict = container.verifier.verify(
            checkpoints, lambda done: bar.update(task, completed=done), keys
        )
        bar.update(task, completed=verdict.size)
    return verdict


def _report(verdict: Verdict) -> None:
    """Print what was found; leave with code 1 if something is wrong, or nothing is proved."""
    if early := verdict.premature.number:
        largest = verdict.premature.largest
        say.print(f"记录时刻早于发生时刻的事件有{early}个，最多早{largest}")
    for flaw in sorted(verdict.flaws):
        complain.print(f"第{flaw.position}个事件：{flaw.what}", style="red", **AS_IT_IS)
    if verdict.flaws:
        raise typer.Exit(1)
    if not verdict.size:
        say.print("日志里还没有事件，没有可以核验的内容")
        return
    if not verdict.sealed:
        complain.print("[red]没有一个事件封存过，什么也没有证明：请启动服务，稍后再核验[/red]")
        raise typer.Exit(1)
    opened_all = f"打开了全部{verdict.opened}个检查点"
    say.print(f"核验通过：共{verdict.size}个事件，已封存到第{verdict.sealed}个，{opened_all}")
