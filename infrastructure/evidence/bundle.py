"""The evidence bundle: everything about one case that a court or an archive needs, in one ZIP file.

A bundle can be checked without this service, without a network and without a database.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row

from domain.case.events import CaseOpened, NoticeReplaced, NoticeServed
from domain.case.letter import notice_text
from domain.case.promise.materials import in_hand, replaced
from domain.kernel.aggregate import Event
from domain.kernel.errors import NotFound
from infrastructure.event_store.batch import leaf
from infrastructure.event_store.repository import EventSourcedRepository
from infrastructure.evidence import bundle_check
from infrastructure.evidence.booklet import printed
from infrastructure.evidence.notes import signed
from infrastructure.evidence.proofs import Proofs
from infrastructure.evidence.sealer import Sealer
from infrastructure.files.store import FileStore
from projections.history.entries import HistoryEntry, entries

HERE = Path(__file__).parent
CHECKER = Path(bundle_check.__file__).read_text("utf-8")
"""Source of the stand-alone program that checks a bundle."""
EXPLANATION = (HERE / "bundle.md").read_text("utf-8")
_entries = TypeAdapter(list[HistoryEntry])
Files = dict[str, bytes]


@dataclass(frozen=True)
class Bundler:
    """Makes evidence bundles from the sealed log."""

    repository: EventSourcedRepository
    sealer: Sealer
    filed: FileStore

    def pack(self, stream_id: UUID) -> bytes:
        """Returns the bundle of one stream, with its events up to now.

        Raises NotFound if the stream has no events.
        """
        rows = self.repository.recorder.stream(stream_id)
        if not rows:
            raise NotFound("没有这个编号的案件")
        self.sealer.seal()
        files = self._files(stream_id, rows)
        return bundle_check.packed({"MANIFEST": self._manifest(stream_id, files), **files})

    def proof(self, stream_id: UUID) -> dict[str, Any]:
        """Returns a signed checkpoint, and every event as it was hashed, with its audit path."""
        self.sealer.seal()
        return self._proof(self.repository.recorder.stream(stream_id))

    def _proof(self, rows: Sequence[Row[Any]]) -> dict[str, Any]:
        note, paths = Proofs(self.sealer.engine).paths([row.position for row in rows])
        return {"checkpoint": note, "events": [*map(_proved, rows, paths)]}

    def _files(self, stream_id: UUID, rows: Sequence[Row[Any]]) -> Files:
        history = self.repository.history(stream_id)[: len(rows)]
        shown, proof = list(entries(history)), self._proof(rows)
        texts = {
            "README.md": EXPLANATION,
            "checkpoint.txt": proof["checkpoint"],
            "events.json": _json(proof["events"]),
            "history.json": _entries.dump_json(shown, indent=1).decode(),
            "verify.py": CHECKER,
            **dict(_documents([each.event for each in history])),
        }
        files = {name: text.encode() for name, text in texts.items()}
        booklet = printed(shown, stream_id, proof["checkpoint"])
        return files | {"history.pdf": booklet} | dict(self._handed_in(stream_id))

    def _handed_in(self, stream_id: UUID) -> Iterator[tuple[str, bytes]]:
        """Yields name and content of every file on record that was not erased."""
        for each in self.filed.of(stream_id):
            with suppress(NotFound):
                _, content = self.filed.read(stream_id, each.facts.sha256)
                yield f"documents/{each.facts.sha256}.{each.facts.media_type.ending}", content

    def _manifest(self, stream_id: UUID, files: Files) -> bytes:
        """The manifest; only the newest key signs it, so that all of its bytes are determined."""
        newest = self.sealer.signers[0]
        lines = [f"{newest.name} bundle {stream_id}"]
        lines += [f"{sha256(content).hexdigest()}  {name}" for name, content in files.items()]
        return signed("".join(f"{line}\n" for line in lines), [newest]).encode()


def _proved(row: Row[Any], path: list[bytes]) -> dict[str, Any]:
    event = {"position": row.position, "leaf": leaf(row._mapping).decode()}
    return event | {"proof": [base64.b64encode(each).decode() for each in path]}


def _documents(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Yields name and text of every document that the log itself contains; the name is its hash."""
    opened = events[0]
    for event in events:
        if isinstance(opened, CaseOpened) and isinstance(event, NoticeServed):
            replaces = event.replaces if isinstance(event, NoticeReplaced) else ""
            stood_in = replaced(in_hand(opened, events))
            told = (event.consequences, event.deferred, stood_in, event.day, replaces)
            text = notice_text(opened.originator_id, opened.pinned, *told)
            if sha256(text.encode()).hexdigest() == event.digest:  # unless the wording has changed
                yield f"documents/{event.digest}.json", text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
