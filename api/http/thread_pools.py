"""Thread pools for blocking work: endpoints hand it to a writer thread or a reader thread.

Work of seconds has a thread of its own, with a short queue.  SQLite allows one writer, so its
commands queue for one thread instead of for a lock.  The pools are executors because
`anyio.to_thread` with a limiter completes a third fewer reads a second.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4
LONG_WORKS = 4
"""Works of seconds that may wait or run; further ones are refused."""


class TooBusy(Exception):
    """Too many works of seconds wait already."""


class Threads:
    def __init__(self, engine: Engine, pool_size: int) -> None:
        writers = 1 if engine.dialect.name == "sqlite" else max(1, pool_size - READERS)
        self._writers = ThreadPoolExecutor(writers, "writer")
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._long, self._long_works = ThreadPoolExecutor(1, "long"), 0

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _run(self._writers, lambda: work(*args, **kwargs))

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _run(self._readers, lambda: work(*args, **kwargs))

    async def work_long(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does work of seconds, one after the other, beside writers and readers.

        Raises TooBusy if too much of it waits.
        """
        if self._long_works >= LONG_WORKS:
            raise TooBusy("正在核验或者打包的请求太多，请稍后再试")
        self._long_works += 1
        try:
            return await _run(self._long, lambda: work(*args, **kwargs))
        finally:
            self._long_works -= 1

    def stop(self) -> None:
        """Waits until all work in progress is finished."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._long.shutdown()


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
