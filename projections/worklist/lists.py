"""What is asked of the worklist and of the cases: whose duties, in which group, in which order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from application.access.permissions import Where
from domain.case.duties import AWAITING_THE_APPLICANT, DELIVERY, LINE, SUPPLEMENT
from domain.case.lifecycle import BEFORE_DECISION
from domain.values import folding
from domain.values.labels import Labelled
from projections.audit_trail.queries import took_part
from projections.disclosures.name_search import having_name_part
from projections.read_model import keyset as paging
from projections.read_model.keyset import Keyset
from projections.read_model.tables import case_summaries, catalogue_items, claims, duties

d, c, k, i = duties.c, case_summaries.c, claims.c, catalogue_items.c
Bars = tuple[Collection[str], Collection[str]]
"""The spellings of a person's id, and the topics of the events that bar their actor."""
NO_BARS: Mapping[str, Bars] = MappingProxyType({})
MOST_URGENT_FIRST = Keyset((d.due_on, d.case_id, d.action, d.about))
NEWEST_FIRST = Keyset((c.opened_at, c.case_id), descending=True)


OWED = LINE | SUPPLEMENT | DELIVERY
"""The actions that somebody can owe."""


class Group(Labelled):
    """Why a duty concerns its reader, the most urgent first."""

    OVERDUE = "overdue", "已逾期"
    TODAY = "today", "今天"
    SOON = "soon", "三个工作日内"
    LATER = "later", "以后"
    WAITING = "waiting", "等待别人"


@dataclass(frozen=True)
class Reader:
    """Whose worklist it is, on which day."""

    reach: Mapping[str, Where]
    """How far the reader's right to each action reaches."""
    readable: Where
    """Whose cases the reader may read."""
    department: str
    today: date
    soon: date
    """The last of the days that are soon."""
    person: str = ""
    bars: Mapping[str, Bars] = field(default_factory=lambda: NO_BARS)
    """By action: the events of the reader that bar them from it in the same case."""

    @property
    def own(self) -> ColumnElement[bool]:
        """The duties that the reader can do."""
        own = (
            and_(d.action == name, _within(where, self.department), *_not_barred(self.bars, name))
            for name, where in self.reach.items()
        )
        return or_(false(), *own)

    @property
    def group(self) -> ColumnElement[str]:
        """What waits for the applicant is the reader's again once it is late."""
        return case(
            (not_(self.own), literal(Group.WAITING.value)),
            (d.due_on < self.today, literal(Group.OVERDUE.value)),
            (awaits_the_applicant(), literal(Group.WAITING.value)),
            (d.due_on == self.today, literal(Group.TODAY.value)),
            (d.due_on <= self.soon, literal(Group.SOON.value)),
            else_=literal(Group.LATER.value),
        )


@dataclass(frozen=True)
class Narrowed:
    """What the reader wants to see of it; what is empty is not asked."""

    group: Group | None = None
    item: str | None = None
    action: str | None = None
    mine: bool = False
    """Only what the reader has claimed."""
    q: str = ""
    """A 承诺编码, the code of an organisation, or a part of its name."""


EVERYTHING = Narrowed()


def to_do(reader: Reader, asked: Narrowed = EVERYTHING) -> Select[Any]:
    """Selects the reader's duties; with a group, also those of others in the reader's cases."""
    group = reader.group
    shown = group == asked.group if asked.group else reader.own
    return _lines(reader, asked, group).where(shown)


def firsts(reader: Reader, asked: Narrowed, size: int) -> Select[Any]:
    """Selects the first duties of each group, each with the number of all in its group.

    It numbers the keys alone: sorting whole lines took twice as long.
    """
    group, order = reader.group, MOST_URGENT_FIRST.columns
    in_group = func.count().over(partition_by=group).label("in_group")
    nth = func.row_number().over(partition_by=group, order_by=order).label("nth")
    lines = _lines(reader, asked, group)
    every = lines.with_only_columns(*order, in_group, nth).subquery()
    first = select(every).where(every.c.nth <= size).subquery()
    same = and_(*(first.c[column.name] == column for column in order))
    return lines.add_columns(first.c.in_group).join(first, same).order_by(*order)


def counts(reader: Reader, asked: Narrowed = EVERYTHING) -> Select[Any]:
    """Selects the number of duties of each group that has any."""
    lines = _lines(reader, asked, reader.group).subquery()
    return select(lines.c.group, func.count().label("total")).group_by(lines.c.group)


