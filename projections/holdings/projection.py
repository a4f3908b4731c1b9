"""The register of holdings: which shareable material of a subject the city holds, and where.

A case has a row for each shareable material that was scanned at its opening, which is held from
then on, and for each that may be supplied later, which is held once it is accepted.  What must be
put right before the application is accepted is not held until it comes again.  A case in which
something false was stated or handed in holds nothing: no other case relies on its papers.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from domain.case import events as e
from domain.case.promise.decisions import RefusalGround
from domain.case.promise.materials import not_in
from domain.case.values import BreachKind
from domain.catalogue.terms import CommitmentType, Material
from domain.kernel.aggregate import Event
from domain.values.folding import fold
from domain.values.parties import Organisation, Person
from domain.values.workdays import local_date
from projections.holdings.tables import holdings
from projections.read_model.projection import Projection, Row, Rows, of_stream

t = holdings.c
_NOT_HELD: Row = dict.fromkeys(("digest", "valid_until", "held_on", "version", "position"))


def fold_case(rows: Rows, event: Event, position: int) -> Rows:
    """Returns what the city holds, or awaits, of one case after this event."""
    match event:
        case e.CaseOpened():
            return (*_scanned(event, position), *_awaited(event))
        case e.CorrectionAsked(asked=asked):
            return _without(rows, {each.material for each in asked})
        case e.CorrectionReceived():
            return (*_came_again(rows, event, position),)
        case e.BreachFound(kind=BreachKind.FALSE_STATEMENT):
            return ()
        case e.ApplicationRefused(ground=RefusalGround.UNTRUE):
            return ()
        case e.InstantsCorrected(instants=instants):
            days = {each.version: local_date(each.at) for each in instants}
            return tuple(
                row | {"held_on": days[row["version"]]} if row["version"] in days else row
                for row in rows
            )
        case _:
            return _supplied(rows, event, position)


def _supplied(rows: Rows, event: Event, position: int) -> Rows:
    """The rows after a step of one deferred material."""
    match event:
        case e.MaterialSupplied(material=code, digest=digest):
            return _with(rows, code, {"digest": digest})
        case e.MaterialReturned(material=code):
            return _with(rows, code, {"digest": None})
        case e.MaterialAccepted(material=code):
            return _with(rows, code, _held(event, position))
        case _:
            return rows


def subject_of(applicant: Organisation | Person) -> str:
    """What tells this subject from every other in the table."""
    return applicant.code if isinstance(applicant, Organisation) else str(applicant.ref)


def held_by(subject: str) -> Select[Any]:
    """Selects what the city holds of one subject, the newest first."""
    rows = select(holdings).where(t.subject == subject, t.position.is_not(None))
    return rows.order_by(t.position.desc(), t.material)


def held_since(case_id: UUID, digest: str) -> Select[Any]:
    """Selects the day from which a case holds this file."""
    return select(t.held_on).where(t.case_id == case_id, t.digest == digest).limit(1)


def _scanned(event: e.CaseOpened, position: int) -> Iterator[Row]:
    materials = {each.code: each for each in event.pinned.terms.asked if each.shareable}
    for scan in event.scans:
        if material := materials.get(scan.material):
            file = {"digest": scan.digest, "valid_until": scan.valid_until}
            yield _row(event, material) | file | _held(event, position)


def _awaited(event: e.CaseOpened) -> Iterator[Row]:
    """What may come with a correction, or later in a deferred-materials case."""
    there = {each.material for each in event.scans} | {each.material for each in event.reused}
    if event.accept_by:
        may_come = tuple(each for each in event.pinned.terms.asked if each.code not in there)
    else:
        deferred = event.kind is CommitmentType.DEFERRED_MATERIALS
        may_come = not_in(event) if deferred else ()
    yield from (_row(event, each) for each in may_come if each.shareable)


def _without(rows: Rows, materials: Collection[str | None]) -> Rows:
    """The rows, of which these materials are not held."""
    return tuple(row | _NOT_HELD if row["material"] in materials else row for row in rows)


def _came_again(rows: Rows, event: e.CorrectionReceived, position: int) -> Iterator[Row]:
    scans = {each.material: each for each in event.scans}
    for row in _without(rows, event.submitted):
        if scan := scans.get(row["material"]):
            file = {"digest": scan.digest, "valid_until": scan.valid_until}
            yield row | file | _held(event, position)
        else:
            yield row


def _row(event: e.CaseOpened, material: Material) -> Row:
    empty: Row = dict.fromkeys(t.keys())
    holder = event.pinned.item.department
    return empty | {
        "case_id": event.originator_id,
        "material": material.code,
        "subject": subject_of(event.applicant),
        "name": fold(material.name),
        "holder": holder.name,
        "holder_code": holder.code,
    }


def _held(event: Event, position: int) -> Row:
    return {"held_on": event.day, "version": event.originator_version, "position": position}


def _with(rows: Rows, material: str, changes: Row) -> Rows:
    return tuple(row | changes if row["material"] == material else row for row in rows)


_READ = (
    *(e.CaseOpened, e.CorrectionAsked, e.CorrectionReceived),
    *(e.MaterialSupplied, e.MaterialReturned, e.MaterialAccepted),
    *(e.BreachFound, e.ApplicationRefused, e.InstantsCorrected),
)
HOLDINGS = Projection(
    "holdings",
    holdings,
    t.case_id,
    of_stream,
    fold_case,
    tuple(event.TOPIC for event in _READ),
)
