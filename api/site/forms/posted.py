"""A form as it was sent: fields by name, each with all its values; a file becomes its SHA-256.

The file itself is uploaded at once.  A hidden field of the same name carries the hash through the
pages on which a form is checked and corrected, so that nobody chooses the file twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, HTTPException, Request
from pydantic import TypeAdapter
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile

from api.http.thread_pools import Threads
from application.access.permissions import UPLOADING, allowed
from domain.kernel.errors import ActionRefused, FileRefused, FileTooLarge
from domain.values.parties import Actor
from infrastructure.container import Container

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS, MAX_FILES = 3000, 60
KEY, VERSION, STEP, NAMES = "form_key", "version", "step", "file_name"
"""The fields of every form beside those of its command: its key, the version that the person saw,
the button that was pressed; before the name of a file field: the name of the file chosen."""
_HASH = re.compile(r"[0-9a-f]{64}")
_uuid = TypeAdapter(UUID).validate_python
_version = TypeAdapter(int).validate_python


class Step(StrEnum):
    """What the button asks for."""

    DO = "do"
    CHECK = "check"
    """Show what would be recorded; record nothing."""
    EDIT = "edit"
    """Show the form again, with a further row in every list."""


@dataclass(frozen=True)
class Posted:
    """The fields of a form, in the order in which they were sent."""

    fields: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]
    """The name of each file, by its SHA-256."""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The files that came with this request, by their SHA-256."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Why a file was not taken, by its SHA-256."""

    def one(self, name: str) -> str:
        """Returns the last value of a field; an empty text without one."""
        return (self.fields.get(name) or ("",))[-1]

    @property
    def step(self) -> Step:
        """Without a button that we know, the form is only checked."""
        sent = self.one(STEP)
        return Step(sent) if sent in set(Step) else Step.CHECK

    @property
    def key(self) -> str:
        """The idempotency key: a form that is sent twice is one request."""
        return str(_uuid(self.one(KEY))) if KEY in self.fields else str(uuid4())

    @property
    def version(self) -> int | None:
        """The version that the person saw.  Returns None for something new."""
        return _version(self.one(VERSION)) if self.one(VERSION) else None


async def _posted(request: Request) -> Posted:
    """Reads the form of a request.  Raises HTTPException 415 or 400."""
    media = request.headers.get("content-type", FORMS[0]).partition(";")[0].strip().lower()
    if media not in FORMS:
        raise HTTPException(415, headers={"Accept": ", ".join(FORMS)})
    try:
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form:
            return await _read(form.multi_items())
    except (FormParserError, UnicodeDecodeError) as error:
        raise HTTPException(400) from error


async def _read(sent: Iterable[tuple[str, UploadFile | str]]) -> Posted:
    fields: dict[str, list[str]] = {}
    files: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    for name, value in sent:
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
        elif value.filename:
            content = await value.read()
            digest = sha256(content).hexdigest()
            contents[digest] = content
            fields.setdefault(name, []).append(digest)
            files[digest] = value.filename
    for digest, title in _named(fields.pop(NAMES, [])):
        files.setdefault(digest, title)
    return Posted({name: tuple(values) for name, values in fields.items()}, files, contents)


def _named(sent: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The names of files that were chosen earlier: each is sent as its hash, a space, its name."""
    for each in sent:
        digest, _, title = each.partition(" ")
        if _HASH.fullmatch(digest):
            yield digest, title


async def uploaded(request: Request, by: Actor, posted: Posted) -> Posted:
    """Uploads the files of the form, as the API would; says which were refused, and why.

    An actor who may not upload keeps nothing here; their command is refused later.
    """
    container: Container = request.app.state.container
    threads: Threads = request.app.state.threads
    refused: dict[str, str] = {}
    for digest, content in posted.contents.items() if allowed(by, UPLOADING) else ():
        try:
            await threads.write(container.files.upload, by, content)
        except (FileRefused, FileTooLarge, ActionRefused) as error:
            refused[digest] = str(error)
    return replace(posted, contents={}, refused=refused)


PostedForm = Annotated[Posted, Depends(_posted)]
