"""Shared by all commands: the consoles for output and errors, and the container."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from infrastructure.container import Container, build
from infrastructure.health.checks import require_schema
from infrastructure.settings import Settings

say = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True)
AS_IT_IS: Any = {"markup": False}
"""Options for printing text that users wrote: rich must not read its brackets as markup."""


@contextmanager
def opened(*, as_owner: bool = False) -> Iterator[Container]:
    """Open the container with the settings of the environment; close it afterwards.

    A command that changes tables works `as_owner` of the database.

    Raises Unsound if the database needs `xinnuo migrate`.
    """
    settings = Settings()
    container = build(settings.as_owner if as_owner else settings)
    try:
        require_schema(container)
        yield container
    finally:
        container.close()
