"""Schemathesis over the whole document: no answer is a failure, and none is undocumented."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from application.case.commands.promise import OpenCase
from tests.clients.conftest import TOOLS, bearing, run
from tests.journeys.conftest import Running
from tests.papers import digest
from tests.support.fault_server import wait_until

FUZZ = Path(__file__).parent / "fuzz"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
AGREED = {"outcome": "agree", "contact_name": "示例", "phone": "13800138000", "consents": True}
IDENTITY_CARD = {"material": "M-02", "digest": digest("identity card")}
CASES = 3000
"""Requests at least: with fewer the document or the tool has lost something."""
PER_OPERATION = 8
SUCCESS = 2


class Visit:
    """Reads as one role, to learn what exists."""

    def __init__(self, server: Running, token: str) -> None:
        self.client, self.headers = server.client, bearing(token)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers).raise_for_status().json()

    @property
    def sealed(self) -> str:
        """The size of the newest checkpoint; the log is sealed soon after the service starts."""
        wait_until(lambda: self.client.get("/log/checkpoint").is_success)
        return self.client.get("/log/checkpoint").text.splitlines()[1]

    def served(self, case: str) -> list[str]:
        return [each["kind"] for each in self.get(f"cases/{case}/documents")]

    def filed(self, owner: str) -> list[str]:
        return [each["sha256"] for each in self.get(f"files/{owner}")]

    def listed(self, path: str, field: str) -> list[Any]:
        return [each[field] for each in self.get(path)["items"]]


@pytest.fixture(scope="module")
def seeds(demonstration: Running, tokens: dict[str, str], employment_clerk: str) -> dict[str, Any]:
    """A token for each role, and what exists."""
    auditor, clerk = tokens["auditor"], employment_clerk
    demonstration.client.post(
        "/api/v1/audit/exports", headers=bearing(auditor), json={"format": "ndjson"}
    ).raise_for_status()
    of_a_person = OpenCase.examples()["个人申请"]
    opened = demonstration.client.post(
        "/api/v1/cases", headers=bearing(clerk), json=of_a_person | {"scans": [IDENTITY_CARD]}
    ).raise_for_status()
    demonstration.client.post(
        f"{opened.headers['Location']}/contact", headers=bearing(clerk), json=AGREED
    ).raise_for_status()
    again = of_a_person | {"item": "002014102001", "submitted": ["M-01", "M-03"]}
    found = existing(Visit(demonstration, auditor), opened.json()["id"])
    found["whole"] |= reused(demonstration, clerk, again)
    found["whole"] |= received(demonstration, clerk, again)
    return {"tokens": tokens | {"employment_clerk": clerk}} | found


def received(server: Running, clerk: str, application: Any) -> dict[str, Any]:
    """Opens two cases that are only received, and asks one to be put right; returns both."""
    doors, headers = {}, bearing(clerk)
    for door in ("accept", "complete"):
        said = application | {"acceptance": "received"}
        opened = server.client.post("/api/v1/cases", headers=headers, json=said).raise_for_status()
        doors[f"POST /api/v1/cases/{{case_id}}/{door}"] = [{"case_id": opened.json()["id"]}]
    ask = {"outcome": "ask", "asked": [{"what": "申请书没有签名"}]}
    place = f"{opened.headers['Location']}/accept"
    server.client.post(place, headers=headers, json=ask).raise_for_status()
    return doors


def reused(server: Running, clerk: str, application: Any) -> dict[str, Any]:
    """Opens a case as soon as the city is known to hold what it lacks; returns that address."""
    replies = []

    def is_open() -> bool:
        reply = server.client.post("/api/v1/cases", headers=bearing(clerk), json=application)
        replies.append(reply.json())
        return reply.is_success

    wait_until(is_open)
    address = {"case_id": replies[-1]["id"], "material": IDENTITY_CARD["material"]}
    return {"GET /api/v1/cases/{case_id}/reused/{material}": [address]}


def existing(auditor: Visit, of_a_person: str) -> dict[str, Any]:
    """Known values by parameter, and whole addresses where values have to fit each other."""
    cases = auditor.listed("cases?limit=50", "case_id")
    reviews = auditor.listed("tolerance-reviews", "review_id")
    codes = [*auditor.listed("catalogue", "item_code"), *auditor.listed("disclosures", "code")]
    linked = [
        {"review_id": review, "case_id": case["id"]}
        for review in reviews
        for case in auditor.get(f"tolerance-reviews/{review}")["cases"]
    ]
    known = {"case_id": cases, "review_id": reviews, "stream_id": [*cases, *reviews]}
    known |= {"owner": cases, "code": codes, "export_id": auditor.listed("audit/exports", "id")}
    known |= {"name": ["disclosure", "worklist"], "level": [0], "index": ["000", "000.p/5"]}
    known |= {"size": [auditor.sealed], "from": [1], "to": [2]}
    of_people = ("GET /api/v1/cases/{case_id}/applicant", "GET /api/v1/cases/{case_id}/contact")
    whole = {door: [{"case_id": of_a_person}] for door in of_people} | {
        "GET /api/v1/cases/{case_id}/documents/{kind}": [
            {"case_id": case, "kind": kind} for case in cases for kind in auditor.served(case)
        ],
        "GET /api/v1/files/{owner}/{sha256}": [
            {"owner": case, "sha256": sha256} for case in cases for sha256 in auditor.filed(case)
        ],
        "GET /api/v1/tolerance-reviews/{review_id}/cases/{case_id}": linked,
    }
    return {"known": known, "whole": whole}


def fuzzed(
    location: str, folder: Path, seeds: dict[str, Any], *options: str
) -> CompletedProcess[str]:
    """What schemathesis says of the document at this place."""
    return run(
        *(TOOLS / "bin" / "schemathesis", "--config-file", FUZZ / "schemathesis.toml"),
        *("run", location, "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
        *("--seed", "11", "--generation-database", "none", "--warnings", "off", *options),
        folder=folder,
        SCHEMATHESIS_HOOKS="hooks",
        PYTHONPATH=str(FUZZ),
        SEEDS=json.dumps(seeds),
    )


def successes(server: Running) -> set[str]:
    """The methods and routes that answered with a success, by the log of the server."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line[0] == "{"]
    return {
        f"{line['method']} {line['route']}"
        for line in lines
        if line.get("event") == "request" and line["status"] // 100 == SUCCESS
    }


def test_no_answer_is_a_failure_and_none_is_undocumented(
    demonstration: Running,
    seeds: dict[str, Any],
    document: dict[str, Any],
    tmp_path: Path,
    report: Callable[[str], None],
):
    address = f"{demonstration.client.base_url}/openapi.json"
    done = fuzzed(address, tmp_path, seeds, "--max-examples", str(PER_OPERATION))
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    cases = re.search(r"([\d,]+) generated", done.stdout)
    assert cases is not None, done.stdout[-3000:]
    number, reached = int(cases[1].replace(",", "")), successes(demonstration)
    report(f"schemathesis: {number} requests, all answers documented; {len(reached)} doors opened")
    assert number >= CASES
    reads = {
        f"GET {path}"
        for path, item in document["paths"].items()
        if "get" in item and "x-listener" not in item["get"]  # the public is not shown that one
    }
    assert reads - {each.replace(":path}", "}") for each in reached} == set()


@pytest.mark.parametrize("broken", ["status", "media type", "schema"])
def test_an_answer_that_the_document_does_not_describe_is_found(
    broken: str,
    demonstration: Running,
    seeds: dict[str, Any],
    document: dict[str, Any],
    tmp_path: Path,
):
    wrong = deepcopy(document)
    answers = wrong["paths"]["/livez"]["get"]["responses"]
    match broken:
        case "status":
            answers["204"] = answers.pop("200")
        case "media type":
            answers["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
        case "schema":
            wrong["components"]["schemas"]["Alive"]["required"] = ["dead"]
    place = tmp_path / "openapi.json"
    place.write_text(json.dumps(wrong))
    address = str(demonstration.client.base_url)
    done = fuzzed(str(place), tmp_path, seeds, "--url", address, "--include-path", "/livez")
    assert done.returncode == 1, done.stdout
    assert "1 failure" in done.stdout or "Failures" in done.stdout, done.stdout
