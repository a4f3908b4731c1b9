"""Never ask twice: what the city holds of a subject already is found at the opening of a case."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from application.execution.ports import Holding, Holdings, PersonDetails, UnitOfWork, Vault
from domain.case.promise.materials import Reused
from domain.catalogue.terms import Material, Terms
from domain.values.folding import fold
from domain.values.parties import Organisation, Person
from domain.values.workdays import local_date

Held = Mapping[str, Holding]
"""By the code of a material in the terms of the new case: what the city holds of it."""


def held(holdings: Iterable[Holding], terms: Terms, today: date) -> Held:
    """Returns which of these materials need not be asked for: of each the newest that is valid.

    `holdings` come the newest first.  A material is the same under the same folded name.
    """
    valid: dict[str, Holding] = {}
    for each in holdings:
        if each.valid_until is None or each.valid_until >= today:
            valid.setdefault(each.name, each)
    shared = (each for each in terms.asked if each.shareable)
    return {each.code: valid[_name(each)] for each in shared if _name(each) in valid}


def found_at_opening(
    work: UnitOfWork, subject: Organisation | Person, terms: Terms, at: datetime
) -> tuple[Reused, ...]:
    """Returns what need not be asked for in a case that is opened now."""
    if not any(each.shareable for each in terms.asked):
        return ()
    return as_reused(held(work.holdings_of(subject), terms, local_date(at)))


def as_reused(found: Held) -> tuple[Reused, ...]:
    """What the city holds, as the opening of the new case records it."""
    return tuple(
        Reused(material=code, digest=each.digest, case=each.case, holder=each.holder)
        for code, each in found.items()
    )


def held_for(
    holdings: Holdings,
    vault: Vault,
    applicant: Organisation | PersonDetails,
    former: str | None,
    terms: Terms,
    today: date,
) -> Held:
    """Returns what the city holds for an application that is not recorded yet.

    Of a natural person nothing is told unless the name is theirs, now or as the `former` one.
    """
    if isinstance(applicant, Organisation):
        return held(holdings.of(applicant), terms, today)
    if (person := holdings.person(applicant.identity)) is None:
        return {}
    registered = fold(vault.reveal(person.ref).details.name)
    if registered not in {fold(name) for name in (applicant.name, former) if name}:
        return {}
    return held(holdings.of(person), terms, today)


def _name(material: Material) -> str:
    return fold(material.name)
