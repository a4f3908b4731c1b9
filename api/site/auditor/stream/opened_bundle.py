"""An evidence bundle that somebody brings: its verdict, where it was altered, what it tells.

Nothing of it is stored and nothing of it is trusted.  Its files are read without the help of
`zipfile`, which refuses the altered ones, so that a person can see what was altered.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from pydantic import TypeAdapter, ValidationError

from api.site.auditor.stream.outlined import TimelineEvent, outlined
from application.aggregates import AGGREGATE_TYPES
from domain.values.workdays import FIRST_YEAR, LAST_YEAR
from infrastructure.evidence.bundle_check import (
    Broken,
    check,
    checkpoint_of,
    decoded,
    opened,
    packed,
    root_over,
)
from projections.history.entries import ChangeView, HistoryEntry
from projections.history.tracks import track_by_topic

NO_BUNDLE = "这不是本系统的证据包（ZIP）"
MANIFEST, EVENTS, STORY = "MANIFEST", "events.json", "history.json"
_HEADER = 30
"""Length in bytes of a local file header of a ZIP without the name and the extra field."""
_entries = TypeAdapter(list[HistoryEntry])
Files = dict[str, bytes]


class NoBundle(ValueError):
    """The file is no bundle at all."""


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """The verdict of the offline verification; `flaws` say where it was altered."""

    passed: bool
    verdict: str
    flaws: list[str]
    names: list[str]
    events: list[TimelineEvent]
    """Empty if the story in the bundle cannot be read."""


def opened_bundle(archive: bytes, keys: list[str]) -> OpenedBundle:
    """Opens a bundle.  Raises NoBundle if the file is none."""
    files = _files(archive)
    try:
        proved = check(archive, keys)
    except Broken as broken:
        flaws = [*_flaws(files, keys)]
        flaws = flaws or [*_misplaced(archive, files)]
        return OpenedBundle(False, str(broken), flaws, [*files], _story(files))
    return OpenedBundle(True, proved, [], [*files], _story(files))


def _files(archive: bytes) -> Files:
    """The contents of the files, as they lie in the archive."""
    try:
        with ZipFile(BytesIO(archive)) as bundle:
            entries = bundle.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise NoBundle(NO_BUNDLE) from error
    is_plain = all(each.compress_type == ZIP_STORED for each in entries)
    if not is_plain or sum(each.file_size for each in entries) > len(archive):
        raise NoBundle(f"{NO_BUNDLE}，或者被重新压缩过")
    files = {}
    for each in entries:
        lengths = archive[each.header_offset + 26 : each.header_offset + 30]
        start = each.header_offset + _HEADER
        start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        files[each.filename] = archive[start : start + each.file_size]
    if MANIFEST not in files:
        raise NoBundle(f"{NO_BUNDLE}：里面没有 {MANIFEST}")
    return files


def _flaws(files: Files, keys: list[str]) -> Iterator[str]:
    """Says of each file that it was altered, is missing or was added."""
    manifest = files[MANIFEST].decode("utf-8", "replace")
    try:
        opened(manifest, keys, alone=True)
    except Broken as broken:
        yield f"{MANIFEST}（清单）：{broken}"
    pairs = (line.partition("  ") for line in manifest.rpartition("\n\n")[0].split("\n")[1:])
    listed = {name: hashed for hashed, _, name in pairs}
    for name in [*listed, *(each for each in files if each not in (MANIFEST, *listed))]:
        if name not in files:
            yield f"缺少 {name}"
        elif name not in listed:
            yield f"{name}：不在清单里"
        elif sha256(files[name]).hexdigest() != listed[name]:
            yield f"{name}：内容被改动过"
            yield from _flawed_steps(files, keys) if name == EVENTS else ()


def _misplaced(archive: bytes, files: Files) -> Iterator[str]:
    """Says where an archive of unaltered files was altered around them."""
    canonical = packed(files)
    if archive != canonical:
        yield f"压缩包的结构：从第 {_first_difference(archive, canonical) + 1} 个字节起"


def _flawed_steps(files: Files, keys: list[str]) -> Iterator[str]:
    """Says which steps in the file of events are not in the log."""
    try:
        _, size, root = checkpoint_of(files["checkpoint.txt"].decode(), keys)
        events = json.loads(files[EVENTS])
        for number, event in enumerate(events, 1):
            hashed = sha256(b"\0" + event["leaf"].encode()).digest()
            path = [decoded(each) for each in event["proof"]]
            if root_over(hashed, event["position"] - 1, size, path) != root:
                yield f"{EVENTS}：第 {number} 步与日志不符"
    except Exception:
        yield f"{EVENTS}：不能逐步核对"


def _first_difference(one: bytes, two: bytes) -> int:
    pairs = zip(one, two, strict=False)
    shorter = min(len(one), len(two))
    return next((at for at, (a, b) in enumerate(pairs) if a != b), shorter)


def _story(files: Files) -> list[TimelineEvent]:
    """The events as the bundle tells them, with the changes that fit on a line."""
    try:
        told = _entries.validate_json(files.get(STORY, b""))
    except (ValidationError, RecursionError):
        return []
    type = AGGREGATE_TYPES.get(told[0].topic.partition("/")[0]) if told else None
    tracks = track_by_topic(type.aggregate) if type else {}
    if type is None or any(each.topic not in tracks or not _is_dated(each) for each in told):
        return []
    return [
        TimelineEvent(each, tracks[each.topic], outlined(_scalar_changes(each), type))
        for each in told
    ]


def _scalar_changes(entry: HistoryEntry) -> Sequence[ChangeView]:
    return [
        each
        for each in entry.changes
        if all(isinstance(value, str | int | None) for value in (each.before, each.after))
    ]


def _is_dated(entry: HistoryEntry) -> bool:
    """True if the page can show the instants of this entry."""
    instants: list[datetime] = [entry.at, entry.recorded_at, entry.right_at or entry.at]
    return all(
        each.utcoffset() is not None and FIRST_YEAR <= each.year <= LAST_YEAR for each in instants
    )
