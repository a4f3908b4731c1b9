"""The commands that go on until they are stopped: serve, and project beside it."""

import resource
import signal
import sys
from threading import Event
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from api.cli.console import AS_IT_IS, complain, opened, say, settings_in_force
from api.http.protocol.grammar import SPEAKING
from api.server.listeners import BACKLOG, Listeners, listen
from api.server.protocol import BoundedProtocol
from infrastructure.background import at_work
from infrastructure.container import Container
from infrastructure.health.checks import examine, require_sound
from infrastructure.health.findings import Severity
from infrastructure.settings import Settings
from infrastructure.workers.process_lock import following

FILES = 16_384
"""Open files that a server may have, if the system allows; every connection is one."""
UVICORN: Any = {
    **SPEAKING,
    "http": BoundedProtocol,
    "loop": "uvloop",
    "log_level": "warning",
    "access_log": False,
    "backlog": BACKLOG,
    "timeout_keep_alive": 20,
    "timeout_graceful_shutdown": 30,
}
app = typer.Typer()


@app.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=32, help="进程数，PostgreSQL 才可多于一个")
    ] = 1,
) -> None:
    """启动服务：网站、接口和投影"""
    settings = settings_in_force()
    if workers > 1 and settings.url.startswith("sqlite"):
        raise typer.BadParameter("SQLite 只能用一个进程，多个进程请用 PostgreSQL")
    with opened() as container:
        warnings = _examined(container)  # reported here, before the workers start
    with following(container.engine, container.clock()):
        listeners = listen(settings)
        _warn(warnings)
        _announce(settings, listeners)
        try:
            _run(settings, listeners, workers)
        finally:
            listeners.forget()


@app.command()
def project() -> None:
    """只运行投影和对信用平台的告知（另一个进程；PostgreSQL）"""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with opened() as container:
        warnings = _examined(container)
        with at_work(container):
            _warn(warnings)
            say.print("投影正在运行，按 Ctrl-C 停止")
            stopped.wait()


def _examined(container: Container) -> list[str]:
    """Returns what an operator should see.  Raises Unsound if the service must not start."""
    require_sound(container)
    return [each.text for each in examine(container) if each.severity is Severity.WARNS]


def _warn(warnings: list[str]) -> None:
    for text in warnings:
        complain.print(f"注意：{text}", style="yellow", **AS_IT_IS)


def _announce(settings: Settings, listeners: Listeners) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    say.print(f"公示网站  {address}/\n接口文档  {address}/docs", **AS_IT_IS)
    say.print(f"运行维护  {listeners.operators_address}", **AS_IT_IS)
    say.print("取得令牌  .venv/bin/xinnuo token --role intake_clerk（岗位见 xinnuo token --help）")


def _run(settings: Settings, listeners: Listeners, workers: int) -> None:
    """Serves until the process is told to stop; uvicorn then finishes what it has begun."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    # uvicorn, when stopped, finishes its requests and then raises the signal again
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    how: Any = UVICORN | {"workers": workers, "forwarded_allow_ips": settings.trusted_proxies}
    config = uvicorn.Config("api.app:from_environment", factory=True, **how)
    if workers > 1:
        Multiprocess(config, listeners.sockets).run()
        return
    server = uvicorn.Server(config)
    try:
        server.run(listeners.sockets)
    except KeyboardInterrupt:
        return
    if not server.started:
        raise typer.Exit(1)
