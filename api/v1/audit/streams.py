"""Endpoints of streams of any type, for auditors: state, history, differences, possible actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.http.access_log import TheAccessLog
from api.http.dependencies import (
    Now,
    TheContainer,
    TheThreads,
    Who,
)
from api.http.parameters.moments import Earlier, Later, TheMoment, as_of_point
from api.http.problems import REFUSALS
from application.access.access_log import ReadSubject
from application.access.permissions import Role
from application.aggregates import replayed, type_of
from application.audit.queries import Possibility, possibilities
from application.execution.ports import Recorded
from domain.kernel.record_ids import RecordId
from domain.values.parties import Actor, Department
from projections.history.comparison import DifferenceView, difference
from projections.history.entries import HistoryEntry, entries, state_of

router = APIRouter(prefix="/api/v1/audit/streams/{stream_id}", tags=["audit"], responses=REFUSALS)


@dataclass(slots=True)
class StateView:
    """A stream as it stood: all that was remembered of it."""

    id: UUID
    kind: str
    kind_label: str
    version: int
    begun_at: datetime
    changed_at: datetime
    state: dict[str, Any]


@dataclass(slots=True)
class RoleView:
    role: Role
    label: str


@dataclass(slots=True)
class BarredView:
    """Who had a part in it and was therefore kept from this action."""

    by: Actor
    reasons: list[str]


@dataclass(slots=True)
class PossibilityView:
    """An action that was open: to which roles, of which departments (null: of any)."""

    name: str
    label: str
    roles: list[RoleView]
    departments: list[Department] | None
    barred: list[BarredView]


@dataclass(slots=True)
class PossibilitiesView:
    version: int
    at: datetime
    actions: list[PossibilityView]


async def _history(
    stream_id: RecordId, by: Who, container: TheContainer, threads: TheThreads
) -> Sequence[Recorded]:
    return await threads.read(container.auditing.history, by, stream_id)


TheHistory = Annotated[Sequence[Recorded], Depends(_history)]


@router.get("", summary="一个卷宗当时的状态：现在的，或者某一版、某一时刻的")
async def get_state(
    stream_id: RecordId,
    by: Who,
    history: TheHistory,
    access_log: TheAccessLog,
    as_of: TheMoment,
) -> StateView:
    events = as_of.of([each.event for each in history])
    await access_log.note(by, ReadSubject.STATE, stream_id, version=len(events), at=as_of.until)
    aggregate, aggregate_type = replayed(events), type_of(events)
    return StateView(
        id=stream_id,
        kind=aggregate_type.aggregate.TOPIC,
        kind_label=aggregate_type.label,
        version=aggregate.version,
        begun_at=aggregate.created_on,
        changed_at=aggregate.modified_on,
        state=state_of(aggregate),
    )


@router.get("/history", summary="一个卷宗的完整经过：谁、何时、因何、改变了什么、出示了什么文件")
async def get_stream_history(
    stream_id: RecordId, by: Who, history: TheHistory, access_log: TheAccessLog
) -> list[HistoryEntry]:
    await access_log.note(by, ReadSubject.HISTORY, stream_id, version=len(history))
    return list(entries(history))


@router.get("/diff", summary="两个版本或者两个时刻之间，一个卷宗有什么变化")
async def get_stream_difference(
    stream_id: RecordId,
    by: Who,
    history: TheHistory,
    access_log: TheAccessLog,
    earlier: Earlier,
    later: Later,
    now: Now,
) -> DifferenceView:
    view = difference(history, as_of_point(now, earlier), as_of_point(now, later))
    first, last = view.from_version, view.to_version
    await access_log.note(by, ReadSubject.DIFF, stream_id, earlier=first, later=last)
    return view


@router.get("/actions", summary="当时可以办理什么：由什么岗位、哪个单位；谁因回避不得办理")
async def get_stream_actions(
    stream_id: RecordId,
    by: Who,
    history: TheHistory,
    access_log: TheAccessLog,
    as_of: TheMoment,
) -> PossibilitiesView:
    events = as_of.of([each.event for each in history])
    then = as_of.occasion(events)
    await access_log.note(by, ReadSubject.ACTIONS, stream_id, version=len(events), at=then)
    actions = [_possibility_view(each) for each in possibilities(events, then)]
    return PossibilitiesView(len(events), then, actions)


def _possibility_view(possibility: Possibility) -> PossibilityView:
    return PossibilityView(
        name=possibility.action,
        label=possibility.label,
        roles=[RoleView(role, role.label) for role in possibility.roles],
        departments=None if possibility.departments is None else [*possibility.departments],
        barred=[BarredView(each.by, each.reasons) for each in possibility.barred],
    )
