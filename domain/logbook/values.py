"""Value objects of the logbook: the name of a log, its root, a checkpoint that is given up."""

from typing import Annotated

from pydantic import Field

from domain.values.parties import Value

LogName = Annotated[
    str, Field(pattern=r"^[^\s+]+$", max_length=200, description="事件日志的名称，写在检查点上")
]
LogRoot = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$", description="日志散列树的根，同检查点的写法")
]


class GivenUp(Value):
    """A checkpoint that was signed, under this name of the log, and is not continued."""

    origin: LogName
    size: Annotated[int, Field(ge=0)]
    root: LogRoot
