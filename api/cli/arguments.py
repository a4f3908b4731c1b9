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
