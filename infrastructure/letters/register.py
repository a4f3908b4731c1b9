"""The register of served documents, asked by content: in which case a document was served."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from domain.documents.content import verification_code
from projections.papers.tables import served_documents

t = served_documents.c


@dataclass(frozen=True)
class PaperRegister:
    """Implements the port ServedPapers; a document served just now may not be known yet."""

    engine: Engine

    def case_of_document(self, sha256: str) -> UUID | None:
        code = verification_code(sha256)
        with self.engine.connect() as db:
            found: UUID | None = db.scalar(select(t.case_id).where(t.code == code))
        return found
