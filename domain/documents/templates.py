"""What a template is: blocks of text with places for facts, and the law that holds for it.

The city's base template has every mandatory block.  A department's template adds blocks, or lines
to a block; it neither drops nor empties nor rewords what the base says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.documents.kinds import MANDATORY, DocumentKind
from domain.law.lawbook import PRINTED

Facts = Mapping[str, str | Sequence[str]]
"""What fills the places of a template: a text, or several texts that become a numbered list."""
_LIST = re.compile(r"\{(\w+)\}")


class TemplateUnlawful(ValueError):
    """The template lacks what the law demands of documents of its kind."""


@dataclass(frozen=True)
class TemplateBlock:
    """One block: its key, its heading, and its lines with places such as {item}."""

    key: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class FilledBlock:
    key: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """One version of a template.  Raises TemplateUnlawful if a mandatory block is missing."""

    name: str
    kind: DocumentKind
    version: int
    blocks: tuple[TemplateBlock, ...]
    layout: int = 1
    """The version of the printed form (infrastructure/letters/letter_<n>.typ)."""

    def __post_init__(self) -> None:
        keys = [block.key for block in self.blocks]
        for key in MANDATORY[self.kind]:
            if key not in keys:
                raise TemplateUnlawful(f"{self.kind.label}的模板缺少必备内容：{key}")
        for block in self.blocks:
            if not block.title.strip() or not any(line.strip() for line in block.lines):
                raise TemplateUnlawful(f"{self.kind.label}的模板有一部分是空的：{block.key}")
            if keys.count(block.key) > 1:
                raise TemplateUnlawful(f"{self.kind.label}的模板有两个相同的部分：{block.key}")

    def filled(self, facts: Facts, day: date) -> tuple[FilledBlock, ...]:
        """The blocks with these facts in their places, and the articles in force on this day."""
        return tuple(
            FilledBlock(
                block.key,
                block.title,
                tuple(PRINTED.told(line, day) for line in _filled(block.lines, facts)),
            )
            for block in self.blocks
        )


def of_department(base: Template, name: str, version: int, *added: TemplateBlock) -> Template:
    """The template of a department: the base with blocks added after its own.

    A block with the key of one of the base replaces it.  Raises TemplateUnlawful if it does not
    say all that the base says.
    """
    own = {block.key: block for block in added}
    for block in base.blocks:
        said = own[block.key].lines if block.key in own else block.lines
        if not set(block.lines) <= set(said):
            raise TemplateUnlawful(
                f"{base.kind.label}的部门模板删去了城市模板的内容：{block.key}，部门只能增加"
            )
    blocks = [own.pop(block.key, block) for block in base.blocks]
    return Template(name, base.kind, version, (*blocks, *own.values()))


def _filled(lines: Sequence[str], facts: Facts) -> Iterator[str]:
    """Yields the lines; one that is nothing but a place for several texts becomes a list."""
    texts = {name: fact for name, fact in facts.items() if isinstance(fact, str)}
    for line in lines:
        place = _LIST.fullmatch(line)
        fact = facts[place[1]] if place else ""
        if isinstance(fact, str):
            yield line.format_map(texts)
        else:
            yield from (f"（{number}）{text}" for number, text in enumerate(fact, 1))
