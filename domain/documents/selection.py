"""Which template a document follows: the newest one, or the one that an event pinned."""

from collections.abc import Iterator

from domain.documents.kinds import DocumentKind
from domain.documents.released import BEFORE_ACCEPTANCE, CITY, OF_DEPARTMENTS
from domain.documents.templates import Template


def template_in_force(kind: DocumentKind, department: str, *, accepted: bool = True) -> Template:
    """The newest template of the department, or else of the city.

    Before the application is `accepted`, some kinds have another one.
    """
    early = None if accepted else BEFORE_ACCEPTANCE.get(kind)
    own = OF_DEPARTMENTS.get(department, {}).get(kind)
    return (early or own or CITY[kind])[-1]


def first_template(kind: DocumentKind, *, accepted: bool = True) -> Template:
    """The template of a document of which nothing was pinned."""
    early = None if accepted else BEFORE_ACCEPTANCE.get(kind)
    return (early or CITY[kind])[0]


def pinned_template(name: str, version: int) -> Template:
    """The template that an event pinned.  Raises LookupError if only a newer release knows it."""
    for template in _all():
        if (template.name, template.version) == (name, version):
            return template
    raise LookupError(f"这一版程序没有文书模板 {name} 第{version}版")


def _all() -> Iterator[Template]:
    for by_kind in (CITY, BEFORE_ACCEPTANCE, *OF_DEPARTMENTS.values()):
        for versions in by_kind.values():
            yield from versions
