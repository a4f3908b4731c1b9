"""Reads the XML of a part as a stream, within bounds: what was bounded is what is read.

An element counts only inside of its parent.  Everything else is passed over, and all that is inside
of it: extensions, alternatives, the pronunciation of a text.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO, NamedTuple
from xml.parsers.expat import ParserCreate

from infrastructure.spreadsheets.reading import bounds
from infrastructure.spreadsheets.reading.bounds import SheetError

Attributes = dict[str, str]
Names = Mapping[str, "Names"]
"""The names of elements, each with those of its children."""

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
_RELATION_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_SEPARATOR = "}"
RELATION = tuple(f"{space}{_SEPARATOR}id" for space in _RELATION_NAMESPACES)
"""The qualified names of the attribute `r:id`."""

_TOO_MANY = "工作簿中的单元格过多，请把有内容的区域复制到新的工作簿"
_CHUNK = 1 << 16
_PIECE = 8192
_MAX_PIECES = 4 * bounds.MAX_CELL // _PIECE + 2
"""Pieces in which the longest text of a cell is delivered."""


def _pass(_: object) -> None:
    pass


class Element(NamedTuple):
    """What is done when an element begins and when it ends, and which children count in it."""

    begins: Callable[[Attributes], None] = _pass
    ends: Callable[[str], None] = _pass
    """It is called with the text of the element, if the element is one of text."""
    children: Mapping[str, "Element"] = {}
    of_text: bool = False


_SKIPPED = Element()


def qualified(elements: Mapping[str, Element]) -> dict[str, Element]:
    """Returns the elements by their names in every namespace of the format."""
    return {
        f"{space}{_SEPARATOR}{name}": element
        for space in _NAMESPACES
        for name, element in elements.items()
    }


class Budget:
    """The marks that all parts of a workbook may still have: two an element, one an attribute.

    Elements that are passed over, and blank cells, have a budget of their own.
    """

    def __init__(self) -> None:
        self.marks, self.skipped = bounds.MAX_MARKS, bounds.MAX_SKIPPED

    def skip(self) -> None:
        self.skipped -= 1
        if self.skipped < 0:
            raise SheetError(_TOO_MANY)


def elements(part: BinaryIO, names: Names, budget: Budget) -> list[tuple[str, Attributes]]:
    """Returns the elements of a small part that have these names, with their attributes."""
    found: list[tuple[str, Attributes]] = []
    for _ in feed(part, _listing(names, found), budget):
        pass
    return found


def _listing(names: Names, found: list[tuple[str, Attributes]]) -> dict[str, Element]:
    return qualified(
        {
            name: Element(partial(_keep, found, name), children=_listing(inside, found))
            for name, inside in names.items()
        }
    )


def _keep(found: list[tuple[str, Attributes]], name: str, attributes: Attributes) -> None:
    found.append((name, attributes))


def feed(part: BinaryIO, root: Mapping[str, Element], budget: Budget) -> Iterator[None]:
    """Reads the part; yields after each piece of it, so that its reader can take what there is.

    Raises SheetError if the XML declares a document type or is out of bounds, and ExpatError if it
    is not well-formed.
    """
    parser = ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_size = _PIECE
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declarations
    stream = _Stream(root, budget)
    parser.StartElementHandler = stream.start
    parser.EndElementHandler = stream.end
    parser.CharacterDataHandler = stream.text
    fed = 0
    while chunk := part.read(_CHUNK):
        parser.Parse(chunk)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > bounds.MAX_TOKEN:
            raise SheetError("工作簿中有过长的标记")
        yield
    parser.Parse(b"", True)
    yield


def _refuse_declarations(*_: object) -> None:
    raise SheetError("工作簿的XML中含有文档类型声明（DTD），不能读取")


class _Stream:
    """Passes on the elements that count, and bounds the number of all."""

    def __init__(self, root: Mapping[str, Element], budget: Budget) -> None:
        self._budget = budget
        self._stack = [Element(children=root)]
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        stack, budget = self._stack, self._budget
        budget.marks -= 2 + len(attributes)
        if budget.marks < 0:
            raise SheetError(_TOO_MANY)
        element = stack[-1].children.get(name, _SKIPPED)
        if element is _SKIPPED:
            budget.skip()
        stack.append(element)
        if len(stack) > bounds.MAX_DEPTH:
            raise SheetError("工作簿的XML嵌套过深")
        element.begins(attributes)

    def end(self, _: str) -> None:
        element = self._stack.pop()
        if element.of_text:
            element.ends("".join(self._pieces))
            self._pieces.clear()
        else:
            element.ends("")

    def text(self, piece: str) -> None:
        if self._stack[-1].of_text:
            self._pieces.append(piece)
            if len(self._pieces) > _MAX_PIECES:
                raise SheetError(f"一个单元格不能超过{bounds.MAX_CELL}字")
