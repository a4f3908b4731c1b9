"""The event of a restoration.  Topics are storage format: never edit one."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from domain.kernel.aggregate import Created
from domain.logbook.values import GivenUp, LogName, LogRoot
from domain.values.identifiers import Sha256
from domain.values.texts import LongText

DAYS_WITH_A_GAP = 1
"""Days after the restoration on which codes still begin beyond the gap: clocks were not exact."""


class LogRestored(
    Created,
    topic="restoration/log-restored",
    shows={"manifest": "备份清单"},
    made_here=("manifest",),
    words={
        "size": "事件数",
        "root": "日志的根",
        "origin": "日志名称",
        "given_up": "不再延续的检查点",
        "serials_after": "承诺编码流水号自此以后",
        "manifest": "备份清单",
    },
):
    """The log was put back to this size from a backup; what had been recorded after it is lost."""

    size: Annotated[int, Field(ge=0)]
    root: LogRoot
    origin: LogName
    given_up: tuple[GivenUp, ...]
    """The last checkpoint of each name that the log leaves; empty if it keeps its name."""
    serials_after: Annotated[int, Field(ge=0)]
    manifest: Sha256 | None
    reason: LongText

    @property
    def lost_up_to(self) -> int | None:
        """The largest size that is known to have been signed; None if that is not known."""
        return max((each.size for each in self.given_up if each.size > self.size), default=None)

    @property
    def serials_until(self) -> date:
        """The last day whose commitment codes have serials beyond `serials_after`."""
        return self.day + timedelta(days=DAYS_WITH_A_GAP)
