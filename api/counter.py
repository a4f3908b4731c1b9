"""The counter at which a command is handed in: who acts, in which turn, and how it is answered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from api.deps import Who
from api.threads import Threads
from api.views import as_json, case_view
from application.acting import Done
from application.casework import Casework
from application.commands import CaseCommand, OpenCase
from application.turn import Turn
from domain.case.case import Case
from domain.case.facts import Channel, PersonsChannel
from domain.kernel import Aggregate
from infrastructure.service import Service

P = ParamSpec("P")
A = TypeVar("A", bound=Aggregate)
_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')


@dataclass(frozen=True, slots=True)
class Counter:
    """One turn, and the threads in which it is taken.  What it answers is sent as it is."""

    turn: Turn
    casework: Casework
    threads: Threads

    async def take(
        self, act: Callable[Concatenate[Turn, P], Done[A]], *args: P.args, **kwargs: P.kwargs
    ) -> Done[A]:
        """Carry out a use case in this turn."""
        return await self.threads.write(act, self.turn, *args, **kwargs)

    async def open(self, command: OpenCase) -> Response:
        done = await self.take(self.casework.open, command)
        place = {"Location": f"/api/v1/cases/{done.aggregate.id}"}
        return self._answer(done, 201, place)

    async def act(self, case_id: UUID, command: CaseCommand) -> Response:
        done = await self.take(self.casework.act, case_id, command)
        return self._answer(done, 200, {})

    def _answer(self, done: Done[Case], status: int, headers: dict[str, str]) -> Response:
        """The case as the command left it; a repeated request gets the same answer again."""
        headers["ETag"] = f'"{done.aggregate.version}"'
        if done.position is not None:
            headers["X-Position"] = str(done.position)
        if done.repeated:
            headers["Idempotency-Replayed"] = "true"
        view = case_view(done.aggregate, self.casework, self.turn.by, done.at)
        return Response(as_json(view), status, headers, "application/json")


async def _counter(
    request: Request,
    by: Who,
    if_match: Annotated[
        str | None, Header(description='看到的版本, 如 "3"; 不填则以最新版本办理')
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=200, description="同一请求重发时使用同一个键"),
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
