"""What an event pins of a document that was served with it."""

from typing import Annotated

from pydantic import BaseModel, Field

from domain.documents.kinds import DocumentKind
from domain.values.identifiers import Sha256
from domain.values.parties import ONLY_IF_SET, Value

TemplateName = Annotated[str, Field(description="文书模板的名称")]
SiteAddress = Annotated[str, Field(description="核验文书的公开地址")]
Sm3 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="文本的 SM3（GB/T 32905）")]


class ServedDocument(Value):
    """A document as it was served: its template, and the digests of its canonical content.

    From these and the events before, the same document can be made again at any time.
    """

    kind: DocumentKind
    template: TemplateName
    template_version: int
    sha256: Sha256
    sm3: Sm3
    site: Annotated[SiteAddress | None, ONLY_IF_SET] = None
    """The public address that its square of verification names."""
    name_version: Annotated[int | None, ONLY_IF_SET] = None
    """The number of the person's name in the vault; None for a unit."""


Served = Annotated[tuple[ServedDocument, ...], Field(exclude_if=lambda value: not value)]
"""The documents served with an event; it is stored without them if it has none, as all were."""


class Serving(BaseModel):
    """The part that every event has with which documents are served."""

    documents: Served = ()


SERVED = {"documents.sha256": "送达文书的内容", "documents.sm3": "送达文书的内容（SM3）"}
"""Documents that such an event shows, for `shows`."""
