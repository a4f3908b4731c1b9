"""The clock of these tests: after the last event of every story that is recorded."""

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.given import DAY_1


@pytest.fixture
def clock() -> Clock:
    return Clock(DAY_1 + timedelta(days=60))
