"""Dependencies of endpoints: the actor, the use cases, the read database, common parameters."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPBearer
from sqlalchemy import CompoundSelect, Engine, Row, Select, func, select

from api.http.auth import Tokens, Unauthenticated
from api.http.page import AnyPage
from api.http.thread_pools import Threads
from application.case.service import Casework
from application.tolerance.service import Tolerance
from domain.kernel.errors import NotFound, ProjectionBehind
from domain.law.lawbook import LawOfDay
from domain.values.parties import Actor
from domain.values.workdays import local_date
from infrastructure.container import Container
from infrastructure.event_store.signal import LogSignal
from infrastructure.exports.search import find_trail_rows, spellings_of
from infrastructure.projector.projector import Projector
from projections.audit_trail.queries import TrailQuery
from projections.disclosures.name_search import MANY, NAMES
from projections.disclosures.queries import matching_cases
from projections.read_model.keyset import Keyset, Place, Rows
from projections.read_model.projection import Projection

PROJECTION_TIMEOUT = 2.0
"""Seconds that a request waits for a projection to reach a position."""
COUNTED = 10_000
"""Rows up to which a list is counted; a longer one is said to be longer."""


def _columns(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


@dataclass(frozen=True)
class ReadDatabase:
    """The read database, queried in a reader thread."""

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
        place: Place,
        facts: Callable[[Row[Any]], dict[str, Any]] = _columns,
    ) -> AnyPage:
        """Returns one page for the API; `facts` returns the fields of an item, given its row.

        Without `size` the page has the size in the settings.  Raises BadCursor.
        """
        selected, following = await self.page(rows, order, size or self.page_size, place)
        items = [facts(row) for row in selected]
        return page.model_validate({"items": items, "next": following})

    async def page(
        self, rows: Rows, order: Keyset, size: int, place: Place
    ) -> tuple[list[Row[Any]], str | None]:
        """Returns one page and the cursor of the next, or None if it is the last.

        Raises BadCursor.
        """
        page = order.page(rows, size, place.key(order))
        selected, key = order.split(list(await self.threads.read(self._all, page)), size)
        return selected, place.following(order, key)

    async def count(self, rows: Rows) -> int:
        """Returns how many rows there are, or COUNTED + 1 if there are more than COUNTED."""
        parts = [rows] if isinstance(rows, Select) else rows
        numbers = [await self.threads.read(self._number, part) for part in parts]
        return min(sum(numbers), COUNTED + 1)

    async def all(self, rows: Select[Any]) -> Sequence[Row[Any]]:
        """Returns every row of a short list."""
        return await self.threads.read(self._all, rows)

    async def wait_for(self, position: int | None, *projections: Projection) -> None:
        """Waits until these projections have applied the event at that position.

        Raises ProjectionBehind if one of them takes more than two seconds.
        """
        if position is None:
            return
        for projection in projections:
            end = time.monotonic() + PROJECTION_TIMEOUT
            while await self.threads.read(self.projector.position, projection.name) < position:
                if time.monotonic() > end:
                    raise ProjectionBehind("列表还没有显示到您要求的位置，请稍后再试")
                self.signal.hurry()
                await asyncio.sleep(0.01)

    async def matching_cases(self, search: str, position: int | None = None) -> set[UUID] | None:
        """Returns the cases that match a code, a name or a part of a name.

        Returns None if `search` is empty, or if more than MANY cases match.
        """
        if not search:
            return None
        await self.wait_for(position, NAMES)
        matches = await self.threads.read(self._all, matching_cases(search))
        return {row.case_id for row in matches} if len(matches) <= MANY else None

    async def trail(self, query: TrailQuery) -> Rows:
        """Returns the rows of the audit trail that match the query."""
        return await self.threads.read(find_trail_rows, self.engine, query)

    async def spellings_of(self, person: str) -> list[str]:
        """Returns the ids in the trail that are this person's."""
        return await self.threads.read(spellings_of, self.engine, person)

    async def one(self, rows: Select[Any]) -> Row[Any]:
        """Returns the only row.  Raises NotFound."""
        if not (selected := await self.threads.read(self._all, rows)):
            raise NotFound("没有找到，或者已经不再公示")
        return selected[0]

    def _number(self, rows: Select[Any]) -> int:
        bounded = rows.limit(COUNTED + 1).subquery()
        with self.engine.connect() as db:
            return db.scalar(select(func.count()).select_from(bounded)) or 0

    def _all(self, rows: Select[Any] | CompoundSelect[Any]) -> Sequence[Row[Any]]:
        with self.engine.connect() as db:
            return db.execute(rows).all()


async def _container(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


TheContainer = Annotated[Container, Depends(_container)]


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


async def _law(today: Today, container: TheContainer, threads: TheThreads) -> LawOfDay:
    return (await threads.read(container.law.read)).on(today)


TheLaw = Annotated[LawOfDay, Depends(_law)]
"""What the law says today."""


async def _read_database(container: TheContainer, threads: TheThreads) -> ReadDatabase:
    size = container.settings.page_size
    return ReadDatabase(container.engine, threads, container.projector, container.signal, size)


ReadDb = Annotated[ReadDatabase, Depends(_read_database)]


async def _casework(container: TheContainer) -> Casework:
    return container.casework


TheCasework = Annotated[Casework, Depends(_casework)]


async def _tolerance(container: TheContainer) -> Tolerance:
    return container.tolerance


TheTolerance = Annotated[Tolerance, Depends(_tolerance)]


class _Bearer(HTTPBearer):
    """The actor of the token.  It is resolved first, so that 401 precedes all other errors."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        if (credentials := await super().__call__(request)) is None:
            raise Unauthenticated("请在 Authorization 头里出示令牌")
        tokens: Tokens = request.app.state.tokens
        return tokens.read(credentials.credentials, request.app.state.container.clock())


bearer = _Bearer(
    auto_error=False, scheme_name="HTTPBearer", description="令牌：xinnuo token --role 岗位"
)
Who = Annotated[Actor, Depends(bearer)]
Cursor = Annotated[str | None, Query(max_length=400, description="下一页的游标，取自上一页的 next")]
Size = Annotated[int | None, Query(ge=1, le=200, alias="limit", description="每页条数")]
Position = Annotated[
    int | None,
    Header(alias="X-Min-Position", ge=1, description="等到列表显示了这个位置的事件再回答"),
]
