"""The register of served documents: which code verifies which document, and whether it stands."""

from collections.abc import Iterator

from domain.case import events as e
from domain.documents.content import verification_code
from domain.documents.kinds import DocumentKind
from domain.documents.served import ServedDocument
from domain.kernel.aggregate import Event
from domain.values.labels import Labelled
from projections.papers.tables import served_documents
from projections.read_model.projection import Projection, Row, Rows, of_stream, topics_of

t = served_documents.c
K = DocumentKind


class Standing(Labelled):
    """Whether a document has effect."""

    IN_FORCE = "in_force", "有效"
    REPLACED = "replaced", "已被新的文书替换"
    VOID = "void", "已失效"


OF_THE_PROMISE = frozenset({K.NOTICE, K.LETTER, K.DEFERRAL})
"""What ends with the promise when the case goes to the ordinary procedure."""
_DIVERTING = (e.CreditExcluded, e.CommitmentDeclined, e.CaseWithdrawn)


def fold(rows: Rows, event: Event, position: int) -> Rows:
    """Returns the documents of the case after this event."""
    served: tuple[ServedDocument, ...] = getattr(event, "documents", ())
    ended = OF_THE_PROMISE if isinstance(event, _DIVERTING) else frozenset()
    fresh = frozenset(each.kind for each in served)
    earlier = (_after(row, ended=ended, replaced=fresh) for row in rows)
    return (*earlier, *_rows(event, served, position))


def _after(row: Row, *, ended: frozenset[DocumentKind], replaced: frozenset[DocumentKind]) -> Row:
    if row["standing"] != Standing.IN_FORCE.value:
        return row
    if row["kind"] in replaced:
        return row | {"standing": Standing.REPLACED.value}
    return row | {"standing": Standing.VOID.value} if row["kind"] in ended else row


def _rows(event: Event, served: tuple[ServedDocument, ...], position: int) -> Iterator[Row]:
    for each in served:
        yield {
            "code": verification_code(each.sha256),
            "case_id": event.originator_id,
            "kind": each.kind.value,
            "standing": Standing.IN_FORCE.value,
            "position": position,
        }


PAPERS = Projection("papers", served_documents, t.case_id, of_stream, fold, topics_of(e))
