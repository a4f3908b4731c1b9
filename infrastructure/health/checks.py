"""What is wrong with this installation: one list of checks for start, readiness and doctor.

A finding is one Chinese sentence that names the thing, the consequence and the remedy.
"""

from collections.abc import Iterator, Sequence

from infrastructure.container import Container
from infrastructure.health.findings import Check, Finding, Severity
from infrastructure.health.installation import permissions, plain_http, unknown_settings
from infrastructure.migrations import is_current


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
    """Raises Unsound if the database is not migrated to the newest schema."""
    if not is_current(container.engine):
        raise Unsound("数据库结构不是最新的，请先运行 xinnuo migrate")


def _calendar(container: Container) -> Iterator[tuple[Severity, str]]:
    until, today = container.calendar.covered_until, container.clock().date()
    if (until - today).days < CALENDAR_WARNING_DAYS:
        yield Severity.WARNS, f"工作日历只到{until}，之后的期限只能暂定：请放入下一年的放假安排"


CALENDAR_WARNING_DAYS = 31
CHECKS: dict[str, Check] = {
    "calendar": _calendar,
    "settings": unknown_settings,
    "permissions": permissions,
    "plain-http": plain_http,
}
