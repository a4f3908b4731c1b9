"""The fixture `field`: the doors of one service, as a clerk uses them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.cli.test_main import Run, command, xinnuo
from tests.api.conftest import Badges, as_, client, logs
from tests.typed.field import Field

__all__ = ["as_", "client", "command", "logs", "xinnuo"]


@pytest.fixture
def field(client: TestClient, as_: Badges, xinnuo: Run, tmp_path: Path) -> Iterator[Field]:
    assert xinnuo("clock", "confirm", "--by", "ops-01").code == 0  # the log begins in September
    yield Field(client, as_, xinnuo, tmp_path)
