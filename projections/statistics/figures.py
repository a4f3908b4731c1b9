"""The figures: what each counts, at which bureau, and how it is defined for readers."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from domain.case.lifecycle import ACTIONS
from domain.values.labels import Labelled
from projections.statistics.tables import STEPS, monthly_totals


class Side(Labelled):
    """The bureau to which a figure belongs."""

    ACCEPTING = "accepting", "承诺受理单位"
    SUPERVISING = "supervising", "监管单位"


class Figure(NamedTuple):
    """A number, or the share of `counts` in `out_of`, in percent."""

    name: str
    label: str
    unit: str
    definition: str
    counts: tuple[str, ...]
    out_of: tuple[str, ...] = ()
    listed: str = ""
    """The address of the list of what is counted, where there is one."""

    @property
    def is_share(self) -> bool:
        return bool(self.out_of)


COUNTS = tuple(column.name for column in monthly_totals.c if not column.primary_key)
SUPERVISED = frozenset(("inspect", "rectify", "forewarn", "hear"))
"""The steps of the supervising bureau; the others are those of the accepting one."""
OFFICES_OWN = (
    *("accept", "query", "notify", "check", "decide", "deliver", "review"),
    *("inspect", "forewarn", "penalize"),
)
"""The steps that the office owes; the others are the party's, or await what the party does."""


def _results(steps: Iterable[str], *how: str) -> tuple[str, ...]:
    return tuple(f"{step}_{each}" for step in steps for each in how)


OF_SUPERVISION = frozenset(
    (
        *("passed", "breached", "ordered", "rectified", "rectified_in_time", "unrectified"),
        *_results(SUPERVISED, "in_time", "late", "owed"),
    )
)
"""The columns that count at the supervising bureau."""
COLUMNS = {
    Side.ACCEPTING: tuple(name for name in COUNTS if name not in OF_SUPERVISION),
    Side.SUPERVISING: tuple(name for name in COUNTS if name in OF_SUPERVISION),
}
_DECIDED = ("granted", "refused")
# fmt: off
FIGURES = (
    Figure("accepted", "受理", "件",
           "本期受理的案件：当场受理的计在收到材料之日，审查以后受理的计在受理之日。",
           ("accepted",)),
    Figure("granted", "准予", "件",
           "本期作出准予决定的案件。", ("granted",), listed="/"),
    Figure("refused", "不予准予", "件",
           "本期作出不予准予决定的案件。", ("refused",)),
    Figure("diverted", "转原审批程序", "件",
           "本期因信用查询排除、申请人不作承诺或者撤回而转原审批程序的案件，不是不予准予。",
           ("diverted",)),
    Figure("same_day", "当日决定率", "%",
           "本期的决定里，在申请人作出承诺的当天作出的比例。", ("same_day",), _DECIDED),
    Figure("deferred", "容缺后补材料", "份",
           "本期的承诺允许以后补交、办理时不必提交的材料。", ("deferred",)),
    Figure("not_asked", "未再索要材料", "份",
           "本期受理的案件里，本市已经持有、没有再向申请人索要的材料。", ("not_asked",)),
    Figure("in_time", "按期办结率", "%",
           "期限在本期届满、单位应当办理的各步里，已经办理的有多少是按期办理的；申请人的期限不计。",
           _results(OFFICES_OWN, "in_time"), _results(OFFICES_OWN, "in_time", "late")),
    Figure("inspected", "核查率", "%",
           "核查期限在本期届满的案件里，已经核查的比例。",
           _results(("inspect",), "in_time", "late"),
           _results(("inspect",), "in_time", "late", "owed")),
    Figure("passed", "核查属实", "件",
           "本期核查认定承诺属实的案件。", ("passed",), listed="/?status=fulfilled"),
    Figure("breached", "发现违诺", "次",
           "本期认定的违诺，包括逾期未补齐材料的。", ("breached",)),
    Figure("ordered", "责令整改", "次",
           "本期送达的责令限期整改。", ("ordered",)),
    Figure("rectified", "整改完成", "件",
           "本期认定整改完成的案件。", ("rectified",)),
    Figure("rectified_in_time", "按期整改率", "%",
           "本期认定结果的整改里，在期限以内整改完成的比例。",
           ("rectified_in_time",), ("rectified", "unrectified")),
    Figure("penalized", "失信惩戒", "件",
           "本期决定实施信用惩戒的案件。", ("penalized",), listed="/?sanctioned=1"),
    Figure("spared", "不予惩戒", "件",
           "本期决定不予惩戒的案件。", ("spared",)),
)
# fmt: on
MINUTES = Figure(
    "minutes",
    "承诺到决定（中位数）",
    "分钟",
    "本期的决定距离承诺记录之时的分钟数，取中位数；九成的决定不超过第二个数。"
    "超过99分钟的取两位有效数字。",
    (),
)
BY_NAME = {figure.name: figure for figure in (*FIGURES, MINUTES)}
HEADLINE = ("accepted", "granted", "same_day", "minutes", "in_time", "breached")
"""The six figures at the top."""


class Step(NamedTuple):
    """How one duty was done: in time, late, not yet."""

    label: str
    in_time: int
    late: int
    owed: int

    @property
    def share(self) -> float | None:
        return share(self.in_time, self.in_time + self.late)


def steps(counts: Counter[str]) -> list[Step]:
    """The steps in the order of a case, without those that nobody owed."""
    all_steps = (
        Step(ACTIONS[step], *(counts[f"{step}_{how}"] for how in ("in_time", "late", "owed")))
        for step in STEPS
    )
    return [step for step in all_steps if step.in_time + step.late + step.owed]


def value(figure: Figure, counts: Counter[str]) -> float | None:
    """The number.  Returns None for a share of nothing."""
    number = sum(counts[name] for name in figure.counts)
    if not figure.is_share:
        return number
    return share(number, sum(counts[name] for name in figure.out_of))


def share(part: int, whole: int) -> float | None:
    """In percent, to one decimal.  Returns None if the whole is zero."""
    return round(100 * part / whole, 1) if whole else None


class Spread(NamedTuple):
    """The minutes within which half of the decisions, and nine in ten, were made."""

    half: int | None
    most: int | None


def spread(histogram: Iterable[tuple[int, int]]) -> Spread:
    """Of pairs of minutes and how many decisions took them, by the nearest rank."""
    rows = sorted(histogram)
    count = sum(number for _, number in rows)
    return Spread(_ranked(rows, (count + 1) // 2), _ranked(rows, -(-count * 9 // 10)))


def _ranked(rows: list[tuple[int, int]], rank: int) -> int | None:
    for minutes, number in rows:
        rank -= number
        if rank <= 0:
            return minutes
    return None
