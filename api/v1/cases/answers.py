"""How a command to a case is answered: with the case as the command left it."""

from uuid import UUID

from fastapi import Response

from api.http.commands import Counter
from api.v1.cases.views import as_json, case_view
from application.case.commands import CaseCommand, OpenCase
from application.execution.execute import Done
from domain.case.case import Case


async def open_case(counter: Counter, command: OpenCase) -> Response:
    done = await counter.take(counter.casework.open, command)
    place = {"Location": f"/api/v1/cases/{done.aggregate.id}"}
    return _answer(counter, done, 201, place)


async def act(counter: Counter, case_id: UUID, command: CaseCommand) -> Response:
    done = await counter.take(counter.casework.act, case_id, command)
    return _answer(counter, done, 200, {})


def _answer(counter: Counter, done: Done[Case], status: int, headers: dict[str, str]) -> Response:
    """The case as it is sent; a repeated request gets the same answer again."""
    headers["ETag"] = f'"{done.aggregate.version}"'
    if done.position is not None:
        headers["X-Position"] = str(done.position)
    if done.repeated:
        headers["Idempotency-Replayed"] = "true"
    view = case_view(done.aggregate, counter.casework, counter.turn.by, done.at)
    return Response(as_json(view), status, headers, "application/json")
