"""Permissions: one table of roles by action, which denies what it does not list."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple
from uuid import UUID

from domain.case.case import Case
from domain.catalogue.terms import ListedItem
from domain.kernel.errors import NotPermitted
from domain.tolerance.review import ToleranceReview
from domain.values.labels import Labelled
from domain.values.parties import Actor, Department
from domain.values.staff import is_among

Matter = ListedItem | ToleranceReview
"""What a right is checked against: the catalogue item of a case, or a tolerance review."""


class Role(Labelled):
    INTAKE_CLERK = "intake_clerk", "窗口受理"
    DECISION_OFFICER = "decision_officer", "审批决定"
    INSPECTOR = "inspector", "监管核查"
    LEGAL_REVIEWER = "legal_reviewer", "法制审核"
    HEARING_CHAIR = "hearing_chair", "听证主持"
    CREDIT_COLLECTOR = "credit_collector", "归集公示"
    CATALOG_ADMIN = "catalog_admin", "清单管理"
    DEPARTMENT_LEAD = "department_lead", "单位负责人"
    TOLERANCE_REVIEWER = "tolerance_reviewer", "容错审查"
    SUPERVISOR = "supervisor", "督促检查"
    AUDITOR = "auditor", "审计"
    OPERATOR = "operator", "系统运维"
    SUBJECT_SELF = "subject_self", "申请人本人"
    SYSTEM = "system", "系统"


PERSONS_ROLES = frozenset(Role) - {Role.SYSTEM, Role.SUBJECT_SELF}
"""The roles of people at work.  SYSTEM belongs to processes of the service, which need no door;
SUBJECT_SELF to the applicant of one case, who comes through a door of their own."""
OWN_CASE = "applicant-"
"""Begins the person of an applicant as actor; the id of the one case follows."""
OWN_ACTS = frozenset(
    {"withdraw", "commit/promise", "commit/decline", "contact/agree", "contact/withdraw"}
)
"""What an applicant may do in their own case, by the name of the command.  Of an online promise the
service verifies the electronic signature; on paper it is signed at the counter."""


class Where(Enum):
    """The department to which the actor must belong."""

    ACCEPTING = auto()
    SUPERVISING = auto()
    EITHER = auto()
    REQUESTING = auto()
    ANYWHERE = auto()


class Right(NamedTuple):
    where: Where
    roles: frozenset[Role]


def _right(where: Where, *roles: Role) -> Right:
    return Right(where, frozenset(roles))


R, W = Role, Where
# fmt: off
RIGHTS = {
    # a case             of which department   in which role
    "open":       _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "accept":     _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "complete":   _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "query":      _right(W.ACCEPTING,   R.INTAKE_CLERK, R.DECISION_OFFICER),
    "notify":     _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "commit":     _right(W.ACCEPTING,   R.INTAKE_CLERK, R.SUBJECT_SELF),
    "renotify":   _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "withdraw":   _right(W.ACCEPTING,   R.INTAKE_CLERK, R.SUBJECT_SELF),
    "slip":       _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "check":      _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "decide":     _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "deliver":    _right(W.ACCEPTING,   R.INTAKE_CLERK, R.DECISION_OFFICER),
    "amend":      _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "supply":     _right(W.ACCEPTING,   R.INTAKE_CLERK),
    "review":     _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "inspect":    _right(W.SUPERVISING, R.INSPECTOR, R.SYSTEM),
    "rectify":    _right(W.SUPERVISING, R.INSPECTOR, R.SYSTEM),
    "forewarn":   _right(W.SUPERVISING, R.INSPECTOR),
    "hear":       _right(W.EITHER,      R.HEARING_CHAIR, R.LEGAL_REVIEWER),
    "penalize":   _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "correct":    _right(W.ACCEPTING,   R.DECISION_OFFICER),
    "contact":    _right(W.ACCEPTING,   R.INTAKE_CLERK, R.SUBJECT_SELF),
    "retime":     _right(W.ANYWHERE,    R.SUPERVISOR),
    # reading
    "read":       _right(W.EITHER,      R.INTAKE_CLERK, R.DECISION_OFFICER, R.INSPECTOR,
                                        R.LEGAL_REVIEWER, R.HEARING_CHAIR),
    "read_all":   _right(W.ANYWHERE,    R.AUDITOR, R.SUPERVISOR, R.CREDIT_COLLECTOR),
    "desk":       _right(W.ANYWHERE,    R.INTAKE_CLERK, R.DECISION_OFFICER, R.INSPECTOR,
                                        R.LEGAL_REVIEWER, R.HEARING_CHAIR, R.SUPERVISOR,
                                        R.CREDIT_COLLECTOR),
    "identify":   _right(W.EITHER,      R.INTAKE_CLERK, R.DECISION_OFFICER, R.INSPECTOR),
    "audit":      _right(W.ANYWHERE,    R.AUDITOR),
    "operate":    _right(W.ANYWHERE,    R.OPERATOR),
    "credit":     _right(W.ANYWHERE,    R.CREDIT_COLLECTOR),
    "board":      _right(W.ANYWHERE,    R.SUPERVISOR, R.DEPARTMENT_LEAD),
    # the catalogue
    "list":       _right(W.ANYWHERE,    R.CATALOG_ADMIN),
    "revise":     _right(W.ANYWHERE,    R.CATALOG_ADMIN),
    "activate":   _right(W.ANYWHERE,    R.CATALOG_ADMIN),
    "delist":     _right(W.ANYWHERE,    R.CATALOG_ADMIN),
    # the files of cases and reviews
    "file/file": _right(W.ANYWHERE,   R.INTAKE_CLERK, R.DECISION_OFFICER, R.INSPECTOR,
                                      R.LEGAL_REVIEWER, R.HEARING_CHAIR, R.DEPARTMENT_LEAD,
                                      R.TOLERANCE_REVIEWER, R.SUPERVISOR, R.SUBJECT_SELF),
    # the log itself
    "restoration/restore":  _right(W.ANYWHERE,   R.OPERATOR),
    # an article of a revised act
    "article/enter":        _right(W.ANYWHERE,   R.LEGAL_REVIEWER),
    "article/approve":      _right(W.ANYWHERE,   R.LEGAL_REVIEWER, R.CATALOG_ADMIN),
    "article/return":       _right(W.ANYWHERE,   R.LEGAL_REVIEWER, R.CATALOG_ADMIN),
    # a tolerance review
    "tolerance/request":    _right(W.ANYWHERE,   R.DEPARTMENT_LEAD),
    "tolerance/check":      _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/decide":     _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/notify":     _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/reconsider": _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/appeal":     _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/settle":     _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER),
    "tolerance/withdraw":   _right(W.REQUESTING, R.DEPARTMENT_LEAD),
    "tolerance/retime":     _right(W.ANYWHERE,   R.SUPERVISOR),
    "tolerance/read":       _right(W.REQUESTING, R.DEPARTMENT_LEAD),
    "tolerance/read_all":   _right(W.ANYWHERE,   R.TOLERANCE_REVIEWER, R.AUDITOR, R.SUPERVISOR),
}
# fmt: on
READING = ("read", "read_all")
"""The rights under which a case may be read."""
UPLOADING = "file/file"
"""The right to upload a file; a command that may name it takes it into a case or a review."""
READING_REVIEWS = ("tolerance/read", "tolerance/read_all")


def allowed(by: Actor, action: str, of: Matter | None = None) -> bool:
    """True if this actor may do this to that review, or to a case of that catalogue item."""
    right = RIGHTS[action]
    if by.role not in right.roles:
        return False
    if right.where is W.ANYWHERE or by.role == R.SYSTEM:
        return True
    return of is not None and by.department.code in _departments(right.where, of)


def entitled(
    action: str, of: Matter | None
) -> tuple[tuple[Role, ...], tuple[Department, ...] | None]:
    """Returns the roles and the departments that may do this; None means any department.

    The role SYSTEM needs no department of its own: it acts for the supervising one.
    """
    right = RIGHTS[action]
    roles = tuple(role for role in Role if role in right.roles)
    if right.where is W.ANYWHERE or of is None:
        return roles, None
    codes = _departments(right.where, of)
    known = (of.department,) if isinstance(of, ToleranceReview) else (of.department, of.supervisor)
    each_once = {each.code: each for each in known}
    return roles, tuple(each for code, each in each_once.items() if code in codes)


def permit(by: Actor, action: str, of: Matter | None = None) -> None:
    """Raises NotPermitted if the action is not `allowed`."""
    permit_role(by, action)
    if not allowed(by, action, of):
        raise NotPermitted("本案不属于您所在的单位")


def applicant_of(case: Case) -> Actor:
    """Returns the applicant as the actor of their own case, at the office that accepted it.

    The person is the case, never a number of the applicant.
    """
    office = case.pinned.item.department
    return Actor(person=f"{OWN_CASE}{case.id}", role=R.SUBJECT_SELF, department=office)


def permit_own(by: Actor, case_id: UUID, act: str) -> None:
    """Raises NotPermitted if an applicant reaches for another case, or for more than OWN_ACTS."""
    if by.role != R.SUBJECT_SELF:
        return
    if not is_among(by.person, (f"{OWN_CASE}{case_id}",)):
        raise NotPermitted("这不是您的案件")
    if act not in OWN_ACTS:
        online = "申请人本人在网上只能作出或者不作承诺、撤回申请、约定短信告知"
        raise NotPermitted(f"{online}；其他事请到受理的窗口")


def permit_role(by: Actor, *actions: str) -> None:
    """Raises NotPermitted if the actor's role may do none of these anywhere."""
    if any(by.role in RIGHTS[action].roles for action in actions):
        return
    roles = frozenset().union(*(RIGHTS[action].roles for action in actions)) & PERSONS_ROLES
    needed = "、".join(sorted(role.label for role in roles))
    raise NotPermitted(f"您的岗位不能办理这一步，需要的岗位：{needed}")


