"""The milestones of the city's plan (R8, R16, R18–R20), as this service has them on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.catalogue.stages import Listing
from domain.catalogue.terms import ItemField
from domain.values.labels import Labelled


class State(Labelled):
    DONE = "done", "已完成"
    DONE_LATE = "done_late", "已完成，晚于期限"
    LATE = "late", "逾期未完成"
    COMING = "coming", "未到期"
    UNRECORDED = "unrecorded", "本系统尚无记录"


class Milestone(NamedTuple):
    rule: str
    title: str
    due: date
    state: State
    found: str
    """What the records show."""
    listed: str = ""


def milestones(
    fields: Sequence[Any], first_query: date | None, today: date
) -> tuple[Milestone, ...]:
    """Returns the milestones in the order of their dates.

    `fields` are the rows of `questions.fields`, `first_query` is the month of the first query.
    """
    listed = [row for row in fields if row.listing != Listing.DELISTED]
    return (
        _catalogue(fields, listed, today),
        _measures(listed, today),
        Milestone(
            "R19",
            "规范信用承诺书文本",
            date(2021, 6, 30),
            State.UNRECORDED,
            "模板的批准尚未在本系统登记",
        ),
        _credit_data(first_query, today),
        _fields(listed, today),
    )


def _catalogue(rows: Sequence[Any], listed: Sequence[Any], today: date) -> Milestone:
    due, since = date(2021, 1, 31), min((row.since for row in rows), default=None)
    found = f"清单现有{sum(row.items for row in listed)}项" if since else "清单还没有事项"
    return Milestone(
        "R16", "形成统一的事项清单", due, _state(due, since, today), found, "/catalogue"
    )


def _measures(listed: Sequence[Any], today: date) -> Milestone:
    due = date(2021, 5, 31)
    items, ready = sum(row.items for row in listed), sum(row.with_terms for row in listed)
    found = f"清单{items}项，已有管理办法{ready}项"
    complete = bool(items) and items == ready
    # an item has its measure when it is listed or later: the last listing is the earliest day
    done = max(row.last for row in listed) if complete else None
    return Milestone(
        "R18", "列入清单的事项制定管理办法", due, _state(due, done, today), found, "/catalogue"
    )


def _credit_data(first: date | None, today: date) -> Milestone:
    due = date(2021, 12, 31)
    found = f"首次信用查询：{first.year}年{first.month}月" if first else "还没有信用查询"
    return Milestone("R20", "信用数据嵌入办事流程", due, _state(due, first, today), found)


def _fields(listed: Sequence[Any], today: date) -> Milestone:
    due = date(2022, 12, 31)
    active = [row for row in listed if row.listing == Listing.ACTIVE]
    since = {row.field: row.since for row in active}
    missing = "、".join(field.label for field in ItemField if field not in since)
    found = f"还没有启用事项的领域：{missing}" if missing else "各领域都有启用的事项"
    done = None if missing else max(since.values())
    return Milestone(
        "R8", "各领域实施信用承诺制度", due, _state(due, done, today), found, "/catalogue"
    )


def _state(due: date, done: date | None, today: date) -> State:
    if done is not None:
        return State.DONE if done <= due else State.DONE_LATE
    return State.LATE if today > due else State.COMING
