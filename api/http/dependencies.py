"""What an endpoint may ask for: who acts, the use cases, the read database."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPBearer
from pydantic import AwareDatetime, BeforeValidator, Field
from sqlalchemy import CompoundSelect, Engine, Row, Select

from api.http.auth import Tokens, Unauthenticated
from api.http.page import AnyPage
from api.http.thread_pools import Threads
from application.case.service import Casework
from application.tolerance.service import Tolerance
from domain.kernel.errors import NotFound, ProjectionBehind
from domain.values.parties import Actor
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.event_store.signal import LogSignal
from infrastructure.exports.search import find_trail_rows
from infrastructure.projector.projector import Projector
from projections.audit_trail.queries import TrailQuery
from projections.disclosures.name_search import MANY, NAMES
from projections.disclosures.projection import matching_cases
from projections.read_model.keyset import Keyset, Rows
from projections.read_model.projection import Projection

PATIENCE = 2.0


def _columns(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


@dataclass(frozen=True)
class ReadDatabase:
    """The read database, asked from a reader thread."""

    engine: Engine
    threads: Threads
    projector: Projector
    signal: LogSignal
    page_size: int

    async def listed(
        self,
        page: type[AnyPage],
        rows: Rows,
        order: Keyset,
        size: int | None,
        cursor: str | None,
        facts: Callable[[Row[Any]], dict[str, Any]] = _columns,
    ) -> AnyPage:
        """One page as the API answers it, each item made of the facts of a row.

        Its size is that of the settings unless one is given.  Raises BadCursor.
        """
        found, following = await self.page(rows, order, size or self.page_size, cursor)
        items = [facts(row) for row in found]
        return page.model_validate({"items": items, "next": following})

    async def page(
        self, rows: Rows, order: Keyset, size: int, cursor: str | None
    ) -> tuple[list[Row[Any]], str | None]:
        """One page and the cursor of the next.  Raises BadCursor."""
        found = await self.threads.read(self._all, order.page(rows, size, cursor))
        return order.split(list(found), size)

    async def all(self, rows: Select[Any]) -> Sequence[Row[Any]]:
        """Every row of a short list."""
        return await self.threads.read(self._all, rows)

    async def wait_for(self, position: int | None, *projections: Projection) -> None:
        """Wait until these projections show the event at that position.

        Raises ProjectionBehind if one of them takes more than two seconds.
        """
        if position is None:
            return
        for projection in projections:
            end = time.monotonic() + PATIENCE
            while await self.threads.read(self.projector.position, projection.name) < position:
                if time.monotonic() > end:
                    raise ProjectionBehind("列表还没有显示到您要求的位置，请稍后再试")
                self.signal.hurry()
                await asyncio.sleep(0.01)

    async def sought(self, search: str, position: int | None = None) -> set[UUID] | None:
        """The cases that a code or part of a name means.  Returns None without one, or if many."""
        if not search:
            return None
        await self.wait_for(position, NAMES)
        found = await self.threads.read(self._all, matching_cases(search))
        return {row.case_id for row in found} if len(found) <= MANY else None

    async def trail(self, sought: TrailQuery) -> Rows:
        """What is asked of the audit trail."""
        return await self.threads.read(find_trail_rows, self.engine, sought)

    async def one(self, rows: Select[Any]) -> Row[Any]:
        """The only row.  Raises NotFound."""
        if not (found := await self.threads.read(self._all, rows)):
            raise NotFound("没有找到，或者已经不再公示")
        return found[0]

    def _all(self, rows: Select[Any] | CompoundSelect[Any]) -> Sequence[Row[Any]]:
        with self.engine.connect() as db:
            return db.execute(rows).all()


async def _service(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


TheContainer = Annotated[Container, Depends(_service)]


async def _threads(request: Request) -> Threads:
    threads: Threads = request.app.state.threads
    return threads


TheThreads = Annotated[Threads, Depends(_threads)]


async def _now(container: TheContainer) -> datetime:
    return container.clock()


Now = Annotated[datetime, Depends(_now)]


async def _today(now: Now) -> date:
    return local_date(now)


Today = Annotated[date, Depends(_today)]


async def _reader(container: TheContainer, threads: TheThreads) -> ReadDatabase:
    size = container.settings.page_size
    return ReadDatabase(container.engine, threads, container.projector, container.signal, size)


ReadDb = Annotated[ReadDatabase, Depends(_reader)]


async def _casework(container: TheContainer) -> Casework:
    return container.casework


TheCasework = Annotated[Casework, Depends(_casework)]


async def _reviews(container: TheContainer) -> Tolerance:
    return container.tolerance


TheTolerance = Annotated[Tolerance, Depends(_reviews)]


class _Bearer(HTTPBearer):
    """The actor whom the token names; resolved before anything else, so that 401 comes first."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        if (shown := await super().__call__(request)) is None:
            raise Unauthenticated("请在 Authorization 头里出示令牌")
        tokens: Tokens = request.app.state.tokens
        return tokens.read(shown.credentials, request.app.state.container.clock())


bearer = _Bearer(
    auto_error=False, scheme_name="HTTPBearer", description="令牌：xinnuo token --role 岗位"
)
Who = Annotated[Actor, Depends(bearer)]
Cursor = Annotated[str | None, Query(max_length=400, description="下一页的游标，取自上一页的 next")]
Size = Annotated[int | None, Query(ge=1, le=200, alias="limit", description="每页条数")]
MOST_VERSIONS = 999_999_999  # as many digits as a tag has
Nth = Annotated[int, Field(ge=1, le=MOST_VERSIONS)]
AtVersion = Annotated[int | None, Query(ge=1, le=MOST_VERSIONS, description="第几版")]
AtInstant = Annotated[AwareDatetime | None, Query(description="某一时刻，须带时区")]


def _written_out(text: object) -> object:
    if isinstance(text, str) and text.lstrip("+-").replace(".", "").isdecimal():
        raise ValueError("应为版本号，或者带时区的时刻")  # not seconds since some epoch
    return text


WrittenOut = Annotated[AwareDatetime, BeforeValidator(_written_out)]
Moment = Annotated[Nth | WrittenOut, Field(union_mode="left_to_right")]
"""A version, or an instant."""
Earlier = Annotated[Moment, Query(alias="from", description="从第几版，或者从某一时刻")]
Later = Annotated[Moment, Query(alias="to", description="到第几版，或者到某一时刻")]
Position = Annotated[
    int | None,
    Header(alias="X-Min-Position", ge=1, description="等到列表显示了这个位置的事件再回答"),
]
