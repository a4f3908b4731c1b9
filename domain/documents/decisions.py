"""The second version of the decisions: the validity and the file of what was issued, a correction.

A place for several texts of which there is none prints no line.
"""

from dataclasses import replace

from domain.documents import city
from domain.documents.templates import Template


def _with_lines(template: Template, key: str, *added: str) -> Template:
    """The next version of a template, with lines after those of one block."""
    blocks = tuple(
        replace(block, lines=(*block.lines, *added)) if block.key == key else block
        for block in template.blocks
    )
    return replace(template, version=template.version + 1, blocks=blocks)


GRANT = _with_lines(city.GRANT, "decision", "{licence}", "{amended}")
REFUSAL = _with_lines(city.REFUSAL, "decision", "{amended}")
