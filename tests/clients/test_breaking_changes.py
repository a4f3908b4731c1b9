"""A client that was made from the document of the previous release goes on."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.clients.breaking_changes import breaking_changes

RELEASED = Path(__file__).parent / "released.json"
Document = dict[str, Any]
CASE = "/api/v1/cases/{case_id}"
DECIDE = f"{CASE}/decide"
BEARER: Document = {"HTTPBearer": []}
PUBLIC = "/api/v1/disclosures"


def released() -> Document:
    document: Document = json.loads(RELEASED.read_text("utf-8"))
    return document


def test_a_client_of_the_previous_release_goes_on(document: Document):
    assert breaking_changes(released(), document) == []


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def operation(document: Document, path: str, method: str = "post") -> Document:
    found: Document = document["paths"][path][method]
    return found


BREAKS: dict[str, Callable[[Document], object]] = {
    "a path is gone": lambda d: d["paths"].pop(DECIDE),
    "a method is gone": lambda d: d["paths"]["/api/v1/cases"].pop("get"),
    "an operation is renamed": lambda d: operation(d, DECIDE).update(operationId="decide"),
    "an operation moves": lambda d: operation(d, DECIDE).update(tags=["decisions"]),
    "a token is needed": lambda d: operation(d, PUBLIC, "get").update(
        security=[{"HTTPBearer": []}]
    ),
    "a success is gone": lambda d: operation(d, DECIDE)["responses"].pop("200"),
    "a success is new": lambda d: operation(d, DECIDE)["responses"].update({"202": {}}),
    "a header is gone": lambda d: operation(d, DECIDE)["responses"]["200"]["headers"].pop("ETag"),
    "a media type is gone": lambda d: operation(d, f"{CASE}/bundle", "get")["responses"]["200"][
        "content"
    ].clear(),
    "a parameter is gone": lambda d: operation(d, PUBLIC, "get")["parameters"].pop(0),
    "a parameter is required": lambda d: operation(d, PUBLIC, "get")["parameters"][0].update(
        required=True
    ),
    "a body is required": lambda d: operation(d, f"{CASE}/query")["requestBody"].update(
        required=True
    ),
    "a type is renamed": lambda d: schema(d, "CaseView")["properties"].update(
        stage={"$ref": "#/components/schemas/ReviewStage"}
    ),
    "a field of an answer is gone": lambda d: schema(d, "CaseView")["properties"].pop("stage"),
    "a field of an answer may be missing": lambda d: schema(d, "CaseView")["required"].remove("id"),
    "a field of an answer may be null": lambda d: schema(d, "CaseView")["properties"].update(
        stage_label={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "an answer has a value more": lambda d: schema(d, "CaseStage")["enum"].append("lost"),
    "an answer has another type": lambda d: schema(d, "CaseView")["properties"]["version"].update(
        type="string"
    ),
    "a field of a body is gone": lambda d: schema(d, "OpenCase")["properties"].pop("renamed"),
    "a field of a body is required": lambda d: schema(d, "OpenCase")["required"].append("renamed"),
    "a value is no longer taken": lambda d: schema(d, "ResultKind")["enum"].remove("other"),
    "a variant is no longer taken": lambda d: operation(d, DECIDE)["requestBody"]["content"][
        "application/json"
    ]["schema"]["oneOf"].pop(),
    "null is no longer taken": lambda d: schema(d, "OpenCase")["properties"].update(
        renamed={"$ref": "#/components/schemas/Renaming"}
    ),
    "a text is shorter": lambda d: schema(d, "Withdraw")["properties"]["reason"].update(
        maxLength=9
    ),
    "a list is longer": lambda d: schema(d, "OrderRectification")["properties"]["items"].update(
        minItems=2
    ),
    "a form is narrower": lambda d: schema(d, "Supply")["properties"]["digest"].update(
        pattern="^[0-9a-f]{128}$"
    ),
    "an element is narrower": lambda d: schema(d, "OrderRectification")["properties"]["items"][
        "items"
    ].update(maxLength=3),
}
"""Changes that break a client; each has to be found."""

MENDS: dict[str, Callable[[Document], object]] = {
    "an operation is new": lambda d: d["paths"].update({"/api/v2": {"get": {}}}),
    "a refusal is new": lambda d: operation(d, DECIDE)["responses"].update({"429": {}}),
    "an answer has a field more": lambda d: schema(d, "CaseView")["properties"].update(
        colour={"type": "string"}
    ),
    "a body may have a field more": lambda d: schema(d, "OpenCase")["properties"].update(
        colour={"type": "string"}
    ),
    "a text may be longer": lambda d: schema(d, "Withdraw")["properties"]["reason"].update(
        maxLength=9000
    ),
    "a summary is better": lambda d: operation(d, DECIDE).update(summary="决定"),
    "a field may be left out": lambda d: schema(d, "OpenCase")["required"].remove("item"),
    "a door is open to everybody": lambda d: operation(d, DECIDE).update(security=[]),
}
"""Changes that break none."""


@pytest.mark.parametrize("change", BREAKS)
def test_what_breaks_a_client_is_found(change: str):
    changed = deepcopy(released())
    BREAKS[change](changed)
    assert len(breaking_changes(released(), changed)) > 0


@pytest.mark.parametrize("change", MENDS)
def test_what_breaks_no_client_is_let_pass(change: str):
    changed = deepcopy(released())
    MENDS[change](changed)
    assert breaking_changes(released(), changed) == []
