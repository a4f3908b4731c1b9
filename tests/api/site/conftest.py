"""Fixtures of the public site."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from infrastructure.settings import Settings
from tests.conftest import migrate
from tests.support.public_site import Site


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database and its keys, created once."""
    folder = tmp_path_factory.mktemp("data")
    migrate(Settings(data_dir=folder))
    return folder


@pytest.fixture
def site(migrated: Path, tmp_path: Path) -> Iterator[Site]:
    folder = copytree(migrated, tmp_path / "data")
    day = [datetime(2026, 12, 1, 2, tzinfo=UTC)]
    app = create_app(Settings(data_dir=folder), lambda: day[0])
    with TestClient(app) as client:
        yield Site(client, day)
