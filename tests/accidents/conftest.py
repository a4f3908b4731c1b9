"""The fixtures of the tests over HTTP."""

from tests.api.conftest import (
    as_,
    client,
    furnished,
    furnished_postgres,
    furnished_sqlite,
    logs,
    visitor,
    walk,
)

__all__ = [
    "as_",
    "client",
    "furnished",
    "furnished_postgres",
    "furnished_sqlite",
    "logs",
    "visitor",
    "walk",
]
