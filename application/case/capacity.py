"""Who acts for an applicant: the guardian goes to the vault, the case keeps a reference."""

from datetime import datetime

from application.case.commands.applicants import GuardianGiven, PersonApplicant
from application.case.commands.promise import OpenCase
from application.case.names import name_nobody
from application.execution.ports import UnitOfWork
from domain.case.identity.capacity import Involved, what_is_missing
from domain.case.lifecycle import ACTIONS
from domain.case.promise.guardians import Guardian
from domain.kernel.errors import ActionRefused, IdentityConflict
from domain.values.folding import fold
from domain.values.parties import Person
from domain.values.workdays import local_date

_ANOTHER_NAME = (
    "监护人的证件号码已登记为另一姓名，与所填的不一致。请先核对证件；如原来登记有误，"
    "请由另一名工作人员在原案件办理更正"
)


def require_capacity(command: OpenCase, at: datetime) -> None:
    """Raises ActionRefused unless the applicant may apply on this day, alone or by a guardian."""
    applicant = command.applicant
    if not isinstance(applicant, PersonApplicant):
        return
    today = local_date(at)
    for someone in (applicant, command.guardian):
        if someone and (fault := someone.birth_fault(today)):
            raise ActionRefused(ACTIONS["open"], fault, "birth_is_plausible", today)
    income = command.own_income
    facts = (applicant.date_of_birth, today, _involved(command.guardian))
    fault = what_is_missing(*facts, own_income=income is not None)
    if fault:
        raise ActionRefused(ACTIONS["open"], fault, "capacity_is_sufficient", today)
    if income:
        name_nobody("open", income.finding, applicant.name)


def _involved(given: GuardianGiven | None) -> Involved | None:
    agreed = given is not None and given.agrees_to_processing is True
    return Involved(given.date_of_birth, given.part, agreed) if given else None


def admitted_guardian(
    work: UnitOfWork, given: GuardianGiven | None, at: datetime
) -> Guardian | None:
    """Stores the guardian in the vault.  Raises IdentityConflict under another known name."""
    if given is None:
        return None
    known = work.register(given, at)
    if fold(known.name) != fold(given.name):
        raise IdentityConflict(_ANOTHER_NAME)
    assert isinstance(known.subject, Person)
    return Guardian(
        ref=known.subject.ref,
        relation=given.relation,
        part=given.part,
        evidence=given.evidence,
        agrees_to_processing=True if given.agrees_to_processing else None,
    )
