"""Filing: every document that an event shows, and that somebody handed in, is a filed one.

A file is uploaded first.  The command that names its digest takes it into the file of the case or
review, in the same transaction, and FileReceived says so.
"""

from application.execution.ports import UnitOfWork
from domain.case.case import Case
from domain.files.document import FiledDocument, file_id
from domain.files.values import MAX_FILES
from domain.kernel.aggregate import Event
from domain.kernel.lifecycle import Staged
from domain.values.parties import Person


def take_in(work: UnitOfWork, owner: Staged) -> None:
    """Files what the pending events of the owner show for the first time.

    Raises ActionRefused if a document is neither filed there nor uploaded by the actor.
    """
    named: dict[str, tuple[str, Event]] = {}
    for event in owner.pending_events:
        assert isinstance(event, Event)
        for title, digest in event.documents_handed_in:
            named.setdefault(digest, (title, event))
    for digest, (title, event) in named.items():
        if work.find(FiledDocument, file_id(owner.id, digest)) is None:
            work.follow(_received(work, owner, digest, title, event), event)


def _received(
    work: UnitOfWork, owner: Staged, digest: str, title: str, event: Event
) -> FiledDocument:
    applicant = owner.applicant if isinstance(owner, Case) else None
    person = applicant.ref if isinstance(applicant, Person) else None
    if (facts := work.take_in(digest, owner.id, person, title)) is None:
        reason = f"还没有收到“{title}”的文件：请先上传文件，再按它的 SHA-256 办理"
        raise owner.refusal(event, reason, "document_is_filed")
    if work.files_of(owner.id) > MAX_FILES:
        reason = f"卷内已有 {MAX_FILES} 份文件，不能再收；请把几份材料合成一份文件"
        raise owner.refusal(event, reason, "files_are_bounded")
    return FiledDocument.file(owner.id, title, facts, by=event.by, at=event.timestamp)
