"""What schemas say beyond their classes; those that nothing uses are left out."""

from collections.abc import Iterator
from typing import Any


def require_discriminators(document: dict[str, Any]) -> None:
    """Requires the distinguishing field in every variant, so that a body fits exactly one.

    The classes give it a default, for which a union of them has no use.
    """
    schemas = document["components"]["schemas"]
    for union in _parts(document):
        if "oneOf" not in union or "discriminator" not in union:
            continue
        field = union["discriminator"]["propertyName"]
        for variant in union["oneOf"]:
            schema = schemas[variant["$ref"].rpartition("/")[2]]
            schema["properties"][field].pop("default", None)
            required = schema.setdefault("required", [])
            if field not in required:
                required.insert(0, field)


def drop_unused(document: dict[str, Any]) -> None:
    """Removes the schemas, answers and headers to which nothing refers."""
    used = {part["$ref"] for part in _parts(document) if isinstance(part.get("$ref"), str)}
    for kind in ("schemas", "responses", "headers"):
        named = document["components"][kind]
        for name in [each for each in named if f"#/components/{kind}/{each}" not in used]:
            del named[name]


def _parts(whole: Any) -> Iterator[dict[str, Any]]:
    """Yields every object of the document, at any depth."""
    if isinstance(whole, dict):
        yield whole
    inside = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    for part in inside:
        yield from _parts(part)
