"""The handbook of a role, made from the tables: its pages, its steps, what each form asks for."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.site.forms.entries import Entry, entries_of
from api.site.layout.office import links_for, office_page
from api.site.session.dependencies import SignedIn
from application.access.permissions import PERSONS_ROLES, RIGHTS, Role
from application.case.commands import promise
from application.case.service import VERBS as CASE_VERBS
from application.catalogue import commands as catalogue
from application.execution.command import Command, Verb
from application.law import commands as law
from application.tolerance import commands as tolerance
from domain.tolerance.review import ToleranceReview
from domain.wording.entry import ArticleEntry

HANDBOOK = "/desk/handbook"
TABLES: tuple[tuple[str, str, tuple[Verb, ...]], ...] = (
    ("案件", "", (promise.OPEN, *CASE_VERBS)),
    ("事项清单", "", (catalogue.LIST, *catalogue.VERBS)),
    ("修订后的条文", f"{ArticleEntry.TOPIC}/", (law.ENTER, *law.VERBS)),
    ("容错审查", f"{ToleranceReview.TOPIC}/", (tolerance.REQUEST, *tolerance.VERBS)),
)
"""By what they are about: the prefix of their rights, and the verbs."""
FOR_ALL = (
    "登录以后，顶上是您能打开的页面；没有列出的，不归您的岗位办理。",
    "每一步办理都有一张表，表上写明办了会记录什么、公开什么。先按“先核对”，看过再办。",
    "表上有误的地方，页面顶上会列出来，点一下就到那一格；填过的都还在。",
    "页面说“刚刚有人办了一步”，是别人先办了：看过变化，再决定办不办。",
    "信用平台没有回答时，既没有拒绝也没有准予：过一会儿再试，或者由申请人改走原审批程序。",
    "选好的文件随表上传、存入案卷；SHA-256 由系统计算，不用填写。",
    "离开电脑时请退出。您看过的案卷都有记录。",
)
"""What everybody who works here needs to know."""
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


class Step(NamedTuple):
    """One outcome of a verb: what it does, and what its form asks for."""

    label: str
    help: str
    asked: tuple[str, ...]
    is_final: bool


class Chapter(NamedTuple):
    """The steps of a role with one kind of record."""

    about: str
    steps: tuple[Step, ...]


@router.get(HANDBOOK)
async def show_handbook(
    request: Request, by: SignedIn, role: Annotated[Role | None, Query()] = None
) -> Response:
    of = role if role in PERSONS_ROLES else Role(by.role)
    context = {
        "of": of,
        "chapters": list(chapters(of)),
        "for_all": FOR_ALL,
        "mine": links_for(request, by) if of == by.role else (),
        "roles": [each for each in Role if each in PERSONS_ROLES],
    }
    return office_page(request, by, "desk/handbook.html", context)


def chapters(role: Role) -> Iterator[Chapter]:
    """The steps that this role may take, as the commands describe themselves."""
    for about, prefix, verbs in TABLES:
        mine = [verb for verb in verbs if role in RIGHTS[prefix + verb.name].roles]
        steps = tuple(_step(outcome) for verb in mine for outcome in verb.outcomes)
        if steps:
            yield Chapter(about, steps)


def _step(command: type[Command]) -> Step:
    asked = tuple(_asked(each) for each in entries_of(command, {}))
    return Step(command.LABEL, command.HELP, asked, command.FINAL)


def _asked(each: Entry) -> str:
    return each.label if each.required else f"{each.label}（可以不填）"
