"""The OpenAPI document: it is complete and consistent, and it holds all examples."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import DOORS, create_app
from api.http.problems import PROBLEM_TYPES
from api.openapi.document import described
from infrastructure.settings import Settings
from tests.application.test_verbs import COMMANDS

Document = dict[str, Any]
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
OPEN_DOORS = {
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
    "/api/v1/disclosures/changes",
    "/api/v1/statistics",
    "/api/v1/catalogue/{code}/terms/{version}",
    "/api/v1/catalogue",
    "/api/v1/catalogue/{code}",
    "/api/v1/tolerance-counts",
    "/api/v1/templates/{table}.xlsx",
}
"""Paths of the operations that need no token."""
METHOD_NOT_ALLOWED = 405
PARAMETER = re.compile(r"{(\w+)}")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("data"))).openapi()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        assert item.keys() <= METHODS
        yield from ((method, path, operation) for method, operation in item.items())


def resolved(document: Document, part: Document) -> Document:
    """The part itself, or that to which it refers."""
    if "$ref" not in part:
        return part
    _, *names = part["$ref"].split("/")
    for name in names:
        document = document[name]
    return document


def parts(whole: Any) -> Iterator[Document]:
    """Every object in the document, at any depth."""
    if isinstance(whole, dict):
        yield whole
    inside = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    for part in inside:
        yield from parts(part)


def test_it_is_openapi_3_1_of_this_service(document: Document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version", "description"}
    assert document["paths"]


def test_every_route_keeps_what_its_router_declares(document: Document):
    whole = FastAPI()
    for door in DOORS:
        whole.include_router(door.router)
    assert (
        described(whole.openapi(), [each for door in DOORS for each in door.router.routes])["paths"]
        == document["paths"]
    )


def test_every_operation_has_a_unique_id_tags_and_a_chinese_summary(document: Document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(document):
        assert operation["tags"], path
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), path


def test_every_operation_describes_its_refusals_as_problems(document: Document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for _, path, operation in operations(document):
        answers = operation["responses"]
        assert {code for code in answers if code.startswith("2")}, path
        assert {"500", "503"} <= answers.keys(), path
        for status in answers.keys() - {"200", "201", "202"}:
            content = resolved(document, answers[status])["content"]
            assert content["application/problem+json"]["schema"] == problem, path
    required = document["components"]["schemas"]["Problem"]["required"]
    assert required == ["type", "title", "status", "detail", "code", "request_id"]


def test_every_problem_code_is_named_where_its_status_may_occur(document: Document):
    for code, kind in PROBLEM_TYPES.items():
        if kind.status == METHOD_NOT_ALLOWED:
            continue  # the answer where there is no operation
        refusal = document["components"]["responses"][f"Problem{kind.status}"]
        assert f"`{code}`（{kind.title}）" in refusal["description"]


def test_every_response_and_every_parameter_is_described(document: Document):
    for _, path, operation in operations(document):
        answers = [resolved(document, each) for each in operation["responses"].values()]
        assert all(answer["description"] for answer in answers), path
        parameters = operation.get("parameters", [])
        placed = [(each["name"], each["in"]) for each in parameters]
        assert len(placed) == len(set(placed)), path
        assert all("schema" in each for each in parameters), path
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        assert in_path == set(PARAMETER.findall(path))
        assert all(each["required"] for each in parameters if each["in"] == "path")


def test_every_reference_has_a_schema_and_every_schema_is_used(document: Document):
    known = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "headers")
        for name in document["components"][kind]
    }
    targets = {part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)}
    assert targets == known


def test_exactly_the_public_operations_need_no_token(document: Document):
    schemes = document["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
    open_doors = {
        path for _, path, operation in operations(document) if operation["security"] == []
    }
    assert open_doors == OPEN_DOORS


def test_the_schemas_of_request_bodies_forbid_unknown_fields(document: Document):
    schemas = document["components"]["schemas"]
    references: set[str] = set()
    for _, _, operation in operations(document):
        body = operation.get("requestBody", {})
        references |= {part["$ref"] for part in parts(body) if "$ref" in part}
    for name in (reference.rpartition("/")[2] for reference in references):
        assert schemas[name]["additionalProperties"] is False, name


def test_the_outcomes_of_a_verb_are_distinguished_by_the_field_outcome(document: Document):
    unions = [part for part in parts(document["paths"]) if "oneOf" in part]
    assert len(unions) == 11
    for union in unions:
        discriminator = union["discriminator"]
        assert discriminator["propertyName"] == "outcome"
        targets = {each["$ref"] for each in union["oneOf"]}
        assert set(discriminator["mapping"].values()) == targets


# examples ---------------------------------------------------------------------------------------


def test_the_document_holds_every_example_of_every_command(document: Document):
    shown: dict[str, Any] = {}
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shown |= content.get("examples", {})
    assert shown == {
        caption: {"summary": caption, "value": body}
        for command in COMMANDS
        for caption, body in command.examples().items()
    }
