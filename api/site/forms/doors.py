"""Pages that take commands: a form for every outcome of a verb, and what becomes of it.

A form is a door like that of the API: the same use case decides, with the version that the person
saw and the key of the form, so a refusal has the same status and the same sentence.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.problems import PROBLEM_TYPES, told
from api.http.thread_pools import Threads
from api.site.forms.command_form import CommandForm, compared, faults, filled
from api.site.forms.entries import entries_of
from api.site.forms.posted import Posted, PostedForm, Step, uploaded
from api.site.forms.reading import fields_of
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, SignedIn
from application.access.access_log import ReadSubject
from application.aggregates import AGGREGATE_TYPES
from application.execution.command import Command, Verb
from application.execution.context import CommandContext
from application.execution.execute import Executed
from application.execution.ports import Recorded
from domain.kernel.errors import DomainError, KeyReused, NotFound, NotPermitted, StaleVersion
from domain.kernel.lifecycle import Staged
from domain.values.parties import Actor, Channel
from infrastructure.container import Container
from projections.history.entries import entries as history_entries

A = TypeVar("A", bound=Staged)
Target = Any
"""What names an aggregate in an address: the id of a case or of a review, the code of an item."""
Handler = Callable[..., Coroutine[Any, Any, Response]]


class Subject(Protocol[A]):
    """What the forms of one type of aggregate need to know of it."""

    kind: type[A]
    verbs: Sequence[Verb]
    page: str
    """The template of a form's page, which shows the head of the aggregate."""
    is_public: bool
    """True if everybody may read the aggregate, so that no reading is noted."""

    def target(self, text: str) -> Target:
        """Reads the target in an address.  Raises NotFound."""

    def stream_id(self, target: Target) -> UUID: ...

    def address(self, target: Target) -> str:
        """The page of the aggregate."""

    def show(self, container: Container, by: Actor, target: Target) -> A:
        """Returns the aggregate.  Raises NotPermitted or NotFound."""

    def act(self, container: Container) -> Callable[..., Executed[A]]:
        """The use case: takes the context, the target and the command."""

    def head(self, container: Container, by: Actor, aggregate: A) -> dict[str, Any]:
        """What the head of the page shows."""


@dataclass(frozen=True)
class Attempt(Generic[A]):
    """One request to one verb of one aggregate."""

    request: Request
    by: Actor
    verb: Verb
    target: Target
    access_log: AccessLogger

    @property
    def container(self) -> Container:
        container: Container = self.request.app.state.container
        return container

    @property
    def threads(self) -> Threads:
        threads: Threads = self.request.app.state.threads
        return threads

    def context(self, posted: Posted) -> CommandContext:
        return CommandContext(
            self.by,
            self.container.clock(),
            Channel.COUNTER,
            posted.version,
            posted.key,
            UUID(self.request.state.request_id),
        )


