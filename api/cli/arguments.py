"""Arguments of commands, read as every other door reads them; a refusal says what to write."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from api.http.parameters.moments import LocalMoment
from api.http.problems import in_words
from application.access.permissions import PERSONS_ROLES, Role
from application.as_of import Moment
from domain.kernel.record_ids import RecordId
from domain.values.parties import Department

T = TypeVar("T")


def _parser(kind: Any, result: Callable[..., T]) -> Callable[[object], T]:
    adapter = TypeAdapter[T](kind)

    def parse(text: object) -> T:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            first = error.errors()[0]
            raise typer.BadParameter(in_words(first["type"], first["msg"])) from None

    parse.__name__ = result.__name__
    return parse


def _role(text: object) -> Role:
    """Returns the role of a person.  Raises BadParameter for SYSTEM and for unknown ones."""
    roles = [role for role in Role if role in PERSONS_ROLES]
    if text == Role.SYSTEM:
        raise typer.BadParameter("“系统”不是人员的岗位，不能签发令牌；请选择办理人员的岗位")
    if text not in roles:
        raise typer.BadParameter(f"没有这个岗位，可选：{'、'.join(roles)}")
    return Role(str(text))


OneId = Annotated[UUID, typer.Argument(parser=_parser(RecordId, UUID), metavar="编号")]
AtMoment = Annotated[
    Moment | None,
    typer.Option(
        parser=_parser(LocalMoment, Moment),
        metavar="时刻",
        help="只看某一时刻的状态，如 2026-09-28 09:00、2026年9月28日 09:00；不写时区即北京时间",
    ),
]
PersonsRole = Annotated[
    Role,
    typer.Option(
        parser=_role,
        metavar="岗位",
        help="、".join(f"{role}（{role.label}）" for role in Role if role in PERSONS_ROLES),
    ),
]


MARKET = Department(code="114112810058000150", name="义马市市场监督管理局")
_AFFAIRS = Department(code="11411281005807006L", name="义马市政务服务和大数据管理局")
_OFFICES = {
    Role.AUDITOR: Department(code="11411281005802264U", name="义马市审计局"),
    Role.SUPERVISOR: Department(code="11411281005800162H", name="义马市人民政府"),
    Role.CREDIT_COLLECTOR: Department(code="114112810058003063", name="义马市发展和改革委员会"),
    Role.TOLERANCE_REVIEWER: Department(code="11411281005800293D", name="中共义马市纪律检查委员会"),
    Role.CATALOG_ADMIN: _AFFAIRS,
    Role.OPERATOR: _AFFAIRS,
}
"""Where the people of a role work; whoever audits belongs to no bureau that is audited."""


def office_of(role: Role) -> Department:
    """Returns where people of this role usually work; who handles cases, at the market office."""
    return _OFFICES.get(role, MARKET)
