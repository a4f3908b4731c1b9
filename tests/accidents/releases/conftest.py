"""Fixtures: the whole application, tokens, and events that only a newer release can read."""

from tests.api.conftest import as_, client, logs, walk
from tests.infrastructure.conftest import platform, relay

__all__ = ["as_", "client", "logs", "platform", "relay", "walk"]