class FormDoors(Generic[A]):
    """Adds the pages of a subject's verbs to a router: GET shows the forms, POST takes one."""

    def __init__(self, router: APIRouter, path: str, subject: Subject[A]) -> None:
        self._subject = subject
        router.add_api_route(path, self._showing(), methods=["GET"])
        router.add_api_route(path, self._taking(), methods=["POST"])

    @property
    def verbs(self) -> Sequence[Verb]:
        return self._subject.verbs

    def forms(self, verb: Verb, aggregate: A, target: Target) -> list[CommandForm]:
        """An empty form for each outcome of the verb."""
        return [self._form(outcome, aggregate, target) for outcome in verb.outcomes]

    def _form(self, command: type[Command], aggregate: A, target: Target) -> CommandForm:
        choices = command.choices(aggregate)
        return CommandForm(
            command=command,
            address=f"{self._subject.address(target)}/{command.VERB}",
            version=aggregate.version,
            choices=choices,
            known=command.known(aggregate),
            values=fields_of(entries_of(command, choices), command.initial(aggregate)),
        )

    def _showing(self) -> Handler:
        async def show(request: Request, by: SignedIn, access_log: TheAccessLog) -> Response:
            attempt = self._attempt(request, by, access_log)
            aggregate = await self._shown(attempt)
            return self._page(
                attempt, aggregate, self.forms(attempt.verb, aggregate, attempt.target)
            )

        return show

    def _taking(self) -> Handler:
        async def take(
            request: Request, by: SignedIn, posted: PostedForm, access_log: TheAccessLog
        ) -> Response:
            attempt = self._attempt(request, by, access_log)
            return await self._take(attempt, await uploaded(request, by, posted))

        return take

    def _attempt(self, request: Request, by: Actor, access_log: AccessLogger) -> Attempt[A]:
        sent = request.path_params
        verb = next((each for each in self._subject.verbs if each.name == sent["verb"]), None)
        if verb is None:
            raise NotFound("没有这一步")
        return Attempt(request, by, verb, self._subject.target(sent["target"]), access_log)

    async def _take(self, attempt: Attempt[A], posted: Posted) -> Response:
        """Records the command, or shows the form again with the reason why not.

        As at the API, what is wrong with the body is said before who may act.
        """
        id, repository = self._subject.stream_id(attempt.target), attempt.container.repository
        aggregate = await attempt.threads.read(repository.get, self._subject.kind, id)
        command = chosen(attempt.verb, posted)
        form, content = filled(self._form(command, aggregate, attempt.target), posted)
        try:
            ready = command.model_validate(content)
        except ValidationError as error:
            wrong = {} if posted.step is Step.EDIT else faults(form, error)
            form = replace(form, wrong={**form.wrong, **wrong})
            try:
                return await self._again(attempt, form, "", _status(form))
            except NotPermitted:
                raise error from None  # the page must not show the case
        if form.wrong or posted.step is Step.EDIT:
            return await self._again(attempt, form, "", _status(form))
        if posted.step is Step.CHECK:
            return await self._check(attempt, form)
        return await self._record(attempt, form, posted, ready)

    async def _record(
        self, attempt: Attempt[A], form: CommandForm, posted: Posted, ready: Command
    ) -> Response:
        subject, context = self._subject, attempt.context(posted)
        try:
            executed = await attempt.threads.write(
                subject.act(attempt.container), context, attempt.target, ready
            )
        except DomainError as error:
            return await self._refused(attempt, form, error)
        done = f"{subject.address(attempt.target)}?done={executed.aggregate.version}"
        return RedirectResponse(done, SEE_OTHER, PRIVATE)

    async def _refused(
        self, attempt: Attempt[A], form: CommandForm, error: DomainError
    ) -> Response:
        """Shows the form as it was filled in, with the sentence of the refusal above it."""
        if isinstance(error, NotPermitted | NotFound):
            raise error
        news: list[str] = []
        if isinstance(error, StaleVersion):
            news = await self._since(attempt, form.version or 0)
            form = replace(form, version=error.current)
        if isinstance(error, KeyReused):
            form = replace(form, key=str(uuid4()))
        status = PROBLEM_TYPES[error.code].status
        said = await told(attempt.request, error)
        return await self._again(attempt, form, said, status, news, code=error.code)

    async def _since(self, attempt: Attempt[A], version: int) -> list[str]:
        """What was recorded after the version that the person saw."""
        id = self._subject.stream_id(attempt.target)
        history: Sequence[Recorded] = await attempt.threads.read(
            attempt.container.repository.history, id
        )
        return [each.sentence for each in history_entries(history) if each.version > version]

    async def _again(
        self,
        attempt: Attempt[A],
        form: CommandForm,
        refusal: str,
        status: int,
        news: Sequence[str] = (),
        code: str = "",
    ) -> Response:
        aggregate = await self._shown(attempt)
        others = self.forms(attempt.verb, aggregate, attempt.target)
        forms = [form if each.command is form.command else each for each in others]
        told = {"refusal": refusal, "news": news, "code": code, "open": form.outcome}
        return self._page(attempt, aggregate, forms, status, **told)

    async def _check(self, attempt: Attempt[A], form: CommandForm) -> Response:
        aggregate = await self._shown(attempt)
        before = self._form(form.command, aggregate, attempt.target)
        lines = compared(before, form) if before.values else form.lines()
        told: dict[str, Any] = {"checking": True, "open": form.outcome, "lines": lines}
        return self._page(attempt, aggregate, [form], **told)

    async def _shown(self, attempt: Attempt[A]) -> A:
        """The aggregate, after the reading is noted."""
        show, target = self._subject.show, attempt.target
        aggregate = await attempt.threads.read(show, attempt.container, attempt.by, target)
        if not self._subject.is_public:
            of, note = aggregate, attempt.access_log.note
            await note(attempt.by, ReadSubject.STATE, of.id, version=of.version)
        return aggregate

    def _page(
        self,
        attempt: Attempt[A],
        aggregate: A,
        forms: Sequence[CommandForm],
        status: int = HTTPStatus.OK,
        **told: Any,
    ) -> HTMLResponse:
        by, at, subject = attempt.by, attempt.container.clock(), self._subject
        plain = {"refusal": "", "news": (), "code": "", "open": "", "checking": False}
        plain["lines"] = ()
        context = {
            "verb": attempt.verb,
            "action": AGGREGATE_TYPES[subject.kind.TOPIC].actions[attempt.verb.name],
            "forms": forms,
            "wrong": next((form.wrong for form in forms if form.wrong), {}),
            "obstacles": aggregate.obstacles(attempt.verb.name, by, at, attempt.container.law.book),
            "back": subject.address(attempt.target),
        }
        head = subject.head(attempt.container, by, aggregate)
        return office_page(attempt.request, by, subject.page, head | context | plain | told, status)


def chosen(verb: Verb, posted: Posted) -> type[Command]:
    """The command of the outcome that was chosen; the first one of a verb that has only one.

    Raises NotFound if the verb has no such outcome.
    """
    for command in verb.outcomes:
        field = command.model_fields.get("outcome")
        if field is None or str(field.default) == posted.one("outcome"):
            return command
    raise NotFound("没有这一种结果")


def _status(form: CommandForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.wrong else HTTPStatus.OK
