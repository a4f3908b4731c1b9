"""The workbook of a report, for the exchange of information (信息报送).

Pages write their numbers as it does.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from fastapi import Response

from domain.values.workdays import in_chinese
from infrastructure.spreadsheets.writers import MEDIA, Format, writer
from projections.statistics.figures import Spread
from projections.statistics.report import Line, Pair, Report

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
