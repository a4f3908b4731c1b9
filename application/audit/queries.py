"""Use cases of auditors: the state of any stream at a time, and who could have acted on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.access.permissions import Role, entitled, permit
from application.aggregates import replayed, type_of
from application.execution.ports import Recorded, Repository
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from domain.values.parties import Actor, Department
from domain.values.staff import person_key


class Barred(NamedTuple):
    """An actor of the stream who was barred from an action, and the reasons of the rules."""

    by: Actor
    reasons: list[str]


class Possibility(NamedTuple):
    """An action that was possible: for which roles, of which departments (None means any)."""

    action: str
    label: str
    roles: tuple[Role, ...]
    departments: tuple[Department, ...] | None
    barred: list[Barred]


@dataclass(frozen=True)
class Auditing:
    repository: Repository

    def history(self, by: Actor, id: UUID) -> Sequence[Recorded]:
        """Returns every event of a stream of any type.  Raises NotFound if it does not exist."""
        permit(by, "audit")
        if not (history := self.repository.history(id)):
            raise NotFound("没有这个编号的案件、事项或者其他卷宗")
        return history


def possibilities(events: Sequence[Event], at: datetime) -> list[Possibility]:
    """Returns the actions that were possible at that instant, and who could take them.

    The rules that guard commands decide.  They are checked for each actor of the stream, and for a
    fictitious outsider, of a fictitious department, who stands for all other persons.
    """
    aggregate, aggregate_type = replayed(events), type_of(events)
    actors = list({person_key(event.by.person): event.by for event in events}.values())
    # No department has an empty code, and no person an empty id.
    nowhere = actors[0].department.model_copy(update={"code": ""})
    outsider = actors[0].model_copy(update={"person": "", "department": nowhere})
    open_to = {by: aggregate.open_actions(by, at) for by in (outsider, *actors)}
    possible = []
    for name in dict.fromkeys(name for names in open_to.values() for name in names):
        matter = aggregate_type.matter(aggregate)
        roles, departments = entitled(aggregate_type.rights + name, matter)
        usual = aggregate.obstacles(name, outsider, at)
        barred = [
            Barred(by, [each for each in aggregate.obstacles(name, by, at) if each not in usual])
            for by in actors
            if name not in open_to[by]
        ]
        label = aggregate_type.actions[name]
        possible.append(Possibility(name, label, roles, departments, barred))
    return possible
