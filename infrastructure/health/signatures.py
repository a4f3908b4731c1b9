"""Checks of the trust folder, by which electronic signatures are verified."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from infrastructure.container import Container
from infrastructure.health.findings import Severity
from infrastructure.signatures import trust


def signatures(container: Container) -> Iterator[tuple[Severity, str]]:
    """Without a trust folder nothing is signed online; one that is there must be in order."""
    folder = container.settings.trust_folder
    if not folder.exists() and container.settings.trust_dir is None:
        return
    try:
        found = _loaded(folder, container.is_demonstration(), _state(folder))
    except trust.OnlyATest as fault:
        yield Severity.STOPS, str(fault)
    except trust.Untrusted as fault:
        yield Severity.WARNS, str(fault)
    else:
        now = container.clock()
        ends = [until for each in found.crls if (until := trust.next_update(each))]
        if not ends or min(ends) < now:
            yield (
                Severity.WARNS,
                f"“{folder / 'crls'}”里没有吊销列表，或者有一份已经过期，它的机构的签名暂不能核验："
                "请放入电子认证机构最新的吊销列表",
            )


@lru_cache(maxsize=1)
def _loaded(folder: Path, demonstration: bool, state: tuple[tuple[str, int], ...]) -> trust.Trust:
    """Reads the folder anew only if a file of it has changed: readiness is asked all the time."""
    return trust.load(folder, demonstration=demonstration)


def _state(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((str(each), each.stat().st_mtime_ns) for each in folder.rglob("*")))
