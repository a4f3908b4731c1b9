"""The document of the API: whole, consistent in itself, with examples that hold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.app import create_app
from infrastructure.settings import Settings
from tests.application.test_verbs import COMMANDS

Document = dict[str, Any]
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
PARAMETER = re.compile(r"{(\w+)}")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"))).openapi()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        assert item.keys() <= METHODS
        yield from ((method, path, operation) for method, operation in item.items())


def parts(whole: Any) -> Iterator[Document]:
    """Every object in the document, however deep."""
    if isinstance(whole, dict):
        yield whole
    inside = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    for part in inside:
        yield from parts(part)


def test_it_is_openapi_3_1_of_this_service(document: Document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version", "description"}
    assert document["paths"]


def test_every_operation_is_told_apart_and_explained(document: Document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(document):
        assert operation["tags"], path
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), path


def test_every_operation_says_what_a_refusal_looks_like(document: Document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for _, path, operation in operations(document):
        answers = operation["responses"]
        assert {code for code in answers if code.startswith("2")}, path
        for refusal in ("4XX", "5XX"):
            schemas = [each["schema"] for each in answers[refusal]["content"].values()]
            assert schemas == [problem], path
    required = document["components"]["schemas"]["Problem"]["required"]
    assert required == ["type", "title", "status", "detail", "code", "request_id"]


def test_every_answer_and_every_parameter_is_described(document: Document):
    for _, path, operation in operations(document):
        assert all(answer["description"] for answer in operation["responses"].values()), path
        parameters = operation.get("parameters", [])
        placed = [(each["name"], each["in"]) for each in parameters]
        assert len(placed) == len(set(placed)), path
        assert all("schema" in each for each in parameters), path
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        assert in_path == set(PARAMETER.findall(path))
        assert all(each["required"] for each in parameters if each["in"] == "path")


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: Document):
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    targets = {part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)}
    assert targets == known


def test_who_must_sign_in_is_marked(document: Document):
    schemes = document["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
    open_doors = {
        path for _, path, operation in operations(document) if "security" not in operation
    }
    assert open_doors == {
        "/log/checkpoint",
        "/log/checkpoint/{size}",
        "/log/keys",
        "/log/verify.py",
        "/log/tile/{level}/{index}",
        "/api/v1/log/checkpoints/{size}/cosignatures",
        "/api/v1/log/inclusion",
        "/api/v1/log/consistency",
        "/livez",
        "/readyz",
        "/metrics",
        "/api/v1/problems",
        "/api/v1/disclosures",
        "/api/v1/disclosures/{code}",
        "/api/v1/catalogue",
        "/api/v1/catalogue/{code}",
        "/api/v1/tolerance-counts",
    }


def test_a_command_takes_nothing_that_is_not_described(document: Document):
    schemas = document["components"]["schemas"]
    asked: set[str] = set()
    for _, _, operation in operations(document):
        body = operation.get("requestBody", {})
        asked |= {part["$ref"] for part in parts(body) if "$ref" in part}
    for name in (reference.rpartition("/")[2] for reference in asked):
        assert schemas[name]["additionalProperties"] is False, name


def test_outcomes_are_told_apart_by_one_field(document: Document):
    unions = [part for part in parts(document["paths"]) if "oneOf" in part]
    assert len(unions) == 9
    for union in unions:
        discriminator = union["discriminator"]
        assert discriminator["propertyName"] == "outcome"
        targets = {each["$ref"] for each in union["oneOf"]}
        assert set(discriminator["mapping"].values()) == targets


# examples ---------------------------------------------------------------------------------------


def test_every_example_is_shown(document: Document):
    shown: dict[str, Any] = {}
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shown |= content.get("examples", {})
    assert shown == {
        caption: {"summary": caption, "value": body}
        for command in COMMANDS
        for caption, body in command.examples().items()
    }


def test_refusals_are_described_under_the_media_type_they_are_sent_with(document):
    for operations in document["paths"].values():
        for operation in operations.values():
            refusals = [operation["responses"][status] for status in ("4XX", "5XX")]
            assert [[*each["content"]] for each in refusals] == [["application/problem+json"]] * 2
