"""Names of applicants: a known code under another name is told; a correction reaches every case."""

from collections.abc import Callable
from datetime import datetime

from application.execution.ports import NameOrigin, PersonDetails, Registered, UnitOfWork
from domain.case.case import Case
from domain.case.identity.events import IdentityCorrected
from domain.case.identity.rules import (
    name_was_given_by_another,
    something_is_corrected,
    the_guardian_is_known,
)
from domain.case.lifecycle import ACTIONS
from domain.kernel.errors import ActionRefused, IdentityConflict
from domain.kernel.lifecycle import reason
from domain.values.folding import fold
from domain.values.identifiers import Sha256
from domain.values.parties import Actor, NameChange, Organisation, Person, Value
from domain.values.staff import is_among
from domain.values.texts import LongText, ShortText

_ANOTHER_NAME = (
    "这个{number}已登记为另一{name}，与所填的不一致。请先核对证件；如已依法变更，请填写变更说明"
    "（renamed：原{name}、事由、证明文件的 SHA-256）后重新提交；如原来登记有误，"
    "请由另一名工作人员在原案件办理更正"
)
_ANOTHER_FORMER_NAME = (
    "所填的原{name}与这个{number}登记的{name}不一致。请按变更证明文件核对；如原来登记有误，"
    "请由另一名工作人员在原案件办理更正"
)
_OF_A_PERSON = {"number": "公民身份号码", "name": "姓名"}
_OF_AN_ORGANISATION = {"number": "统一社会信用代码", "name": "名称"}
_SHORTEST_NAME = 2
"""Characters; a shorter name is part of too many other words to be looked for in a text."""


class Renaming(Value):
    """An applicant's lawful change of name since the last case, as the applicant proves it.

    It must cite the name registered so far.  A name that was wrong from the start is corrected
    instead, by a second person.
    """

    former: ShortText
    reason: LongText
    evidence: Sha256


def admitted(
    work: UnitOfWork,
    applicant: Organisation | PersonDetails,
    renaming: Renaming | None,
    at: datetime,
) -> tuple[Organisation | Person, NameChange | None]:
    """Returns the subject of a new case, and its change of name if it has one.

    An organisation keeps the spelling given now; a person becomes a reference, because events never
    hold identities.  Raises IdentityConflict if the code is registered under another name and
    `renaming` does not cite that name.
    """
    known = work.register(applicant, at)
    subject = applicant if isinstance(applicant, Organisation) else known.subject
    same = fold(known.name) == fold(applicant.name)
    if renaming is not None:
        return subject, _renamed(work, known, applicant, renaming, at)
    if not same:
        raise IdentityConflict(_ANOTHER_NAME.format_map(_words(subject)))
    return subject, None


def _renamed(
    work: UnitOfWork,
    known: Registered,
    applicant: Organisation | PersonDetails,
    renaming: Renaming,
    at: datetime,
) -> NameChange:
    if fold(known.name) == fold(applicant.name):
        unchanged = "所填的姓名（名称）与登记的一致，不需要填写变更说明"
        raise ActionRefused(ACTIONS["open"], unchanged, "another_name_is_registered")
    if fold(known.name) != fold(renaming.former):
        raise IdentityConflict(_ANOTHER_FORMER_NAME.format_map(_words(known.subject)))
    of_a_person = isinstance(known.subject, Person)
    if of_a_person:
        name_nobody("open", renaming.reason, known.name, applicant.name)
    now = work.rename(known, applicant.name, at, NameOrigin.RENAMED)
    return NameChange(
        reason=renaming.reason,
        evidence=renaming.evidence,
        former=None if of_a_person else known.name,
        name_version=now.version if of_a_person else None,
    )


def correct_person(
    work: UnitOfWork, case: Case, name: str, why: str, evidence: str, by: Actor, at: datetime
) -> None:
    """Corrects a person's name in the vault, and so in every case of theirs."""
    assert isinstance(case.applicant, Person)
    known = _to_correct(work, case.applicant, name, why, by)
    at = max(at, known.since)
    case.correct(None, why, evidence, known.version + 1, by=by, at=at)
    work.rename(known, name, at, NameOrigin.CORRECTED)


def correct_guardian(
    work: UnitOfWork, case: Case, name: str, why: str, evidence: str, by: Actor, at: datetime
) -> None:
    """Corrects the name of the guardian in the vault."""
    if case.guardian is None:
        raise _refused(the_guardian_is_known)
    known = _to_correct(work, Person(ref=case.guardian.ref), name, why, by)
    at = max(at, known.since)
    case.correct_guardian(why, evidence, known.version + 1, by=by, at=at)
    work.rename(known, name, at, NameOrigin.CORRECTED)


def _to_correct(work: UnitOfWork, who: Person, name: str, why: str, by: Actor) -> Registered:
    """Returns a person as registered.  Raises ActionRefused if they may not be corrected so."""
    known = work.registered(who)
    if known.name == name:
        raise _refused(something_is_corrected)
    if known.given_by is not None and is_among(by.person, {known.given_by}):
        raise _refused(name_was_given_by_another)  # perhaps in another case of the person
    name_nobody("correct", why, known.name, name)
    return known


def correct_organisation(
    work: UnitOfWork, case: Case, name: str, why: str, evidence: str, by: Actor, at: datetime
) -> None:
    """Corrects an organisation's name in every case that bears the wrong one.

    A case under an earlier or a later name of the organisation does not change.  A rule that is
    broken in one of the cases refuses the whole correction.
    """
    assert isinstance(case.applicant, Organisation)
    wrong = case.applicant
    known = work.register(wrong, at)
    others = [work.find(Case, id) for id in work.cases_of(wrong) if id != case.id]
    case.correct(name, why, evidence, by=by, at=at)
    corrected = case.last(IdentityCorrected)
    assert corrected
    for other in others:
        if other and _bears(other, wrong.name, but_not=name):
            other.correct(name, why, evidence, by=by, at=at)
            work.follow(other, corrected)
    if fold(known.name) == fold(wrong.name):
        work.rename(known, name, at, NameOrigin.CORRECTED)


def _refused(rule: Callable[..., bool]) -> ActionRefused:
    """A refusal by a rule of the case that only the register can check for a person."""
    return ActionRefused(ACTIONS["correct"], reason(rule), rule.__name__)


def _bears(case: Case, name: str, but_not: str) -> bool:
    borne = case.applicant.name if isinstance(case.applicant, Organisation) else None
    return borne is not None and fold(borne) == fold(name) and borne != but_not


def name_nobody(action: str, text: str, *names: str) -> None:
    """Raises ActionRefused if a text that goes into an event contains a person's name."""
    folded = fold(text)
    if any(len(fold(name)) >= _SHORTEST_NAME and fold(name) in folded for name in names):
        told = "事由会写入办理记录，不得写明自然人的姓名"
        raise ActionRefused(ACTIONS[action], told, "reason_names_nobody")


def _words(subject: Organisation | Person) -> dict[str, str]:
    return _OF_A_PERSON if isinstance(subject, Person) else _OF_AN_ORGANISATION
