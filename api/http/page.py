"""One page of a list as the API returns it, with the cursor of the next page."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None


AnyPage = TypeVar("AnyPage", bound=Page[Any])
