"""The fixtures of the tests over HTTP."""

from tests.api.conftest import as_, client, logs, visitor, walk

__all__ = ["as_", "client", "logs", "visitor", "walk"]
