"""What the form of a page asked for: what can be read of it, and what is wrong with the rest.

A page answers a wrong field itself: it shows the form as it was filled in and the message beside
the field, in the frame in which the person works.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import ValidationError

from api.http.problems import in_words
from projections.read_model.filters import Filters

F = TypeVar("F", bound=Filters)
UNKNOWN = "网址含有这一页不认识的条件"


@dataclass(frozen=True)
class Asked(Generic[F]):
    """The readable part of a form, the fields as they were sent, the message of each wrong one."""

    filters: F
    sent: Mapping[str, str]
    wrong: Mapping[str, str]

    @property
    def status(self) -> int:
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.wrong else HTTPStatus.OK

    def value(self, name: str) -> Any:
        """What the field shows: what was sent if it is wrong, else what was read."""
        if name in self.wrong:
            return self.sent.get(name, "")
        read = getattr(self.filters, name)
        return "" if read is None else read


def asked(model: type[F]) -> Callable[[Request], Awaitable[Asked[F]]]:
    """Returns the dependency that reads these filters from the address of a page."""

    async def read(request: Request) -> Asked[F]:
        return _read(model, dict(request.query_params))

    return read


def _read(model: type[F], sent: dict[str, str]) -> Asked[F]:
    try:
        return Asked(model.model_validate(sent), sent, {})
    except ValidationError as error:
        wrong = {
            str(each["loc"][0]): _message(each["type"], each["msg"]) for each in error.errors()
        }
    kept = {name: value for name, value in sent.items() if name not in wrong}
    return Asked(model.model_validate(kept), sent, wrong)


def _message(code: str, message: str) -> str:
    return UNKNOWN if code == "extra_forbidden" else in_words(code, message)


def first_page(request: Request) -> str:
    """Returns the address of the first page of the list that a refused cursor belongs to."""
    url = request.url.remove_query_params("cursor")
    return f"{url.path}?{url.query}" if url.query else url.path
