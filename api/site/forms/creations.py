"""Pages that take a command which makes something new: nobody has seen a version of it yet."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.http.problems import PROBLEM_TYPES, told
from api.http.thread_pools import Threads
from api.site.forms.command_form import CommandForm, faults, filled
from api.site.forms.posted import Posted, PostedForm, Step, uploaded
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, SignedIn
from application.access.permissions import permit_role
from application.execution.command import Choices, Command, Verb
from application.execution.context import CommandContext
from application.execution.execute import Executed
from domain.kernel.errors import DomainError, KeyReused, NotPermitted
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor, Channel
from infrastructure.container import Container

A = TypeVar("A", bound=Staged)
Handler = Callable[..., Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Creation(Generic[A]):
    """A verb that makes a new aggregate, and what its page needs to know."""

    path: str
    verb: Verb
    right: str
    """The key in RIGHTS."""
    page: str
    """The template."""
    heading: str
    back: str
    use_case: Callable[[Container], Callable[..., Executed[A]]]
    address: Callable[[A], str]
    """The page of the new aggregate."""
    choices: Callable[[Container, Actor], Choices] = lambda *_: {}


class CreationDoor(Generic[A]):
    """Adds the page of a creation to a router: GET shows the form, POST takes it."""

    def __init__(self, router: APIRouter, creation: Creation[A]) -> None:
        self._creation = creation
        router.add_api_route(creation.path, self._showing(), methods=["GET"])
        router.add_api_route(creation.path, self._taking(), methods=["POST"])

    def _showing(self) -> Handler:
        async def show(request: Request, by: SignedIn) -> Response:
            permit_role(by, self._creation.right)
            return self._page(request, by, await self._form(request, by))

        return show

    def _taking(self) -> Handler:
        async def take(request: Request, by: SignedIn, posted: PostedForm) -> Response:
            posted = await uploaded(request, by, posted)
            form, content = filled(await self._form(request, by), posted)
            try:
                ready = form.command.model_validate(content)
            except ValidationError as error:
                wrong = {} if posted.step is Step.EDIT else faults(form, error)
                form = replace(form, wrong={**form.wrong, **wrong})
                ready = None
            if ready is None or form.wrong or posted.step is not Step.DO:
                permit_role(by, self._creation.right)
                return self._page(request, by, form, checking=_is_to_check(form, posted))
            return await self._record(request, by, form, ready)

        return take

    async def _form(self, request: Request, by: Actor) -> CommandForm:
        creation, container = self._creation, request.app.state.container
        threads: Threads = request.app.state.threads
        choices = await threads.read(creation.choices, container, by)
        (command,) = creation.verb.outcomes
        return CommandForm(command, creation.path, None, choices)

    async def _record(
        self, request: Request, by: Actor, form: CommandForm, ready: Command
    ) -> Response:
        container: Container = request.app.state.container
        threads: Threads = request.app.state.threads
        correlation = UUID(request.state.request_id)
        context = CommandContext(
            by, container.clock(), Channel.COUNTER, None, form.key, correlation
        )
        try:
            executed = await threads.write(self._creation.use_case(container), context, ready)
        except NotPermitted:
            raise
        except DomainError as error:
            if isinstance(error, KeyReused):
                form = replace(form, key=str(uuid4()))
            shown = {"refusal": await told(request, error), "code": error.code}
            return self._page(request, by, form, PROBLEM_TYPES[error.code].status, **shown)
        done = f"{self._creation.address(executed.aggregate)}?done={executed.aggregate.version}"
        return RedirectResponse(done, SEE_OTHER, PRIVATE)

    def _page(
        self,
        request: Request,
        by: Actor,
        form: CommandForm,
        status: int = HTTPStatus.OK,
        **told: Any,
    ) -> HTMLResponse:
        context = {
            "action": form.command.LABEL,
            "heading": self._creation.heading,
            "back": self._creation.back,
            "forms": [form],
            "wrong": form.wrong,
            "obstacles": (),
            "news": (),
            "open": "",
            "lines": form.lines(),
        }
        if form.wrong:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        plain = {"refusal": "", "code": "", "checking": False}
        return office_page(request, by, self._creation.page, context | plain | told, status)


def _is_to_check(form: CommandForm, posted: Posted) -> bool:
    return posted.step is Step.CHECK and not form.wrong
