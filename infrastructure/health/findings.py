"""A finding of a check: how grave it is, and one sentence that names thing, effect and remedy."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from infrastructure.container import Container


class Severity(StrEnum):
    STOPS = "stops"
    """The service does not start, and a running one is not ready."""
    WARNS = "warns"
    """The service goes on; an operator should look."""


class Finding(NamedTuple):
    check: str
    severity: Severity
    text: str


Check = Callable[[Container], Iterator[tuple[Severity, str]]]
"""Yields what it finds; nothing if all is well."""
