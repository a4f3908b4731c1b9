"""Workbooks written part by part, as no spreadsheet would write them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def texts(*rows: Iterable[str]) -> str:
    """Rows of text cells, without their positions."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    return "".join(f"<row>{''.join(map(cell, cells))}</row>" for cells in rows)


def parts(
    sheets: Mapping[str, str], styles: str = "", strings: str = "", states: Mapping[str, str] = {}
) -> dict[str, str]:
    """The parts of a workbook with these sheets by name; `states` hides some of them."""
    targets = [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
    listed = "".join(
        f"<sheet name='{name}' sheetId='{n}' r:id='rId{n}' state='{states.get(name, 'visible')}'/>"
        for n, name in enumerate(sheets, start=1)
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *(("worksheet", target) for target in targets),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": styles or f'<styleSheet xmlns="{MAIN}"/>',
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{MAIN}"/>',
    } | {f"xl/{target}": xml for target, xml in zip(targets, sheets.values(), strict=True)}


def relations(*to: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(to, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def book(rows: str = "", **more: str) -> dict[str, str]:
    """The parts of a workbook with one sheet."""
    return parts({"名单": sheet(rows, **more)})


def written(path: Path, content: Mapping[str, str | bytes]) -> Path:
    path = path.with_suffix(".xlsx")
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return path
