"""The description of the API as a generator and a linter read it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.openapi.document import described
from api.openapi.names import TAGS
from application.case.commands.promise import OpenCase
from application.execution.command import EXAMPLE_HASH
from domain.tolerance.grounds import Harm
from domain.values.parties import Channel
from tests.clients.conftest import TOOLS, bearing, run, succeeded
from tests.journeys.conftest import Running

Document = dict[str, Any]
RULES = Path(__file__).parent / "redocly.yaml"
SUCCESS = re.compile("2..")
NAME = re.compile("[A-Z][A-Za-z0-9]*")
VERB_AND_NOUN = re.compile("[a-z]+(_[a-z]+)+")


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        yield from ((path, method, operation) for method, operation in item.items())


def parts(whole: Any) -> Iterator[Document]:
    """Every object in the document, at any depth."""
    if isinstance(whole, dict):
        yield whole
    inside = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    for part in inside:
        yield from parts(part)


# names ------------------------------------------------------------------------------------------


def test_every_schema_has_one_english_name_which_is_its_title(document: Document):
    schemas = document["components"]["schemas"]
    assert {name: schema["title"] for name, schema in schemas.items()} == {n: n for n in schemas}
    assert [name for name in schemas if not NAME.fullmatch(name)] == []
    assert not [name for name in schemas if name.endswith(("Input", "Output"))]


def test_no_list_has_a_type_for_each_place(document: Document):
    """The generated TypeScript client compares such a list with a plain one, and does not fit."""
    assert [part["title"] for part in parts(document) if "prefixItems" in part] == []
    assert [part for part in parts({"a": [{"prefixItems": []}]}) if "prefixItems" in part]


def test_two_schemas_never_become_one(document: Document):
    """FastAPI names a class by its module where two have one name: each has a row of its own."""
    titles = Counter(schema["title"] for schema in document["components"]["schemas"].values())
    assert titles.most_common(1)[0][1] == 1
    twice = {
        "paths": {},
        "components": {"schemas": {"api__a__Stage": {"title": "Stage"}, "Stage": {}}},
    }
    assert set(described(twice, [])["components"]["schemas"]) <= {"api__a__Stage", "Stage"}


def test_a_generated_module_is_named_by_a_verb_and_a_noun_in_english(document: Document):
    for path, _, operation in operations(document):
        assert VERB_AND_NOUN.fullmatch(operation["operationId"]), path
        assert operation["tags"][0] in TAGS, path
        assert len(operation["tags"]) == 1, path
    assert document["info"]["title"].isascii()
    assert all(name.isascii() and re.search(r"[\u4e00-\u9fff]", t) for name, t in TAGS.items())


def test_every_answer_of_success_has_a_type(document: Document):
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if SUCCESS.fullmatch(status):
                assert all(each["schema"] for each in answer["content"].values()), path


# what is offered --------------------------------------------------------------------------------


def test_no_channel_is_offered_that_is_refused(document: Document):
    channel = document["components"]["schemas"]["Letter"]["properties"]["channel"]
    assert channel["enum"] == [Channel.COUNTER, Channel.ONLINE]
    headers = {
        parameter["name"]
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }
    assert "X-Channel" not in headers, "the channel follows from who speaks"


def test_no_harm_is_offered_that_is_refused(document: Document):
    shown = document["components"]["schemas"]["AccidentOrFalseAccusation"]["properties"]["harm"]
    assert Harm.SEVERE not in shown["enum"]


def test_a_variant_is_told_by_a_field_that_every_variant_requires(document: Document):
    unions = [part for part in parts(document) if "discriminator" in part]
    assert len(unions) > 10
    for union in unions:
        field = union["discriminator"]["propertyName"]
        for name in (each["$ref"].rpartition("/")[2] for each in union["oneOf"]):
            schema = document["components"]["schemas"][name]
            assert field in schema["required"], name
            assert "const" in schema["properties"][field], name


def test_no_parameter_offers_null_which_no_address_can_hold(document: Document):
    for path, _, operation in operations(document):
        kinds = [each["schema"] for each in operation.get("parameters", ())]
        assert not [each for each in parts(kinds) if each.get("type") == "null"], path


@pytest.mark.parametrize(
    ("schema", "field", "form"),
    [
        ("OpenCase", "item", "^[0-9]{12}$"),
        ("Supply", "material", "^[A-Z0-9-]{1,20}$"),
        ("Supply", "digest", "^[0-9a-f]{64}$"),
        ("PersonApplicant", "id_number", "^[A-Z0-9]{5,18}$"),
        ("AgreeToMessages", "phone", "^1[3-9][0-9]{9}$"),
    ],
)
def test_a_code_says_its_form(document: Document, schema: str, field: str, form: str):
    assert document["components"]["schemas"][schema]["properties"][field]["pattern"] == form


def test_every_text_that_is_sent_says_how_long_it_may_be(document: Document):
    """A text without a bound is one that the service composes and nobody sends."""
    schemas = document["components"]["schemas"]
    sent = {
        part["$ref"].rpartition("/")[2]
        for _, _, operation in operations(document)
        for part in parts(operation.get("requestBody", {}))
        if "$ref" in part
    }
    unbounded = [
        f"{name}.{field}"
        for name in sent
        for field, shown in schemas[name].get("properties", {}).items()
        if shown.get("type") == "string"
        if not shown.keys() & {"maxLength", "pattern", "const", "enum", "format"}
    ]
    assert unbounded == []


def test_the_address_of_the_service_is_relative_until_one_is_given(document: Document):
    assert [server["url"] for server in document["servers"]] == ["/"]
    bare = {"paths": {}, "components": {"schemas": {}}}
    assert described(bare, [], "https://credit.example.org")["servers"][0]["url"] == (
        "https://credit.example.org"
    )


def test_a_command_describes_the_headers_that_steer_it(document: Document):
    opening = document["paths"]["/api/v1/cases"]["post"]
    asked = {each["name"] for each in opening["parameters"]}
    assert asked == {"Idempotency-Key"}, "nobody has seen a version of what is new"
    answered = opening["responses"]["201"]["headers"].keys()
    assert {"ETag", "Location", "X-Position", "Idempotency-Replayed", "X-Request-Id"} == answered
    refusals = document["components"]["responses"]
    assert "WWW-Authenticate" in refusals["Problem401"]["headers"]
    assert "Retry-After" in refusals["Problem503"]["headers"]


# by others --------------------------------------------------------------------------------------


def test_the_linter_finds_nothing(openapi_file: Path, tmp_path: Path):
    lint = TOOLS / "node_modules" / ".bin" / "redocly"
    done = run(lint, "lint", "--config", RULES, "--format", "json", openapi_file, folder=tmp_path)
    assert json.loads(succeeded(done))["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_the_linter_is_able_to_find_an_error(document: Document, tmp_path: Path):
    for _, _, operation in operations(json.loads(json.dumps(document))):
        del operation["security"]
    wrong = json.loads(json.dumps(document))
    del wrong["paths"]["/livez"]["get"]["security"]
    place = tmp_path / "openapi.json"
    place.write_text(json.dumps(wrong))
    lint = TOOLS / "node_modules" / ".bin" / "redocly"
    assert run(lint, "lint", "--config", RULES, place, folder=tmp_path).returncode == 1


def test_the_examples_of_an_application_are_taken_by_the_demonstration(
    demonstration: Running, tokens: dict[str, str], employment_clerk: str
):
    answers = {}
    for caption, body in OpenCase.examples().items():
        of_a_person = body["applicant"]["kind"] == "person"
        clerk = bearing(employment_clerk if of_a_person else tokens["intake_clerk"])
        scan = {"file": ("scan.pdf", b"%PDF-1.7 " + caption.encode())}
        paper = demonstration.client.post("/api/v1/files", headers=clerk, files=scan).json()
        said = json.loads(json.dumps(body).replace(EXAMPLE_HASH, paper["sha256"]))
        reply = demonstration.client.post("/api/v1/cases", headers=clerk, json=said)
        answers[caption] = reply.status_code
    assert answers == dict.fromkeys(answers, 201)
    assert len(answers) == 7
