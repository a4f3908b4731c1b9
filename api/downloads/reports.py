"""Reports of the statistics: what the board, the public page, the API and the workbook show.

Each is gathered by a dozen small queries over the sums.
"""

from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from api.http.dependencies import ReadDatabase
from api.http.parameters.filters import CodeFilter
from domain.catalogue.terms import CommitmentType
from domain.tolerance.grounds import Outcome
from projections.read_model.filters import Filters
from projections.statistics import questions, report
from projections.statistics.counting import month_of
from projections.statistics.figures import Spread, spread, steps
from projections.statistics.milestones import Milestone, milestones
from projections.statistics.period import Period, choices, earlier, last_months
from projections.statistics.report import Bureau, Counts, Pair, Report, Span


def _period(text: str) -> str:
    return Period.read(text).text if text else text


class ReportFilters(Filters):
    """The period and the bureau of a report."""

    period: Annotated[
        str,
        AfterValidator(_period),
        Field(max_length=7, description="2026 或者 2026-11，不填则为最近一期"),
    ] = ""
    bureau: Annotated[
        CodeFilter | None, Field(description="单位代码：受理的数归受理单位，监管的数归监管单位")
    ] = None


async def board(read_db: ReadDatabase, filters: ReportFilters, today: date) -> Report:
    """The report of officers, up to today; without a period, of this month."""
    period = Period.read(filters.period) if filters.period else Period.month_of(today)
    return await _report(read_db, period, filters.bureau, today, apart=False)


async def published(read_db: ReadDatabase, filters: ReportFilters, today: date) -> Report:
    """The report of the public, up to the end of last month; without a period, of that year."""
    until = month_of(today) - timedelta(days=1)
    period = Period.read(filters.period) if filters.period else Period(until.year)
    return await _report(read_db, period, filters.bureau, until, apart=True)


async def _report(
    read_db: ReadDatabase, period: Period, bureau: str | None, until: date, *, apart: bool
) -> Report:
    span = Span.of(period, month_of(until))
    end = min(until, earlier(period.months[-1], -1) - timedelta(days=1))
    counts = await _counts(read_db, span, end, apart)
    whose = (bureau, not apart)
    return Report(
        period=period,
        bureau=_named(bureau, counts),
        as_of=end,
        apart=apart,
        lines=report.lines(counts, span, bureau, await _minutes(read_db, span, *whose)),
        bureaus=report.by_bureau(counts, span),
        months=report.by_month(counts, last_months(end), bureau),
        steps=steps(counts.total(span.now, bureau)),
        kinds=await _kinds(read_db, span, *whose),
        items=await read_db.all(questions.by_item(span.now, *whose)),
        tolerance=await _tolerance(read_db, period.months[0], end, bureau),
        milestones=await _milestones(read_db, until, not apart),
        known_bureaus=counts.bureaus,
        known_periods=choices(await _first(read_db, not apart) or until, until),
    )


def _named(bureau: str | None, counts: Counts) -> Bureau | None:
    known = {each.code: each for each in counts.bureaus}
    return known.get(bureau, Bureau(bureau, bureau)) if bureau else None


async def _kinds(
    read_db: ReadDatabase, span: Span, bureau: str | None, persons: bool
) -> list[Pair]:
    rows = await read_db.all(questions.by_kind(span.now, bureau, persons))
    return [Pair(CommitmentType(row.kind).label, row.accepted, row.granted) for row in rows]


async def _tolerance(
    read_db: ReadDatabase, first: date, last: date, bureau: str | None
) -> dict[str, int]:
    rows = await read_db.all(questions.tolerance(first, last, bureau))
    return {Outcome(row.outcome).label: row.decisions for row in rows}


async def _counts(read_db: ReadDatabase, span: Span, end: date, apart: bool) -> Counts:
    """The counts of the period, the one before and the twelve months to its end."""
    first, last = min(*span.before, *last_months(end)), month_of(end)
    return report.counted(await read_db.all(questions.sums(first, last, apart)), apart)


async def _minutes(
    read_db: ReadDatabase, span: Span, bureau: str | None, persons: bool
) -> tuple[Spread, Spread]:
    asked = [questions.minutes(months, bureau, persons) for months in span]
    histograms = [await read_db.all(each) for each in asked]
    now, before = (
        spread((row.minutes, row.decisions) for row in histogram) for histogram in histograms
    )
    return now, before


async def _milestones(read_db: ReadDatabase, today: date, persons: bool) -> tuple[Milestone, ...]:
    (queried,) = await read_db.all(questions.first_query(persons))
    return milestones(await read_db.all(questions.fields()), queried.month, today)


async def _first(read_db: ReadDatabase, persons: bool) -> date | None:
    (first,) = await read_db.all(questions.first_month(persons))
    month: date | None = first.month
    return month
