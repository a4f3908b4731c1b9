"""The letterhead of a case's documents: the applicant by name, with the person's salt."""

from uuid import UUID

from application.execution.ports import UnitOfWork
from domain.documents.content import Letterhead
from domain.kernel.errors import IdentityUnreadable, NotFound
from domain.values.parties import Organisation, Person


def letterhead(
    work: UnitOfWork, applicant: Organisation | Person, case_id: UUID, site: str
) -> Letterhead | None:
    """Returns None for a person whose name cannot be told: erased, or sealed by a lost key."""
    if isinstance(applicant, Organisation):
        return Letterhead(applicant.name, site=site)
    try:
        known = work.registered(applicant)
        salt = work.salt(applicant, case_id)
    except (NotFound, IdentityUnreadable):
        return None
    return Letterhead(known.name, salt, known.version, site)
