"""Who may come through a door: people of an organ of government, never a process of the service."""

from application.access.permissions import OWN_CASE, PERSONS_ROLES
from domain.values.parties import Actor
from domain.values.staff import SYSTEM_PERSON, is_among

ORGAN_PREFIXES = ("11", "12")
"""机关, and 事业单位 that act for one (GB 32100-2015): other bodies handle no case."""


class NotAPerson(ValueError):
    """Nobody may act in this role, under this id, or for this body; the text says why."""


def person_at_work(actor: Actor) -> Actor:
    """Returns the actor.  Raises NotAPerson unless it is a person of an organ, in a role of people.

    Every door by which an actor comes in from outside calls this.
    """
    if actor.role not in PERSONS_ROLES:
        raise NotAPerson("没有这个岗位，或者它不是人员的岗位（“系统”只由本服务的进程使用）")
    if is_among(actor.person, {SYSTEM_PERSON}):
        raise NotAPerson("人员编号 system 留给本服务的进程，请使用人员自己的编号")
    if actor.person.startswith(OWN_CASE):
        raise NotAPerson(f"以 {OWN_CASE} 开头的人员编号留给申请人本人，请使用人员自己的编号")
    if not actor.department.code.startswith(ORGAN_PREFIXES):
        raise NotAPerson("单位的统一社会信用代码应属于机关或者事业单位（以11或者12开头）")
    return actor
