"""The pages of tolerance reviews (容错免责): the list, the request, one review."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select

from api.http.access_log import TheAccessLog
from api.http.dependencies import Now, ReadDb, TheContainer, TheThreads
from api.site.forms.creations import Creation, CreationDoor
from api.site.forms.doors import FormDoors
from api.site.layout.office import office_page
from api.site.offices.record import record
from api.site.session.dependencies import SignedIn
from application.access.access_log import ReadSubject
from application.access.permissions import READING_REVIEWS, Where, allowed, permit_role, reviews_of
from application.execution.command import Choices, Verb
from application.execution.execute import Executed
from application.tolerance.commands import REQUEST, VERBS
from domain.kernel.errors import NotFound
from domain.kernel.record_ids import RecordId
from domain.law.articles import TOLERANCE
from domain.tolerance.grounds import GroundKind
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage
from domain.values.parties import Actor
from domain.values.workdays import in_chinese, local_date
from infrastructure.container import Container
from projections.catalogue import projection as catalogue
from projections.tolerance import projection as tolerance
from projections.worklist import lists as worklist

REVIEWS = "/desk/tolerance"
REQUESTING = f"{ToleranceReview.TOPIC}/{REQUEST.name}"
MAX_CHOICES = 200
"""The latest cases among which a request may choose."""
SHOWN = ("requested", "checked", "decision", "sign_off", "notice", "rulings")
router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
_record_id = TypeAdapter(RecordId).validate_python


class ReviewSubject:
    """Tolerance reviews, for `FormDoors`."""

    kind = ToleranceReview
    verbs: Sequence[Verb] = VERBS
    page = "offices/command.html"
    is_public = False

    def target(self, text: str) -> UUID:
        try:
            return _record_id(text)
        except ValidationError as error:
            raise NotFound("没有这项容错审查") from error

    def stream_id(self, target: UUID) -> UUID:
        return target

    def address(self, target: UUID) -> str:
        return f"{REVIEWS}/{target}"

    def show(self, container: Container, by: Actor, target: UUID) -> ToleranceReview:
        container.law.read()
        return container.tolerance.show(by, target)

    def act(self, container: Container) -> Callable[..., Executed[ToleranceReview]]:
        return container.tolerance.act

    def head(self, container: Container, by: Actor, review: ToleranceReview) -> dict[str, Any]:
        ground = GroundKind(review.requested.ground.ground).label
        heading = f"{review.department.name}的容错审查"
        facts = [("情形", ground), *_track(review), *_wording(container, review)]
        return {"heading": heading, "facts": facts, "list": REVIEWS}


def _track(review: ToleranceReview) -> list[tuple[str, str]]:
    """The stages of a review with their dates: 申请 → 核查 → 决定 → 送达 → 复核、申诉."""
    notice, decision, checked = review.notice, review.decision, review.checked
    until = review.settle_by or review.appeal_by or review.reconsider_by
    dates = [
        ("申请", in_chinese(review.requested.day)),
        ("核查", in_chinese(checked.day) if checked else ""),
        ("决定", f"{in_chinese(decision.issued_on)} {_outcome(review)}" if decision else ""),
        ("送达", in_chinese(notice.served_on) if notice else ""),
        ("复核、申诉期限", in_chinese(until.on) if until else ""),
        ("阶段", review.stage.label),
    ]
    return [(label, text) for label, text in dates if text]


def _wording(container: Container, review: ToleranceReview) -> list[tuple[str, str]]:
    """On which wording the four conditions rest: that of the decision, before it that of today."""
    today = local_date(container.clock())
    return [("四项条件依据", review.wording or container.law.book.rests(TOLERANCE, today))]


def _outcome(review: ToleranceReview) -> str:
    return review.outcome.label if review.outcome else ""


def _linkable(container: Container, by: Actor) -> Choices:
    """The latest cases that the actor's department accepted, and the items, as they stand."""
    accepted = worklist.cases(Where.ACCEPTING, by.department.code)
    assert isinstance(accepted, Select), "one place needs one query"
    cases = accepted.order_by(worklist.c.opened_at.desc()).limit(MAX_CHOICES)
    with container.engine.connect() as db:
        latest = db.execute(cases).all()
        items = db.execute(catalogue.items().order_by(catalogue.t.item_code)).all()
    linked = {
        json.dumps({"id": str(row.case_id), "version": row.version}): (
            f"{row.code or '尚无承诺编码'} · {row.applicant} · {row.item_name}"
        )
        for row in latest
    }
    listed = {
        json.dumps({"code": row.item_code, "version": row.terms_version}): row.name for row in items
    }
    grounds = f"ground.{GroundKind.DEFERRED_HANDLING_ERROR}.cases[]"
    return {"cases[]": linked, grounds: linked, "matters[]": listed}


SUBJECT = ReviewSubject()
CreationDoor(
    router,
    Creation(
        path=f"{REVIEWS}/new",
        verb=REQUEST,
        right=REQUESTING,
        page="forms/page.html",
        heading="容错免责",
        back=REVIEWS,
        use_case=lambda container: container.tolerance.request,
        address=lambda review: f"{REVIEWS}/{review.id}",
        choices=_linkable,
    ),
)
doors = FormDoors(router, f"{REVIEWS}/{{target}}/{{verb}}", SUBJECT)


@router.get(REVIEWS)
async def list_reviews(
    request: Request, by: SignedIn, read_db: ReadDb, access_log: TheAccessLog
) -> Response:
    permit_role(by, *READING_REVIEWS)
    rows = tolerance.reviews()
    if mine := reviews_of(by):
        rows = rows.where(tolerance.t.department_code == mine)
    await access_log.note(by, ReadSubject.REVIEWS)
    latest = await read_db.all(rows.order_by(tolerance.t.requested_at.desc()).limit(MAX_CHOICES))
    context = {"rows": latest, "may_request": allowed(by, REQUESTING), "ReviewStage": Stage}
    return office_page(request, by, "offices/reviews.html", context)


@router.get(f"{REVIEWS}/{{target}}")
async def show_review(
    request: Request,
    target: str,
    by: SignedIn,
    container: TheContainer,
    threads: TheThreads,
    access_log: TheAccessLog,
    now: Now,
    done: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
) -> Response:
    id = SUBJECT.target(target)
    review = await threads.read(SUBJECT.show, container, by, id)
    await access_log.note(by, ReadSubject.HISTORY, id, version=review.version)
    history = await threads.read(container.repository.history, id)
    shown = record(doors, review, id, history, by, now, done, SHOWN, container.law.book)
    context = SUBJECT.head(container, by, review) | shown | {"lacking": ()}
    return office_page(request, by, "offices/record.html", context)
