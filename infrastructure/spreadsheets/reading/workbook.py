"""A workbook: its sheets in their order, its texts, its number formats and its calendar."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from infrastructure.spreadsheets.reading.archive import BROKEN, Archive
from infrastructure.spreadsheets.reading.bounds import SheetError
from infrastructure.spreadsheets.reading.number_formats import Shown, shown
from infrastructure.spreadsheets.reading.raw_rows import RawRow
from infrastructure.spreadsheets.reading.worksheet import SharedStrings, Worksheet
from infrastructure.spreadsheets.reading.xml_stream import (
    RELATION,
    Attributes,
    Budget,
    Names,
    elements,
)

_RELATIONS: Names = {"Relationships": {"Relationship": {}}}
_TYPES: Names = {"Types": {"Override": {}}}
_BOOK: Names = {"workbook": {"workbookPr": {}, "sheets": {"sheet": {}}}}
_STYLES: Names = {"styleSheet": {"numFmts": {"numFmt": {}}, "cellXfs": {"xf": {}}}}
_LONGEST_NAME = 100
_BESIDE = {
    "comments": "批注",
    "threadedComment": "批注",
    "drawing": "图片、图形或者文本框",
    "oleObject": "嵌入的对象",
    "package": "嵌入的对象",
}
"""What may stand beside the cells of a sheet, by the type of its relation."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook, and the part with its rows; a chart sheet has no rows."""

    name: str
    part: str
    hidden: bool
    has_rows: bool


@dataclass(frozen=True)
class _Relation:
    kind: str
    """The last word of its type."""
    part: str


class Workbook:
    """The sheets of a workbook and what their cells refer to.

    Raises SheetError if it is no workbook, or one of another format.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive, self._budget = archive, Budget()
        main = self._one("", "officeDocument")
        self._check_type(main)
        self._relations = self._related(main)
        book = self._elements(main, _BOOK)
        self._since_1904 = any(
            attributes.get("date1904") in ("1", "true")
            for tag, attributes in book
            if tag == "workbookPr"
        )
        self.sheets = [self._sheet(attributes) for tag, attributes in book if tag == "sheet"]
        self._check_sheets()
        self._strings = self._shared_strings()
        self._styles = self._number_formats()

    def worksheet(self) -> Worksheet:
        return Worksheet(self._strings, self._styles, self._since_1904, self._budget)

    def rows(self, sheet: SheetPart, into: Worksheet) -> Iterator[RawRow]:
        """Yields the rows of a sheet that have content."""
        with self._archive.open(sheet.part) as part:
            yield from into.rows(part)

    def beside(self, sheet: SheetPart) -> list[str]:
        """Returns what stands beside the cells of a sheet, e.g. comments."""
        kinds = {relation.kind for relation in self._related(sheet.part).values()}
        return sorted({name for kind, name in _BESIDE.items() if kind in kinds})

    # --- parts -----------------------------------------------------------------------------------

    def _elements(self, name: str, names: Names) -> list[tuple[str, Attributes]]:
        with self._archive.open(name) as part:
            return elements(part, names, self._budget)

    def _related(self, part: str) -> dict[str, _Relation]:
        """Returns the relations of a part to other parts by id; links to the outside are none."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self._archive:
            return {}
        return {
            each["Id"]: _Relation(
                each["Type"].rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, each["Target"])).lstrip("/"),
            )
            for tag, each in self._elements(relations, _RELATIONS)
            if tag == "Relationship" and each.get("TargetMode") != "External"
        }

    def _one(self, part: str, kind: str) -> str:
        found = [each.part for each in self._related(part).values() if each.kind == kind]
        if len(found) != 1:
            raise SheetError(BROKEN)
        return found[0]

    def _check_type(self, main: str) -> None:
        types = {
            each["PartName"].lower(): each["ContentType"]
            for tag, each in self._elements("[Content_Types].xml", _TYPES)
            if tag == "Override"
        }
        of_main = types.get(f"/{main.lower()}", "")
        if "binary" in of_main:
            raise SheetError("这是 .xlsb 文件，请另存为 .xlsx")
        if "macroEnabled" in of_main:
            raise SheetError("工作簿含有宏，请另存为不含宏的 .xlsx 文件")

    # --- what the workbook says ------------------------------------------------------------------

    def _sheet(self, attributes: Attributes) -> SheetPart:
        id = next((attributes[name] for name in RELATION if name in attributes), "")
        relation = self._relations.get(id)
        if relation is None or len(attributes["name"]) > _LONGEST_NAME:
            raise SheetError(BROKEN)
        return SheetPart(
            name=attributes["name"],
            part=relation.part,
            hidden=attributes.get("state", "visible") != "visible",
            has_rows=relation.kind == "worksheet",
        )

    def _check_sheets(self) -> None:
        names = {sheet.name.casefold() for sheet in self.sheets}
        parts = {sheet.part.lower() for sheet in self.sheets}
        if not len(names) == len(parts) == len(self.sheets):
            raise SheetError("工作簿中有重名的工作表，无法确定读哪一个")

    def _shared_strings(self) -> list[str]:
        strings = SharedStrings()
        for relation in self._relations.values():
            if relation.kind == "sharedStrings":
                with self._archive.open(relation.part) as part:
                    strings.read(part, self._budget)
        return strings.texts

    def _number_formats(self) -> list[Shown]:
        """Returns how each style of a cell shows a number."""
        codes: dict[str, str] = {}
        formats: list[Shown] = []
        styles = [each.part for each in self._relations.values() if each.kind == "styles"]
        for part in styles:
            for tag, each in self._elements(part, _STYLES):
                if tag == "numFmt":
                    codes[each["numFmtId"]] = each["formatCode"]
                elif tag == "xf":
                    id = each.get("numFmtId", "0")
                    formats.append(shown(int(id), codes.get(id)))
        return formats
