"""What only operators are shown: at their own listener."""

from typing import Annotated

from fastapi import Depends, Request

from domain.kernel.errors import NotFound
from infrastructure.settings import Settings


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
