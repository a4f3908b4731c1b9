"""Fixtures: a relay, and the fake credit platform to which it delivers."""

from dataclasses import replace

import pytest

from infrastructure.container import Container
from infrastructure.outbox.relay import Relay
from tests.support.fake_platform import Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def relay(service: Container, platform: Platform) -> Relay:
    return replace(service.relay, platform=platform)
