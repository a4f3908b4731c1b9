"""The history of a case as a document to read and to file (PDF/A): same facts, same bytes."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import typst
from pylopdf_fonts_zh_cn import sans_path

from domain.values.workdays import minute_in_chinese
from projections.history.entries import ChangeView, HistoryEntry

TEMPLATE = Path(__file__).with_name("booklet.typ")
UNPRINTABLE = re.compile(r'(?:text|codepoint) `"(.+?)"`')
"""How the compiler names what the font cannot show; PDF/A lets nothing be left blank."""
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
REMEMBERED = "/said"
"""Where a state keeps what was said: the sentence has told it."""


def printed(told: Sequence[HistoryEntry], stream_id: UUID, checkpoint: str) -> bytes:
    """The whole history as a PDF/A-2a.  A character that the font lacks is shown as its number."""
    said = {
        "id": str(stream_id),
        "checkpoint": checkpoint.strip(),
        "entries": [_entry(each) for each in told],
    }
    text = json.dumps(said, ensure_ascii=False)
    while True:
        try:
            return _compiled(text, int(told[-1].at.timestamp()))
        except typst.TypstError as error:
            if (found := UNPRINTABLE.search(str(error))) is None:
                raise
            for character in ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1]):
                text = text.replace(character, f"〔U+{ord(character):X}〕")


def _compiled(text: str, at: int) -> bytes:
    template: Any = str(TEMPLATE)
    pdf: bytes = typst.compile(
        template,
        sys_inputs={"data": text},
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        pdf_standards=["a-2a"],
        timestamp=at,
    )
    return pdf


def _entry(told: HistoryEntry) -> dict[str, Any]:
    return {
        "version": told.version,
        "position": told.position,
        "at": minute_in_chinese(told.at),
        "recorded_at": minute_in_chinese(told.recorded_at),
        "sentence": told.sentence,
        "channel": told.channel_label,
        "command": told.command_label or "",
        "cause": told.cause.label if told.cause else "",
        "changes": [*_changes(told.changes)],
        "documents": [[each.name, each.sha256] for each in told.documents],
    }


def _changes(changes: Sequence[ChangeView]) -> Iterator[list[str]]:
    """What one line can say; the rest is in the sentence, and whole in history.json."""
    for change in changes:
        before, after = change.before_label or change.before, change.after_label or change.after
        short = all(isinstance(each, str | int | None) for each in (before, after))
        if short and not change.path.startswith(REMEMBERED):
            yield [change.label, *(str(each) for each in (before, after) if each is not None)]


@cache
def _fonts() -> Path:
    return Path(sans_path()).parent
