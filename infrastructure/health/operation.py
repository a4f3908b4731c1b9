"""Checks of the operation: parked and unknown events, the sealer, the disks."""

from collections.abc import Iterator

from infrastructure.container import Container
from infrastructure.health.findings import Severity
from infrastructure.health.measures import DATABASE, free_disk, log_measures

MIB = 1024 * 1024
FULL, NEARLY_FULL = 16 * MIB, 1024 * MIB
"""Free bytes below which a disk is full, or nearly full."""
MAX_UNSEALED_SECONDS = 600
"""Seconds after which an event should be sealed; the sealer runs every second."""
FOLDERS = {"data": "数据文件夹", "database": "数据库所在的文件夹"}


def parked(container: Container) -> Iterator[tuple[Severity, str]]:
    counts = container.parking.counts()
    if counts.unknown:
        yield (
            Severity.WARNS,
            f"事件日志有{counts.unknown}个事件由更新的版本写入，本程序读不懂，有关卷宗暂不能查看和办理："
            "请升级到写入它的版本，升级后自动处理",
        )
    stuck = {name: count for name, count in counts.by_projection.items() if count}
    if stuck:
        which = "、".join(f"{name} {count}个" for name, count in stuck.items())
        yield (
            Severity.WARNS,
            f"投影搁置了事件（{which}），列表和公示缺少这些卷宗的最新情况："
            "请运行 xinnuo parked 查看原因和办法",
        )


def sealer(container: Container) -> Iterator[tuple[Severity, str]]:
    log = log_measures(container)
    if log.unsealed and log.unsealed_seconds > MAX_UNSEALED_SECONDS:
        yield (
            Severity.WARNS,
            f"事件日志有{log.unsealed}个事件没有封存，"
            f"最早的已等待{log.unsealed_seconds / 60:.0f}分钟，其间的改动不能被发现："
            "请查看运行日志中 sealer 的错误",
        )


def disks(container: Container) -> Iterator[tuple[Severity, str]]:
    for what, free in free_disk(container.settings).items():
        place, left = FOLDERS[what], f"只剩{free // MIB} MB"
        if free < FULL:
            severity = Severity.STOPS if what == DATABASE else Severity.WARNS
            yield severity, f"{place}的磁盘已满（{left}），不能再写入：请腾出空间"
        elif free < NEARLY_FULL:
            yield Severity.WARNS, f"{place}的磁盘将满（{left}），写满后不能办理：请腾出空间"
