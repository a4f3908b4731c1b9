"""Masks for personal data in the columns and JSON values that the public reads."""

from typing import Any

from sqlalchemy import Column, String

from domain.values.personal.screen import masked


def masked_column(column: Column[Any], text: str | None) -> str | None:
    """Returns the text as the public may read it, cut to the length of its column."""
    length = column.type.length if isinstance(column.type, String) else None
    return text and masked(text)[:length]


def masked_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """Returns the terms of an item, as JSON, in which only contact details of organs stay."""
    return {
        name: value if name == "contact" else masked_json(value) for name, value in terms.items()
    }


def masked_json(value: Any) -> Any:
    """Returns a JSON value in which every text is masked."""
    match value:
        case str():
            return masked(value)
        case list():
            return [masked_json(each) for each in value]
        case dict():
            return {name: masked_json(each) for name, each in value.items()}
        case _:
            return value
