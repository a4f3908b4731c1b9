"""Endpoints of commands: one for each verb, all parsed and answered by the same code."""

import json
from collections.abc import Callable, Coroutine
from functools import reduce
from inspect import Parameter, Signature
from operator import or_
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Body, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError, create_model

from api.http.dependencies import Who, bearer
from api.http.problems import IS_JSON
from api.http.semantics.conditions import accepted_versions
from api.http.semantics.promises import IDEMPOTENCY_KEY, IF_MATCH, PROMISES, keeps
from api.http.thread_pools import Threads
from application.execution.command import Verb
from application.execution.context import CommandContext
from application.execution.execute import Executed
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor, Channel
from domain.values.personal.screen import without_personal_data
from infrastructure.container import Container

A = TypeVar("A", bound=Staged)
UseCase = Callable[[Container], Callable[..., Executed[A]]]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


COMMAND = "x-command"
"""Marks the operation of a command in the description of the API."""
SAME_KEY = "同一请求重发时使用同一个键"
RequestKey = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(without_personal_data)
]


class CreationHeaders(BaseModel):
    """Headers of a command that makes something new, of which nobody has seen a version."""

    idempotency_key: Annotated[
        RequestKey | None, Field(alias=IDEMPOTENCY_KEY, description=SAME_KEY)
    ] = None


class CommandHeaders(CreationHeaders):
    """Headers of every other command; this model both describes and parses them."""

    if_match: Annotated[
        str | None,
        Field(alias=IF_MATCH, description='看到的版本, 如 "3" (可列几个); 不填则以最新版本办理'),
    ] = None


_HEADERS = [str(field.alias) for field in CommandHeaders.model_fields.values()]


class CommandReader:
    """Parses the requests of one verb: headers, path parameters, and the command in the body."""

    def __init__(self, verb: Verb, target: dict[str, Any]) -> None:
        self._verb, self._target = verb, target
        self._headers: Any = CommandHeaders if target else CreationHeaders
        self._optional = not any(outcome.model_fields for outcome in verb.outcomes)
        path: dict[str, Any] = {name: (type_, ...) for name, type_ in target.items()}
        self._model = create_model(
            "CommandRequest",
            header=(self._headers, ...),
            path=(create_model("Target", **path), ...),
            body=(self._body, None if self._optional else ...),
        )

    @property
    def _body(self) -> Any:
        """The type of the body, which is optional if no command of the verb has fields."""
        command: Any = reduce(or_, self._verb.outcomes)
        examples: dict[str, Any] = {
            caption: {"summary": caption, "value": body}
            for outcome in self._verb.outcomes
            for caption, body in outcome.examples().items()
        }
        outcome = "outcome" if len(self._verb.outcomes) > 1 else None
        description = Body(discriminator=outcome, openapi_examples=examples or None)
        return Annotated[command | None if self._optional else command, description]

    @property
    def signature(self) -> Signature:
        """The endpoint's signature, from which FastAPI describes the parameters."""
        header: Any = Annotated[self._headers, Header()]
        parts = {"by": Who, **self._target, "header": header, "body": self._body}
        parameters = {
            name: Parameter(name, Parameter.KEYWORD_ONLY, annotation=type_)
            for name, type_ in parts.items()
        }
        if self._optional:
            parameters["body"] = parameters["body"].replace(default=None)
        return Signature([*parameters.values()])

    @property
    def kept(self) -> frozenset[str]:
        """The promises that this verb keeps."""
        return PROMISES & {str(field.alias) for field in self._headers.model_fields.values()}

    async def read(self, request: Request) -> tuple[CommandContext, tuple[Any, ...]]:
        """Returns the command's context and the other arguments of the use case.

        Raises Unauthenticated before it parses anything, then MalformedField, then
        RequestValidationError.
        """
        by = await bearer(request)
        seen, or_seen = accepted_versions(request.headers)
        headers = {
            name: value for name in _HEADERS if (value := request.headers.get(name)) is not None
        }
        sent = {"header": headers, "path": request.path_params} | await _json(request)
        try:
            parsed: Any = self._model.model_validate(sent, from_attributes=True)
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False)) from error
        now, correlation = request.app.state.container.clock(), UUID(request.state.request_id)
        header: CreationHeaders = parsed.header
        context = CommandContext(
            *(by, now, Channel.COUNTER, seen, header.idempotency_key, correlation),
            or_seen=or_seen,
        )
        target = (value for _, value in parsed.path)
        return context, (*target, parsed.body or self._verb.outcomes[0]())


async def _json(request: Request) -> dict[str, Any]:
    """Returns the parsed body under the key `body`; returns no key if the body is empty.

    A body that is not JSON by its media type stays bytes, which no command accepts.
    """
    sent = await request.body()
    if not sent:
        return {}
    if not IS_JSON.fullmatch(request.headers.get("content-type", "")):
        return {"body": sent}
    try:
        return {"body": json.loads(sent)}
    except json.JSONDecodeError as error:
        fault = {"type": "json_invalid", "loc": ("body", error.pos), "msg": error.msg}
        raise RequestValidationError([fault]) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, or nested too deep
        raise HTTPException(400) from error


class CommandRoute(APIRoute):
    """A route that FastAPI describes but does not parse: the endpoint parses the request."""

    def get_route_handler(self) -> Handler:
        endpoint: Handler = self.endpoint
        return endpoint


class CommandDoors(Generic[A]):
    """Adds endpoints to a router: one for each verb, answered with a view of the aggregate."""

    def __init__(
        self,
        router: APIRouter,
        view: Callable[[Container, Executed[A], Actor], object],
        model: type,
    ) -> None:
        self._router, self._view, self._model = router, view, model
        self._adapter = TypeAdapter[Any](model)

    def add(
        self,
        path: str,
        verb: Verb,
        use_case: UseCase[A],
        name: str = "",
        location: Callable[[A], str] | None = None,
        **target: Any,
    ) -> None:
        """Adds one endpoint; `target` types its path, `location` is the URL of a new aggregate."""
        reader = CommandReader(verb, target)
        endpoint: Any = keeps(*reader.kept)(self._endpoint(reader, use_case, location))
        endpoint.__signature__ = reader.signature
        self._router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            name=name or verb.name,
            summary=verb.summary,
            status_code=201 if location else 200,
            response_model=self._model,
            openapi_extra={COMMAND: True},
            route_class_override=CommandRoute,
        )

    def _endpoint(
        self, reader: CommandReader, use_case: UseCase[A], location: Callable[[A], str] | None
    ) -> Handler:
        async def endpoint(request: Request) -> Response:
            container: Container = request.app.state.container
            threads: Threads = request.app.state.threads
            context, arguments = await reader.read(request)
            executed = await threads.write(use_case(container), context, *arguments)
            view = self._adapter.dump_json(self._view(container, executed, context.by))
            return answer(executed, view, location(executed.aggregate) if location else None)

        return endpoint


def answer(executed: Executed[A], view: bytes, location: str | None = None) -> Response:
    """Returns the reply to a command: the view, the new version and the log position.

    A repeated request gets the first reply again, without a position.
    """
    headers = {"ETag": f'"{executed.aggregate.version}"'}
    if executed.position is not None:
        headers["X-Position"] = str(executed.position)
    if executed.repeated:
        headers["Idempotency-Replayed"] = "true"
    if location:
        headers["Location"] = location
    return Response(view, 201 if location else 200, headers, "application/json")
