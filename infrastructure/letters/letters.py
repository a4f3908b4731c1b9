"""The letters: makes a served document again, from the events of its case, as PDF/A."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.case.case import Case
from domain.case.papers.composing import as_served, kinds_of, pin_of
from domain.documents.content import Content, Letterhead
from domain.documents.kinds import Copy, DocumentKind
from domain.documents.served import ServedDocument
from domain.kernel.aggregate import Event
from domain.kernel.errors import DocumentDiffers, NotFound
from domain.values.parties import Organisation, Person
from infrastructure.letters.printing import printed
from infrastructure.privacy.vault import SealedVault


class Paper(NamedTuple):
    """A document that an event served, and what the event pinned of it, if it did."""

    kind: DocumentKind
    event: Event
    pin: ServedDocument | None

    @property
    def served_at(self) -> datetime:
        return self.event.timestamp


@dataclass(frozen=True)
class TypesetLetters:
    """Implements the port Letters; it needs the vault for the names of persons."""

    vault: SealedVault

    def render(
        self, history: Sequence[Event], kind: DocumentKind, copy: Copy | None = None
    ) -> bytes:
        paper = last_of(history, kind)
        return printed(self.content(history, paper), paper.pin, paper.served_at, copy)

    def content(self, history: Sequence[Event], paper: Paper) -> Content:
        """Composes what was served.  Raises DocumentDiffers if it is not what was pinned."""
        before = history[: paper.event.originator_version - 1]
        case = Case.replay(before or [paper.event])
        assert case, "a document is served in a case"
        content = as_served(case, paper.event, paper.kind, self._letterhead(case, paper))
        if paper.pin and content.served != paper.pin:
            raise DocumentDiffers(
                "按事件重做的文书与送达时的摘要不一致，不予出具；请联系管理员核对程序的版本"
            )
        return content

    def _letterhead(self, case: Case, paper: Paper) -> Letterhead:
        site = (paper.pin.site if paper.pin else None) or ""
        if isinstance(case.applicant, Organisation):
            return Letterhead(case.applicant.name, site=site)
        return self._of_person(case.applicant, paper, site)

    def _of_person(self, person: Person, paper: Paper, site: str) -> Letterhead:
        number = paper.pin.name_version if paper.pin else None
        if number is None:
            known = self.vault.reveal(person.ref, paper.served_at)
        else:
            known = self.vault.version(person.ref, number)
        salt = self.vault.salt_of(person.ref, paper.event.originator_id)
        return Letterhead(known.details.name, salt, number, site)


def papers_of(history: Sequence[Event]) -> list[Paper]:
    """The documents of a case in the order in which they were served; of each kind the last."""
    last = {
        kind: Paper(kind, event, pin_of(event, kind))
        for event in history
        for kind in kinds_of(event)
    }
    return sorted(last.values(), key=lambda each: each.event.originator_version)


def last_of(history: Sequence[Event], kind: DocumentKind) -> Paper:
    """The last document of this kind.  Raises NotFound."""
    for paper in papers_of(history):
        if paper.kind is kind:
            return paper
    raise NotFound("本案没有这份文书")
