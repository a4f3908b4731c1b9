"""The counter at which a command is handed in: who acts, and in which turn."""

import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api.http.dependencies import Who, bearer
from api.http.thread_pools import Threads
from application.case.service import Casework
from application.execution.context import Turn
from application.execution.execute import Done
from domain.case.values import Channel, PersonsChannel
from domain.kernel.aggregate import Aggregate
from infrastructure.container import Service

P = ParamSpec("P")
A = TypeVar("A", bound=Aggregate)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
LONGEST_KEY = 200
PERSONS_CHANNELS = frozenset(Channel) - {Channel.SYSTEM}
_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')


@dataclass(frozen=True, slots=True)
class Counter:
    """One turn, and the threads in which it is taken."""

    turn: Turn
    casework: Casework
    threads: Threads

    async def take(
        self, act: Callable[Concatenate[Turn, P], Done[A]], *args: P.args, **kwargs: P.kwargs
    ) -> Done[A]:
        """Carry out a use case in this turn."""
        return await self.threads.write(act, self.turn, *args, **kwargs)


async def _counter(
    request: Request,
    by: Who,
    if_match: Annotated[
        str | None, Header(description='看到的版本, 如 "3"; 不填则以最新版本办理')
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=LONGEST_KEY, description="同一请求重发时使用同一个键"),
    ] = None,
    x_channel: Annotated[PersonsChannel, Header(description="窗口或者线上")] = Channel.COUNTER,
) -> Counter:
    service: Service = request.app.state.service
    now, correlation = service.clock(), UUID(request.state.request_id)
    turn = Turn(by, now, x_channel, _version(if_match), idempotency_key, correlation)
    return Counter(turn, service.casework, request.app.state.threads)


def _version(etag: str | None) -> int | None:
    """A tag that is not one of ours matches nothing (RFC 9110 13.1.1)."""
    if etag is None or etag == "*":
        return None
    found = _ETAG.fullmatch(etag.strip())
    return int(found[1]) if found else 0


TheCounter = Annotated[Counter, Depends(_counter)]
_case_id = TypeAdapter(UUID).validate_python


class CommandRoute(APIRoute):
    """A door for commands.  What is well formed is read here, by the same models and in a quarter
    of the time; whatever is not goes by the book, and FastAPI says what is wrong with it."""

    def get_route_handler(self) -> Handler:
        by_the_book = super().get_route_handler()
        if self.body_field is None:
            return by_the_book

        async def handle(request: Request) -> Response:
            if (asked := await self._well_formed(request)) is None:
                return await by_the_book(request)
            answer: Response = await self.endpoint(**asked)
            return answer

        return handle

    async def _well_formed(self, request: Request) -> dict[str, Any] | None:
        """What the endpoint asks for, or None."""
        headers = request.headers
        told = headers.get("x-channel", Channel.COUNTER), headers.get("idempotency-key")
        if headers.get("content-type") != "application/json" or not _usual(*told):
            return None
        by = await bearer(request)
        try:
            asked = {name: _case_id(said) for name, said in request.path_params.items()}
            said = json.loads(await request.body())
        except (ValueError, RecursionError):
            return None
        assert self.body_field
        body, errors = self.body_field.validate(said, {}, loc=("body",))
        if errors:
            return None
        counter = await _counter(request, by, headers.get("if-match"), told[1], Channel(told[0]))
        return asked | {"counter": counter, "body": body}


def _usual(channel: str, key: str | None) -> bool:
    return channel in PERSONS_CHANNELS and (key is None or 0 < len(key) <= LONGEST_KEY)
