"""Readiness: `/readyz` and the start ask the same checks."""

from collections.abc import Iterator

import pytest

from infrastructure.container import Container
from infrastructure.health import checks
from infrastructure.health.checks import Unsound, examine, require_sound
from infrastructure.health.findings import Severity


def test_a_sound_installation_starts(service: Container) -> None:
    require_sound(service)


def test_what_stops_the_start_names_every_reason(
    service: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(_: Container) -> Iterator[tuple[Severity, str]]:
        yield Severity.STOPS, "甲"
        yield Severity.STOPS, "乙"
        yield Severity.WARNS, "丙"

    monkeypatch.setitem(checks.CHECKS, "two", two)
    with pytest.raises(Unsound) as refused:
        require_sound(service)
    assert str(refused.value).splitlines() == ["甲", "乙"]
    assert [found.text for found in examine(service) if found.check == "two"] == ["甲", "乙", "丙"]
