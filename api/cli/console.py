"""What the commands of the command line share: where they speak, and the service they open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from api.app import require_schema
from infrastructure.container import Container, build
from infrastructure.settings import Settings

say = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True)
AS_IT_IS: Any = {"markup": False}
"""For what others wrote: brackets stay brackets."""


@contextmanager
def opened() -> Iterator[Container]:
    """The service over the database that the settings name, for as long as it is needed."""
    container = build(Settings())
    try:
        require_schema(container)
        yield container
    finally:
        container.close()
