"""The pages on which the articles of a revised act are entered by one and approved by another."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from api.http.dependencies import Now, ReadDb, TheContainer, TheThreads
from api.site.forms.creations import Creation, CreationDoor
from api.site.forms.doors import FormDoors
from api.site.layout.office import office_page
from api.site.offices.record import record
from api.site.session.dependencies import SignedIn
from application.access.permissions import allowed, permit_role
from application.execution.command import Verb
from application.execution.execute import Executed
from application.law.commands import ENTER, VERBS
from application.law.service import READING
from domain.kernel.errors import NotFound
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor
from domain.values.workdays import in_chinese
from domain.wording.entry import ArticleEntry
from domain.wording.stages import Stage
from domain.wording.values import Revised
from infrastructure.container import Container
from projections.law import projection as law

LAW = "/desk/law"
ENTERING = f"{ArticleEntry.TOPIC}/{ENTER.name}"
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_record_id = TypeAdapter(RecordId).validate_python


class EntrySubject:
    """Entered articles, for `FormDoors`."""

    kind = ArticleEntry
    verbs: Sequence[Verb] = VERBS
    page = "offices/command.html"
    is_public = True

    def target(self, text: str) -> UUID:
        try:
            return _record_id(text)
        except ValidationError as error:
            raise NotFound("没有录入这一条") from error

    def stream_id(self, target: UUID) -> UUID:
        return target

    def address(self, target: UUID) -> str:
        return f"{LAW}/{target}"

    def show(self, container: Container, by: Actor, target: UUID) -> ArticleEntry:
        return container.articles.show(by, target)

    def act(self, container: Container) -> Callable[..., Executed[ArticleEntry]]:
        return container.articles.act

    def head(self, container: Container, by: Actor, entry: ArticleEntry) -> dict[str, Any]:
        entered = entry.entered
        facts = [
            ("依据的内容", entered.cites.label),
            ("施行日期", in_chinese(entered.in_force_from)),
            ("出处", entered.found_in),
            ("录入", entered.by.person),
            ("阶段", entry.stage.label),
        ]
        return {"heading": f"条文：{entered.article}", "facts": facts, "list": LAW}


SUBJECT = EntrySubject()
CreationDoor(
    router,
    Creation(
        path=f"{LAW}/new",
        verb=ENTER,
        right=ENTERING,
        page="forms/page.html",
        heading="法律条文",
        back=LAW,
        use_case=lambda container: container.articles.enter,
        address=lambda entry: f"{LAW}/{entry.id}",
    ),
)
doors = FormDoors(router, f"{LAW}/{{target}}/{{verb}}", SUBJECT)


@router.get(LAW)
async def list_articles(request: Request, by: SignedIn, read_db: ReadDb) -> Response:
    permit_role(by, *READING)
    rows = await read_db.all(law.entries())
    context = {"rows": rows, "may_enter": allowed(by, ENTERING), "EntryStage": Stage}
    return office_page(request, by, "offices/law.html", context | {"Revised": Revised})


@router.get(f"{LAW}/{{target}}")
async def show_article(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    now: Now,
    done: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
) -> Response:
    id = SUBJECT.target(target)
    entry = await threads.read(SUBJECT.show, container, by, id)
    history = await threads.read(container.repository.history, id)
    shown = record(doors, entry, id, history, by, now, done, ("entered",))
    context = SUBJECT.head(container, by, entry) | shown | {"lacking": ()}
    return office_page(request, by, "offices/record.html", context)