def items_in(reader: Reader) -> Select[Any]:
    """Selects the items of the cases in which somebody owes something."""
    items = select(c.item_code, c.item_name).distinct()
    items = items.select_from(duties.join(case_summaries, c.case_id == d.case_id))
    return items.where(_readable(reader)).order_by(c.item_code)


def _lines(reader: Reader, asked: Narrowed, group: ColumnElement[str]) -> Select[Any]:
    summary = [column for column in c if column.name not in ("case_id", "due_on")]
    claimed = and_(k.case_id == d.case_id, k.action == d.action, k.about == d.about)
    whole = (
        duties.join(case_summaries, c.case_id == d.case_id)
        .outerjoin(claims, and_(claimed, k.since == func.coalesce(d.since, 0)))
        .outerjoin(catalogue_items, i.item_code == c.item_code)
    )
    own = case((reader.own, True), else_=False).label("own")
    more = (group.label("group"), own, k.person.label("claimed_by"), i.department, i.supervisor)
    lines = select(*d, *summary, *more).select_from(whole)
    return lines.where(_readable(reader), ready_on(reader.today), *_narrowed(reader, asked))


def _narrowed(reader: Reader, asked: Narrowed) -> list[ColumnElement[bool]]:
    narrow = []
    if asked.item:
        narrow.append(c.item_code == asked.item)
    if asked.action:
        narrow.append(d.action == asked.action)
    if asked.mine:
        narrow.append(k.person == reader.person)
    if asked.q:
        code = folding.code_key(asked.q)
        named = having_name_part(d.case_id, asked.q)
        narrow.append(or_(c.code == code, c.applicant_code == code, named))
    return narrow


def ready_on(today: date) -> ColumnElement[bool]:
    """The condition that a duty can be done on this day, as `ready` of the domain says."""
    other = duties.alias()
    steps = or_(
        other.c.action == "forewarn", and_(other.c.action == "hear", other.c.due_on >= today)
    )
    before = exists().where(other.c.case_id == d.case_id, steps).correlate_except(other)
    return or_(
        d.action.not_in(("hear", "penalize")),
        and_(d.action == "hear", d.due_on >= today),
        and_(d.action == "penalize", not_(before)),
    )


def awaits_the_applicant() -> ColumnElement[bool]:
    return or_(
        *(
            d.action == action if stage is None else and_(d.action == action, c.stage == stage)
            for action, stage in AWAITING_THE_APPLICANT
        )
    )


def cases(where: Where, department: str, stage: str | None = None) -> paging.Rows:
    """Selects the summary rows of the cases to which a right of this department reaches."""
    rows = select(case_summaries)
    if stage:
        rows = rows.where(c.stage == stage)
    if where is not Where.EITHER:
        return rows.where(_within(where, department))
    accepted = rows.where(c.accepting_code == department)
    supervised = rows.where(c.supervising_code == department, c.accepting_code != department)
    return (accepted, supervised)  # one query with OR would read and sort all of them


def summaries(case_ids: Collection[UUID]) -> Select[Any]:
    """Selects the summary rows of these cases."""
    return select(case_summaries).where(c.case_id.in_(case_ids))


def undecided(applicants: Collection[str]) -> Select[Any]:
    """Selects the cases of these organisations that a credit query can still divert."""
    open_ = c.stage.in_([stage.value for stage in BEFORE_DECISION])
    return (
        select(case_summaries).where(c.applicant_code.in_(applicants), open_).order_by(c.opened_at)
    )


def overdue(today: date) -> Select[Any]:
    """Selects the actions of each case whose due date has passed, the longest overdue first."""
    late = select(d.case_id, d.action, d.due_on).where(d.due_on < today, ready_on(today))
    return late.distinct().order_by(d.due_on, d.case_id, d.action)


def longest_overdue(today: date) -> Select[Any]:
    """Selects the due date of the duty that is overdue for the longest; NULL if there is none."""
    return select(func.min(d.due_on)).where(d.due_on < today, ready_on(today))


def _readable(reader: Reader) -> ColumnElement[bool]:
    return _within(reader.readable, reader.department)


def _within(where: Where, department: str) -> ColumnElement[bool]:
    """The cases to which a right reaches; a place that is no place of a case reaches none."""
    accepting, supervising = c.accepting_code == department, c.supervising_code == department
    reached = {
        Where.ANYWHERE: true(),
        Where.ACCEPTING: accepting,
        Where.SUPERVISING: supervising,
        Where.EITHER: or_(accepting, supervising),
    }
    return reached.get(where, false())


def _not_barred(bars: Mapping[str, Bars], action: str) -> list[ColumnElement[bool]]:
    return [not_(took_part(d.case_id, *bars[action]))] if action in bars else []
