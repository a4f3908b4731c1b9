"""What is wrong with this installation: one list of checks for start, readiness and doctor.

A finding is one Chinese sentence that names the thing, the consequence and the remedy.
"""

from collections.abc import Iterator, Sequence

from infrastructure.container import Container
from infrastructure.database.roles import owns_the_log
from infrastructure.health.findings import Check, Finding, Severity
from infrastructure.health.installation import permissions, plain_http, unknown_settings
from infrastructure.health.operation import disks, parked, sealer
from infrastructure.health.signatures import signatures
from infrastructure.migrations import schema_fault


class Unsound(RuntimeError):
    """The service must not start; the message holds one line for each reason."""


def examine(container: Container) -> Sequence[Finding]:
    """Returns what every check finds, in the order of the checks.

    The database must be reachable and have the expected schema.
    """
    return [Finding(name, *found) for name, check in CHECKS.items() for found in check(container)]


def require_sound(container: Container) -> None:
    """Raises Unsound if a check finds something with which the service must not start."""
    require_schema(container)
    if stops := [found.text for found in examine(container) if found.severity is Severity.STOPS]:
        raise Unsound("\n".join(stops))


def require_schema(container: Container) -> None:
    """Raises Unsound if this program must not run on the schema of the database."""
    if fault := schema_fault(container.engine):
        raise Unsound(fault)


def _calendar(container: Container) -> Iterator[tuple[Severity, str]]:
    until, today = container.calendar.covered_until, container.clock().date()
    if (until - today).days < CALENDAR_WARNING_DAYS:
        yield Severity.WARNS, f"工作日历只到{until}，之后的期限只能暂定：请放入下一年的放假安排"


def _roles(container: Container) -> Iterator[tuple[Severity, str]]:
    if owns_the_log(container.engine):
        yield (
            Severity.WARNS,
            "服务所用的数据库角色就是表的所有者，谁得到它的密码，就能改动日志："
            "请另建一个角色给服务用，把所有者的地址填在 XINNUO_OWNER_URL，再运行 xinnuo migrate",
        )


def _keys(container: Container) -> Iterator[tuple[Severity, str]]:
    yield from ((Severity.STOPS, text) for text in container.keys.findings())


def _clock(container: Container) -> Iterator[tuple[Severity, str]]:
    if fault := container.guard.fault():
        yield Severity.STOPS, fault
    elif pause := container.guard.unconfirmed_pause():
        yield Severity.WARNS, pause


def _memory(container: Container) -> Iterator[tuple[Severity, str]]:
    yield from ((Severity.STOPS, reason) for reason in container.sealer.contradictions())
    yield from ((Severity.WARNS, reason) for reason in container.sealer.memory_gaps())


CALENDAR_WARNING_DAYS = 31
CHECKS: dict[str, Check] = {
    "keys": _keys,
    "calendar": _calendar,
    "roles": _roles,
    "clock": _clock,
    "parked": parked,
    "sealer": sealer,
    "disks": disks,
    "memory": _memory,
    "signatures": signatures,
    "settings": unknown_settings,
    "permissions": permissions,
    "plain-http": plain_http,
}