def reach(by: Actor, action: str) -> Where | None:
    """Returns how far the actor's right to this reaches.  Returns None without such a right."""
    right = RIGHTS[action]
    return right.where if by.role in right.roles else None


def cases_of(by: Actor) -> Where:
    """Returns whose cases this actor may list: exactly those that `permit_reading` permits.

    Raises NotPermitted if the actor may read no case.
    """
    permit_role(by, *READING)
    where = reach(by, "read_all") or reach(by, "read")
    assert where is not None, "a permitted role has a right"
    return where


def duties_of(by: Actor, actions: Iterable[str]) -> dict[str, Where]:
    """Returns whose duties this actor may list: each of the actions with the reach of its right.

    Supervision sees that the duties of all are done.  Raises NotPermitted without any right.
    """
    actions = tuple(actions)
    permit_role(by, "read_all", *actions)
    if everywhere := reach(by, "read_all"):
        return dict.fromkeys(actions, everywhere)
    return {name: where for name in actions if (where := reach(by, name))}


def permit_reading(by: Actor, case: Case) -> None:
    """Raises NotPermitted if this actor may not read the case.

    Officers read the cases of their own department; auditors and supervisors read all.
    """
    permit_role(by, *READING)
    if not allowed(by, "read_all"):
        permit(by, "read", case.pinned.item)


def permit_reading_review(by: Actor, review: ToleranceReview) -> None:
    """Raises NotPermitted if this actor may not read the review.

    A department reads the reviews that it requested; reviewers, auditors and supervisors read all.
    """
    permit_role(by, *READING_REVIEWS)
    if not allowed(by, "tolerance/read_all"):
        permit(by, "tolerance/read", review)


def reviews_of(by: Actor) -> str | None:
    """Returns the code of the department whose reviews this actor may list; None means all.

    Raises NotPermitted if the actor may list no reviews.
    """
    if allowed(by, "tolerance/read_all"):
        return None
    permit_role(by, *READING_REVIEWS)
    return by.department.code


def _departments(where: Where, of: Matter) -> set[str]:
    if isinstance(of, ToleranceReview):
        return {of.department.code} if where is W.REQUESTING else set()
    return _offices(of).get(where, set())


def _offices(item: ListedItem) -> dict[Where, set[str]]:
    accepting, supervising = {item.department.code}, {item.supervisor.code}
    return {
        W.ACCEPTING: accepting,
        W.SUPERVISING: supervising,
        W.EITHER: accepting | supervising,
    }
