"""受理 in three steps: the item, the applicant, the materials; a summary; then the case is opened.

Everything typed so far travels in hidden fields, so nothing personal stands in an address.  Each
step asks the rules that the last button asks (`_trial`), so that nobody hears of a fault too late.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.http.access_log import AccessLogger, TheAccessLog
from api.http.dependencies import ReadDatabase, ReadDb, TheContainer, TheThreads
from api.http.problems import PROBLEM_TYPES
from api.http.thread_pools import Threads
from api.site.desk.case_subject import CASES
from api.site.forms.command_form import Wrong
from api.site.forms.posted import Posted, PostedForm, Step, uploaded
from api.site.intake.application import OF_THE_APPLICANT, Application, item_lines, same_applicant
from api.site.layout.office import PRIVATE, office_page
from api.site.session.dependencies import SEE_OTHER, SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import permit_role
from application.case.capacity import require_capacity
from application.case.commands.promise import OPEN, OpenCase
from application.case.holdings import Held, as_reused, held_for
from application.execution.context import CommandContext
from domain.case.acceptance.values import AtOpening
from domain.case.bounds import BOUNDS
from domain.case.case import Case
from domain.case.promise.events import CaseOpened
from domain.case.promise.rules import MATERIALS_ARE_SOUND
from domain.catalogue.item import CatalogueItem, item_id
from domain.kernel.dates import bounds_of
from domain.kernel.errors import (
    ActionRefused,
    DomainError,
    IdentityConflict,
    ItemClosed,
    KeyReused,
    NotFound,
    NotPermitted,
)
from domain.values.parties import Actor, Channel, Organisation, Person
from domain.values.workdays import local_date
from infrastructure.container import Container
from projections.catalogue import projection as catalogue

ADDRESS = "/desk/open"
_ABOUT_MATERIALS = {
    rule.__name__ for rule in (*MATERIALS_ARE_SOUND, *bounds_of(CaseOpened, BOUNDS))
}

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class At(StrEnum):
    """The page of the intake that a button asks for."""

    ITEM = "item"
    APPLICANT = "applicant"
    MATERIALS = "materials"
    REVIEW = "review"


AFTER = {At.APPLICANT: "materials", At.MATERIALS: "review"}


class Intake:
    """One request to the intake."""

    def __init__(
        self,
        request: Request,
        by: SignedIn,
        container: TheContainer,
        threads: TheThreads,
        read_db: ReadDb,
        access_log: TheAccessLog,
    ) -> None:
        permit_role(by, OPEN.name)
        self.request, self.by, self.container = request, by, container
        self.threads: Threads = threads
        self.read_db: ReadDatabase = read_db
        self.access_log: AccessLogger = access_log

    async def items(self, posted: Posted | None = None, refusal: str = "") -> Response:
        """The first step: the items of the office, and why some of them cannot be chosen."""
        sought = posted.one("q").strip() if posted else ""
        rows = await self.read_db.all(catalogue.items())
        context = {
            "at": At.ITEM,
            "q": sought,
            "lines": item_lines(rows, self.by.department.code, sought),
            "kept": _kept(posted) if posted else [],
            "key": posted.key if posted else str(uuid4()),
            "refusal": refusal,
            "forms": (),
        }
        return self._page(context, 409 if refusal else 200)

    async def applicant(
        self, application: Application, wrong: dict[str, Wrong], refusal: DomainError | None = None
    ) -> Response:
        """The second step."""
        form = replace(application.form, wrong=wrong)
        renamed = isinstance(refusal, IdentityConflict)
        minor = isinstance(refusal, ActionRefused) and refusal.rule == "capacity_is_sufficient"
        parts = application.applicant_parts(form, renamed=renamed, minor=minor)
        context = {"at": At.APPLICANT, "parts": parts}
        return self._form_page(application, form, context, refusal)

    async def materials(
        self, application: Application, wrong: dict[str, Wrong], refusal: DomainError | None = None
    ) -> Response:
        """The third step, with what this office may know of other cases of the applicant."""
        form = replace(application.form, wrong=wrong)
        supply_by, others = application.supply_by(self.container), await self._others(application)
        context = {
            "at": At.MATERIALS,
            "supply_by": supply_by,
            "others": others,
            "not_asked": application.not_asked,
            "scans": application.scan_entries(form),
            "held": application.held_lines(),
        }
        return self._form_page(application, form, context, refusal)

    async def review(
        self, application: Application, refusal: DomainError | None = None
    ) -> Response:
        """The summary before the last button."""
        received = application.acceptance is AtOpening.RECEIVED
        context = {
            "at": At.REVIEW,
            "decision": "收下材料" if received else "受理",
            "summary": application.summary(self.container),
            "others": await self._others(application),
        }
        return self._form_page(application, application.form, context, refusal)

    async def open(self, application: Application, command: OpenCase, posted: Posted) -> Response:
        """The last button: opens the case, or shows the step that the refusal is about."""
        now, request_id = self.container.clock(), UUID(self.request.state.request_id)
        context = CommandContext(self.by, now, Channel.COUNTER, None, posted.key, request_id)
        try:
            executed = await self.threads.write(self.container.casework.open, context, command)
        except DomainError as error:
            return await self.refused(application, error)
        receipt = f"{CASES}/{executed.aggregate.id}/papers/receipt?opened=1"
        return RedirectResponse(receipt, SEE_OTHER, PRIVATE)

    async def refused(self, application: Application, error: DomainError) -> Response:
        if isinstance(error, NotPermitted | NotFound):
            raise error
        if isinstance(error, KeyReused):
            application = application.with_new_key()
        await self.threads.read(self.container.law.read)
        if isinstance(error, ActionRefused) and error.rule in _ABOUT_MATERIALS:
            return await self.materials(application, {}, error)
        if isinstance(error, ActionRefused | IdentityConflict | ItemClosed):
            return await self.applicant(application, {}, error)
        return await self.review(application, error)

    async def holding(self, application: Application) -> Application:
        """The application with what the city holds already; that it was looked up is noted."""
        held = await self.threads.read(_held, self.container, application)
        why = "受理时核对本市已经持有的材料"
        for case_id in sorted({each.case for each in held.values()}):
            await self.access_log.note(self.by, ReadSubject.FILES, case_id, purpose=why)
        return application.holding(held)

    async def _others(self, application: Application) -> Sequence[Any]:
        """Open and excluded cases of the same organisation, as far as this office may read them."""
        code = application.form.values.get("applicant.organisation.code", ("",))[-1]
        await self.access_log.note(self.by, ReadSubject.CASES, search=code)
        found = await same_applicant(self.read_db, self.by, code)
        excluded = [row.case_id for row in found if row.next_action is None]
        for case_id in excluded:
            await self.access_log.note(self.by, ReadSubject.STATE, case_id)
        cases = [await self.threads.read(self._case, id) for id in excluded]
        return application.warnings(found, {case.id: case for case in cases})

    def _case(self, case_id: UUID) -> Case:
        return self.container.repository.get(Case, case_id)

    def _form_page(
        self,
        application: Application,
        form: Any,
        context: dict[str, Any],
        refusal: DomainError | None,
    ) -> HTMLResponse:
        status = PROBLEM_TYPES[refusal.code].status if refusal else 422 if form.wrong else 200
        said = refusal.told(self.container.law.book) if refusal else ""
        told = {"refusal": application.plain(said) if said else "", "forms": (form,)}
        own = application.own_fields(str(context["at"]))
        kept = [(name, text) for name, text in _fields(application) if not name.startswith(own)]
        whole = {"form": form, "item": application.item.item, "kept": kept, "key": form.key}
        return self._page(whole | told | context, status)

    def _page(self, context: dict[str, Any], status: int) -> HTMLResponse:
        frame = {"address": ADDRESS, "back": ADDRESS, "steps": _STEPS, "news": (), "code": ""}
        return office_page(self.request, self.by, "intake/steps.html", frame | context, status)


_STEPS = ((At.ITEM, "事项"), (At.APPLICANT, "申请人"), (At.MATERIALS, "材料"))
TheIntake = Annotated[Intake, Depends(Intake)]


@router.get(ADDRESS)
async def show_items(intake: TheIntake) -> Response:
    return await intake.items()


@router.post(ADDRESS)
async def take_step(intake: TheIntake, posted: PostedForm) -> Response:
    posted = await uploaded(intake.request, intake.by, posted)
    wanted = posted.one("step")
    if wanted == At.ITEM or not posted.one("item"):
        return await intake.items(posted)
    item = await intake.threads.read(_item, intake.container, posted.one("item"))
    application = Application.of(item, ADDRESS, posted)
    if wanted == At.APPLICANT:
        return await intake.applicant(application, {})
    if wrong := application.faults("applicant"):
        return await intake.applicant(application, wrong)
    return await _after_the_applicant(intake, application, posted)


async def _after_the_applicant(
    intake: Intake, application: Application, posted: Posted
) -> Response:
    wanted = posted.one("step")
    application = await intake.holding(application)
    try:
        _trial(intake.by, application, intake.container, whole=wanted != At.MATERIALS)
    except ActionRefused as error:
        return await intake.refused(application, error)
    except ItemClosed as error:
        return await intake.applicant(application, {}, error)
    if wanted == At.MATERIALS:
        return await intake.materials(application, {})
    command = application.command
    if not isinstance(command, OpenCase):
        return await intake.materials(application, application.faults("materials"))
    if wanted == Step.DO:
        return await intake.open(application, command, posted)
    return await intake.review(application)


def _trial(by: Actor, application: Application, container: Container, *, whole: bool) -> None:
    """Asks the rules of the item, and of the case if it is `whole`; nothing is recorded.

    Raises ItemClosed or ActionRefused.
    """
    command = application.command if whole else application.without_materials
    if isinstance(command, ValidationError):
        return
    require_capacity(command, container.clock())
    applicant = command.applicant
    subject = applicant if isinstance(applicant, Organisation) else Person(ref=uuid4())
    pinned = application.item.admit(command.kind, subject)
    if whole:
        Case.open(
            *(command.kind, subject, pinned, command.submitted),
            legal_representative=command.legal_representative,
            scans=command.scans,
            reused=as_reused(application.held),
            accept_later=command.acceptance is AtOpening.RECEIVED,
            calendar=container.calendar,
            id=uuid4(),
            by=by,
            at=container.clock(),
        )


def _held(container: Container, application: Application) -> Held:
    """What the city holds for this application, as far as the applicant is known."""
    command, terms = application.without_materials, application.item.terms
    if terms is None or isinstance(command, ValidationError):
        return {}
    former = command.renamed.former if command.renamed else None
    applied = (command.applicant, former, terms, local_date(container.clock()))
    return held_for(container.holdings, container.repository.vault, *applied)


def _item(container: Container, code: str) -> CatalogueItem:
    return container.repository.get(CatalogueItem, item_id(code.strip()))


def _kept(posted: Posted) -> list[tuple[str, str]]:
    """What was typed of the applicant: it stays when another item is chosen."""
    fields = [(name, text) for name, texts in posted.fields.items() for text in texts]
    files = [("file_name", f"{digest} {title}") for digest, title in posted.files.items()]
    mine = OF_THE_APPLICANT
    return [each for each in fields if each[0].startswith(mine)] + files


def _fields(application: Application) -> list[tuple[str, str]]:
    form = application.form
    fields = [(name, text) for name, texts in form.values.items() for text in texts]
    return fields + [("file_name", f"{digest} {title}") for digest, title in form.files.items()]
