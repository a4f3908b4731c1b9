"""What only operators are shown: at their own listener, and measured at most once a second."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from domain.kernel.errors import NotFound
from infrastructure.settings import Settings

FRESH = timedelta(seconds=1)


class OnceASecond:
    """Makes a text at most once a second, however many ask for it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._made_at: datetime | None = None
        self._text, self._making = b"", asyncio.Lock()

    async def get(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        async with self._making:
            now = self._clock()
            if self._made_at is None or abs(now - self._made_at) >= FRESH:
                self._text, self._made_at = await make(), now
            return self._text


def asked_by_operators(request: Request) -> bool:
    """True if the request came in through the operators' listener."""
    settings: Settings = request.app.state.container.settings
    place, port = request.scope.get("server") or ("", 0)
    if port is None:
        return bool(place == str(settings.operator_socket))
    return bool(port == settings.operator_port)


async def _operators_only(request: Request) -> None:
    if not asked_by_operators(request):
        raise NotFound("没有这个地址；运行指标和接口文档只在运维接口上（XINNUO_OPERATOR_PORT）")


OPERATORS_ONLY = Depends(_operators_only)
ByOperators = Annotated[bool, Depends(asked_by_operators)]
