"""Fixtures: the whole application, tokens, and events that only a newer release can read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.accidents.releases.processes import ROOT, Release
from tests.api.conftest import as_, client, logs, walk
from tests.infrastructure.conftest import platform, relay

__all__ = ["as_", "client", "logs", "platform", "relay", "walk"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'xinnuo.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def present(url: str, tmp_path: Path) -> Release:
    return Release(ROOT, url, tmp_path)
