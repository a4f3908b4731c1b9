"""Shared by all commands: the consoles for output and errors, the settings and the container."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from infrastructure.container import Container, build
from infrastructure.data_folder import prepare
from infrastructure.health.checks import require_schema
from infrastructure.settings import Settings

say = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True)
AS_IT_IS: Any = {"markup": False}
"""Options for printing text that users wrote: rich must not read its brackets as markup."""


INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells expect it."""


def settings_in_force() -> Settings:
    """Returns the settings of the environment; the data folder is there and is usable.

    Raises ValidationError, SettingsError and NoFolder.
    """
    settings = Settings()
    prepare(settings)
    return settings


@contextmanager
def opened(kept: str = "", *, as_owner: bool = False) -> Iterator[Container]:
    """Open the container with the settings of the environment; close it afterwards.

    `kept` is said when the user presses Ctrl-C.  A command that changes tables works `as_owner` of
    the database.  Raises Unsound if the database needs `xinnuo migrate`.
    """
    with interruptible(kept):
        settings = settings_in_force()
        container = build(settings.as_owner if as_owner else settings)
        try:
            require_schema(container)
            yield container
        finally:
            container.close()


@contextmanager
def interruptible(kept: str) -> Iterator[None]:
    """Ends the command when the user presses Ctrl-C, and says what was kept."""
    try:
        yield
    except KeyboardInterrupt:
        complain.print(f"已中断：{kept}" if kept else "已中断", **AS_IT_IS)
        raise typer.Exit(INTERRUPTED) from None
