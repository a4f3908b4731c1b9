"""Reports of the statistics: what the board, the public page, the API and the workbook show."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Response
from pydantic import AfterValidator, Field

from api.http.dependencies import ReadDatabase
from api.http.parameters.filters import CodeFilter
from domain.catalogue.terms import CommitmentType
from domain.tolerance.grounds import Outcome
from domain.values.workdays import in_chinese
from infrastructure.spreadsheets.writers import MEDIA, Format, writer
from projections.read_model.filters import Filters
from projections.statistics import questions, report
from projections.statistics.counting import month_of
from projections.statistics.figures import Side, Spread, spread, steps
from projections.statistics.milestones import milestones
from projections.statistics.period import Period, choices, earlier, last_months
from projections.statistics.report import Bureau, Line, Pair, Report, Span


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
    months = last_months(end)
    first, last = min(*span.before, *months), month_of(end)
    rows = [
        row for side in Side for row in await read_db.all(questions.by_bureau(side, first, last))
    ]
    counts = report.counted(rows, apart)
    named = {each.code: each for each in counts.bureaus}
    whose = (bureau, not apart)
    minutes = [
        spread((row.minutes, row.decisions) for row in await read_db.all(rows_of))
        for rows_of in (questions.minutes(each, *whose) for each in span)
    ]
    (known,) = await read_db.all(questions.first_month())
    (queried,) = await read_db.all(questions.first_query())
    decided = await read_db.all(questions.tolerance(period.months[0], end, bureau))
    kinds = await read_db.all(questions.by_kind(span.now, *whose))
    return Report(
        period=period,
        bureau=(named.get(bureau) or Bureau(bureau, bureau)) if bureau else None,
        as_of=end,
        apart=apart,
        lines=report.lines(counts, span, bureau, (minutes[0], minutes[1])),
        bureaus=report.by_bureau(counts, span),
        months=report.by_month(counts, months, bureau),
        steps=steps(counts.total(span.now, bureau)),
        kinds=[Pair(CommitmentType(row.kind).label, row.accepted, row.granted) for row in kinds],
        items=await read_db.all(questions.by_item(span.now, *whose)),
        tolerance={Outcome(row.outcome).label: row.decisions for row in decided},
        milestones=milestones(await read_db.all(questions.fields()), queried.month, until),
        known_bureaus=counts.bureaus,
        known_periods=choices(known.month or until, until),
    )


# the workbook -----------------------------------------------------------------------------------

HEADER = ("类别", "名称", "本期", "上期", "计量单位", "自然人", "定义或者说明")


def words(value: float | Spread | None) -> str:
    """A number as pages and the workbook show it."""
    if isinstance(value, Spread):
        return "—" if value.half is None else f"{value.half:,} / {value.most:,}"
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:.1f}"


def workbook(found: Report) -> Response:
    """The report as one sheet, for the exchange of information (信息报送)."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        with writer(path, Format.XLSX, HEADER, lambda row: row["cells"]) as write:
            for cells in _cells(found):
                write({"cells": cells})
        content = path.read_bytes()
    name = f"信用承诺统计 {found.period.label}.xlsx"
    disposition = f"attachment; filename=\"statistics.xlsx\"; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition}
    return Response(content, headers=headers, media_type=MEDIA[Format.XLSX])


def _cells(found: Report) -> Iterator[Sequence[str]]:
    whose = found.bureau.name if found.bureau else "全市"
    yield _row("说明", "期间", found.period.label)
    yield _row("说明", "单位", whose)
    yield _row("说明", "截至", in_chinese(found.as_of))
    yield from (_line(line) for line in found.lines)
    for heading, pairs in (("类型", found.kinds), ("单位", found.bureaus), ("月份", found.months)):
        yield from _pairs(heading, pairs)
    for step in found.steps:
        counts = f"按期{step.in_time}，逾期{step.late}，未办{step.owed}"
        yield _row("各步按期率", step.label, words(step.share), unit="%", note=counts)
    for item in found.items:
        yield _row(
            "事项：受理", item.item_name, words(item.accepted), unit="件", note=item.item_code
        )
    for outcome, count in found.tolerance.items():
        yield _row("容错免责", outcome, words(count), unit="项")
    for each in found.milestones:
        note = f"{each.found}；期限{in_chinese(each.due)}"
        yield _row("方案节点", each.title, each.state.label, note=note)


def _line(line: Line) -> Sequence[str]:
    figure, persons = line.figure, line.persons or ""
    now, before = words(line.now), words(line.before)
    return ("指标", figure.label, now, before, figure.unit, persons, figure.definition)


def _pairs(heading: str, pairs: Sequence[Pair]) -> Iterator[Sequence[str]]:
    for pair in pairs:
        yield _row(f"{heading}：受理", pair.label, words(pair.accepted), unit="件")
        yield _row(f"{heading}：准予", pair.label, words(pair.granted), unit="件")


def _row(kind: str, name: str, now: Any, *, unit: str = "", note: str = "") -> Sequence[str]:
    return (kind, name, now, "", unit, "", note)
