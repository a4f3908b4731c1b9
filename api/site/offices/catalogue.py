"""The pages of the catalogue's administrator: the items, and one item with what can be done."""

from collections.abc import Callable, Sequence
from datetime import datetime
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
from application.access.permissions import permit_role
from application.catalogue.commands import LIST, VERBS
from application.execution.command import Verb
from application.execution.execute import Executed
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.lifecycle import MAY_BE_ACTIVATED
from domain.kernel.errors import NotFound
from domain.kernel.lifecycle import Attempt, reason
from domain.values.identifiers import ItemCode
from domain.values.parties import Actor
from infrastructure.container import Container
from projections.catalogue import projection as catalogue

CATALOGUE = "/desk/catalogue"
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_item_code = TypeAdapter(ItemCode).validate_python


class ItemSubject:
    """Items of the catalogue, for `FormDoors`."""

    kind = CatalogueItem
    verbs: Sequence[Verb] = VERBS
    page = "offices/command.html"
    is_public = True

    def target(self, text: str) -> str:
        try:
            return _item_code(text)
        except ValidationError as error:
            raise NotFound("没有这个事项") from error

    def stream_id(self, target: str) -> UUID:
        return item_id(target)

    def address(self, target: str) -> str:
        return f"{CATALOGUE}/{target}"

    def show(self, container: Container, by: Actor, target: str) -> CatalogueItem:
        return container.repository.get(CatalogueItem, item_id(target))

    def act(self, container: Container) -> Callable[..., Executed[CatalogueItem]]:
        return container.catalogue.act

    def head(self, container: Container, by: Actor, item: CatalogueItem) -> dict[str, Any]:
        facts = [
            ("事项编码", item.item.code),
            ("状态", item.listing.label),
            ("领域", item.item.field.label),
            ("承诺受理单位", item.item.department.name),
            ("监管单位", item.item.supervisor.name),
            ("条款", f"第 {item.terms_version} 版" if item.terms else "还没有"),
        ]
        if item.terms:
            needed = "准予以前由两名以上工作人员核查" if item.terms.substantive_check else "不需要"
            facts.append(("实质核查", needed))
        lacking = _missing(item, by, container.clock())
        return {"heading": item.item.name, "facts": facts, "lacking": lacking, "list": CATALOGUE}


SUBJECT = ItemSubject()
CreationDoor(
    router,
    Creation(
        path=f"{CATALOGUE}/new",
        verb=LIST,
        right="list",
        page="forms/page.html",
        heading="事项清单",
        back=CATALOGUE,
        use_case=lambda container: container.catalogue.list_item,
        address=lambda item: f"{CATALOGUE}/{item.item.code}",
    ),
)
doors = FormDoors(router, f"{CATALOGUE}/{{target}}/{{verb}}", SUBJECT)


@router.get(CATALOGUE)
async def list_items(request: Request, by: SignedIn, read_db: ReadDb) -> Response:
    permit_role(by, "list")
    rows = await read_db.all(catalogue.items().order_by(catalogue.t.department))
    return office_page(request, by, "offices/catalogue.html", {"rows": rows})


@router.get(f"{CATALOGUE}/{{target}}")
async def show_item(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    now: Now,
    done: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
) -> Response:
    permit_role(by, "list")
    code = SUBJECT.target(target)
    item = await threads.read(SUBJECT.show, container, by, code)
    history = await threads.read(container.repository.history, item.id)
    shown = record(doors, item, code, history, by, now, done, ("terms",))
    return office_page(
        request, by, "offices/record.html", SUBJECT.head(container, by, item) | shown
    )


def _missing(item: CatalogueItem, by: Actor, at: datetime) -> list[str]:
    """What the item lacks before it can be activated; empty if nothing, or if it is active."""
    attempt = Attempt(by, at)
    unmet = [rule for rule in MAY_BE_ACTIVATED if not rule(item, attempt)]
    return [reason(rule) for rule in unmet]
