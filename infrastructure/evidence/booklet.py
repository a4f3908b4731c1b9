"""The booklet: prints the history of a case as PDF/A; the same facts give the same bytes."""

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
"""Matches the compiler's error for characters that the font lacks; PDF/A forbids blank ones."""
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
LAST_EVENTS = "/said"
"""JSON Pointer of the last events in a case's state, which the printed sentences already show."""


def printed(entries: Sequence[HistoryEntry], stream_id: UUID, checkpoint: str) -> bytes:
    """Returns the history as PDF/A-2a; characters that the font lacks are printed as numbers."""
    data = {
        "id": str(stream_id),
        "checkpoint": checkpoint.strip(),
        "entries": [_entry(each) for each in entries],
    }
    text = json.dumps(data, ensure_ascii=False)
    while True:
        try:
            return _compiled(text, int(entries[-1].at.timestamp()))
        except typst.TypstError as error:
            if (match := UNPRINTABLE.search(str(error))) is None:
                raise
            for character in ESCAPED.sub(lambda code: chr(int(code[1], 16)), match[1]):
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


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "position": entry.position,
        "at": minute_in_chinese(entry.at),
        "recorded_at": minute_in_chinese(entry.recorded_at),
        "sentence": entry.sentence,
        "channel": entry.channel_label,
        "command": entry.command_label or "",
        "cause": entry.cause.label if entry.cause else "",
        "changes": [*_changes(entry.changes)],
        "documents": [[each.name, each.sha256] for each in entry.documents],
    }


def _changes(changes: Sequence[ChangeView]) -> Iterator[list[str]]:
    """Yields the changes that fit on one line; history.json contains all of them."""
    for change in changes:
        before, after = change.before_label or change.before, change.after_label or change.after
        short = all(isinstance(each, str | int | None) for each in (before, after))
        if short and not change.path.startswith(LAST_EVENTS):
            yield [change.label, *(str(each) for each in (before, after) if each is not None)]


@cache
def _fonts() -> Path:
    return Path(sans_path()).parent
