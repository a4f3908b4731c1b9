"""Use cases of the auditor: any stream as it stood, and who could have done what with it."""

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


class Barred(NamedTuple):
    """A person of the stream who was kept from an action, and the rules that said so."""

    by: Actor
    reasons: list[str]


class Possibility(NamedTuple):
    """An action that was open: in which roles, of which departments (None: of any)."""

    action: str
    label: str
    roles: tuple[Role, ...]
    departments: tuple[Department, ...] | None
    barred: list[Barred]


@dataclass(frozen=True)
class Auditing:
    repository: Repository

    def history(self, by: Actor, id: UUID) -> Sequence[Recorded]:
        """Every event of one stream, of whichever kind.  Raises NotFound."""
        permit(by, "audit")
        if not (history := self.repository.history(id)):
            raise NotFound("没有这个编号的案件、事项或者其他卷宗")
        return history


def up_to(
    history: Sequence[Recorded], version: int | None = None, at: datetime | None = None
) -> list[Event]:
    """What had happened after so many events, or by an instant.  Raises NotFound: nothing yet."""
    told = [each.event for each in history]
    if version is not None:
        if not 0 < version <= len(told):
            raise NotFound(f"没有第{version}版")
        told = told[:version]
    if at is not None:
        told = [event for event in told if event.timestamp <= at]
    if not told:
        raise NotFound("当时还不存在")
    return told


def possibilities(told: Sequence[Event], at: datetime) -> list[Possibility]:
    """What could be done at that instant, and by whom: asked of the guard that commands meet.

    Somebody without a part in it, of a department without one, stands for everybody; those who
    have had one are asked one by one.
    """
    aggregate, kind = replayed(told), type_of(told)
    persons = list({event.by.person: event.by for event in told}.values())
    nowhere = persons[0].department.model_copy(update={"code": ""})  # no department's code is empty
    anybody = persons[0].model_copy(update={"person": "", "department": nowhere})  # nor any name
    open_to = {by: aggregate.open_actions(by, at) for by in (anybody, *persons)}
    found = []
    for name in dict.fromkeys(name for names in open_to.values() for name in names):
        roles, departments = entitled(kind.rights + name, kind.matter(aggregate))
        usual = aggregate.obstacles(name, anybody, at)
        kept = {by: aggregate.obstacles(name, by, at) for by in persons if name not in open_to[by]}
        barred = [Barred(by, [r for r in why if r not in usual]) for by, why in kept.items()]
        found.append(Possibility(name, kind.actions[name], roles, departments, barred))
    return found
