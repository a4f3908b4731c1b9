"""A relay to a credit platform that the test rules over."""

from dataclasses import replace

import pytest

from infrastructure.relay import Relay
from infrastructure.service import Service
from tests.platform import Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def relay(service: Service, platform: Platform) -> Relay:
    return replace(service.relay, platform=platform)
