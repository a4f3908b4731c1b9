"""Fixtures: an installation, and a backup of yesterday."""

import pytest

from tests.accidents.backups.installation import Installation, drop_leftovers


@pytest.fixture
def installation(settings, clock):
    yield Installation(settings, clock)
    if not settings.url.startswith("sqlite"):
        drop_leftovers(settings)


@pytest.fixture
def yesterday(installation, tmp_path, clock):
    """A backup of yesterday; since then the service has gone on for a day."""
    installation.promises()
    backup, _ = installation.backup(tmp_path / "backup")
    installation.promises()
    clock.go_on(hours=20)
    installation.promises()
    return backup
