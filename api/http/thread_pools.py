"""Thread pools for blocking work: endpoints hand it to a writer thread or a reader thread.

SQLite allows one writer, so its commands queue for one thread instead of for a lock.  The pools are
executors because `anyio.to_thread` with a limiter completes a third fewer reads a second.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4


class Threads:
    def __init__(self, engine: Engine, pool_size: int) -> None:
        writers = 1 if engine.dialect.name == "sqlite" else max(1, pool_size - READERS)
        self._writers = ThreadPoolExecutor(writers, "writer")
        self._readers = ThreadPoolExecutor(READERS, "reader")

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _run(self._writers, lambda: work(*args, **kwargs))

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _run(self._readers, lambda: work(*args, **kwargs))

    def stop(self) -> None:
        """Waits until all work in progress is finished."""
        self._writers.shutdown()
        self._readers.shutdown()


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
