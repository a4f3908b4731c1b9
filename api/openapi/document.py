"""The OpenAPI document: from what FastAPI describes to what a client can be generated from."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from starlette.routing import BaseRoute

from api.openapi.answers import COMPONENTS, describe_answers, describe_parameters
from api.openapi.names import TAGS, operation_names, renamed
from api.openapi.schemas import drop_unused, require_discriminators

Document = dict[str, Any]
HERE = "/"
"""The address of the service relative to its own document."""


def described(document: Document, routes: Iterable[BaseRoute], address: str = HERE) -> Document:
    """Returns FastAPI's document of these routes with all that clients need.

    `address` is where the service is reached from outside.
    """
    document = renamed(document)
    document["servers"] = [{"url": address, "description": "本服务"}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["components"] |= deepcopy(COMPONENTS)
    names = operation_names(routes)
    for path, method, operation in operations(document):
        operation["operationId"] = names[path, method]
        operation.setdefault("security", [])
        describe_parameters(operation)
        describe_answers(method, operation)
    require_discriminators(document)
    drop_unused(document)
    return document


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields the path, the method and the description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation
