"""The templates that this release knows: every version that was ever served stays here."""

from collections.abc import Mapping, Sequence

from domain.documents import city
from domain.documents.before_acceptance import CORRECTION_OF_APPLICATION
from domain.documents.kinds import DocumentKind
from domain.documents.market_office import MARKET_OFFICE_NOTICE
from domain.documents.templates import Template

CITY: Mapping[DocumentKind, Sequence[Template]] = {
    template.kind: (template,) for template in city.TEMPLATES
}
"""The city's templates by kind, the oldest version first."""

BEFORE_ACCEPTANCE: Mapping[DocumentKind, Sequence[Template]] = {
    DocumentKind.CORRECTION: (CORRECTION_OF_APPLICATION,),
}
"""Where the city tells something else as long as an application is not accepted, by kind."""

OF_DEPARTMENTS: Mapping[str, Mapping[DocumentKind, Sequence[Template]]] = {
    "114112810058000150": {DocumentKind.NOTICE: (MARKET_OFFICE_NOTICE,)},
}
"""The templates of departments, by credit code."""
