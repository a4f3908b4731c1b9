"""ASGI middleware: whoever has no valid token shares few places, so that commands stay quick.

The places are held until the answer begins, and rest then.  Requests with a session have places of
their own, and so have those that wait for a position of the log.
"""

import asyncio
import time
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.auth import Unauthenticated
from api.http.problems import RETRY_AFTER, problem

PLACES, WAITING, PATIENCE = 2, 64, 2.0
"""Requests at work in a lane, how many more may wait for a place, and for how many seconds."""
REST_FACTOR, MIN_REST, MAX_REST = 2.0, 0.005, 0.2
"""A place rests for twice as long as its request took, within these seconds.

Many answers are made in the event loop in one go: without the rest, ten of them would follow each
other before a command had its turn."""
READERS = 4
"""Requests without a token that may wait for a position of the log; further ones are refused."""
BUSY = "同时查询的人太多，请稍后再试"
CHEAP = frozenset({"/livez", "/readyz"})
"""What tells that the service lives: it must not wait behind the public's reading."""


class Lane:
    """Some places, and a short queue for them."""

    def __init__(self, places: int = PLACES, waiting: int = WAITING) -> None:
        self._places, self._waiting = asyncio.Semaphore(places), waiting
        self._queue = 0

    async def enter(self) -> bool:
        """Takes a place.  Returns False if too many wait, or no place becomes free in time."""
        if self._places.locked() and self._queue >= self._waiting:
            return False
        self._queue += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._queue -= 1
        return True

    def leave(self, took: float) -> None:
        """Gives a place back, which the next one gets after a rest."""
        rest = min(max(REST_FACTOR * took, MIN_REST), MAX_REST)
        asyncio.get_running_loop().call_later(rest, self._places.release)


class Lanes:
    """Leads requests without a valid token through lanes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lanes = {name: Lane() for name in ("public", "session", "alive")}
        self._lanes["waiting"] = Lane(READERS, waiting=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (lane := self._lane(scope)) is None:
            await self._app(scope, receive, send)
            return
        receive = await _complete(scope, receive)
        if not await lane.enter():
            await problem(Request(scope), "busy", BUSY, RETRY_AFTER)(scope, receive, send)
            return
        place = _Place(lane)
        try:
            await self._app(scope, receive, place.until_answered(send))
        finally:
            place.leave()

    def _lane(self, scope: Scope) -> Lane | None:
        headers = Headers(scope=scope)
        if scope["path"] in CHEAP:
            return self._lanes["alive"]
        if _is_staff(scope, headers.get("authorization", "")):
            return None
        if "x-min-position" in headers:
            return self._lanes["waiting"]
        return self._lanes["session" if "cookie" in headers else "public"]


class _Place:
    def __init__(self, lane: Lane) -> None:
        self._lane: Lane | None = lane
        self._began = time.monotonic()

    def leave(self) -> None:
        if self._lane:
            self._lane.leave(time.monotonic() - self._began)
        self._lane = None

    def until_answered(self, send: Send) -> Send:
        """Returns `send`, which gives the place back: a slow reader of an answer holds none."""

        async def sending(message: Message) -> None:
            self.leave()
            await send(message)

        return sending


def _is_staff(scope: Scope, authorization: str) -> bool:
    scheme, _, token = authorization.partition(" ")
    state = scope["app"].state
    if scheme.lower() != "bearer" or not hasattr(state, "tokens"):
        return False
    with suppress(Unauthenticated):
        state.tokens.read(token, state.container.clock())
        return True
    return False


async def _complete(scope: Scope, receive: Receive) -> Receive:
    """Waits for the whole body, so that nobody holds a place with a body that does not come.

    Returns `receive`, which repeats what came, or raises what was raised.
    """
    if scope["method"] in ("GET", "HEAD"):
        return receive
    messages: list[Message] = []
    failure: Exception | None = None
    try:
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
    except Exception as error:
        failure = error

    async def again() -> Message:
        if messages:
            return messages.pop(0)
        if failure:
            raise failure
        return await receive()

    return again
