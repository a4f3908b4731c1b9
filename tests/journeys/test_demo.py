"""The demonstration: it has every kind of case and publishes no natural person."""

import json
import os
import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from domain.case import events as e
from domain.case.case import Case
from domain.case.stages import Hearing, Stage, Supply
from domain.catalogue.terms import CommitmentType, ItemField
from domain.signatures.verification import Attested
from domain.tolerance.grounds import GroundKind, Outcome
from domain.values.parties import Channel, Organisation, Person
from domain.values.workdays import local_date
from infrastructure.container import Container, build
from infrastructure.settings import Settings
from tests.journeys.conftest import SCRIPTS

SAMPLES = Path(__file__).parents[2] / "api" / "demo" / "samples"
CASES = 200
ENDS = {
    Stage.REFUSED,
    Stage.FULFILLED,
    Stage.PENALIZED,
    Stage.SPARED,
    Stage.DIVERTED,
}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a folder after `xinnuo migrate` and `xinnuo demo`."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XINNUO_")}
    environment["XINNUO_DATA_DIR"] = str(folder)
    for command in (["migrate"], ["demo", "--cases", str(CASES)]):
        subprocess.run(
            [SCRIPTS / "xinnuo", *command], env=environment, check=True, capture_output=True
        )
    return Settings(data_dir=folder)


@pytest.fixture(scope="module")
def service(settings: Settings) -> Iterator[Container]:
    service = build(settings)
    yield service
    service.close()


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="module")
def cases(service: Container) -> list[Case]:
    """Every case, replayed from its events."""
    log = service.repository.recorder.select_notifications(None, 10_000)
    opened = [note.originator_id for note in log if note.topic == e.CaseOpened.TOPIC]
    return [service.repository.get(Case, id) for id in opened]


def public_entries(client: TestClient) -> Iterator[dict[str, str]]:
    """Every entry of the public list, read page by page."""
    cursor = None
    while True:
        query = {"limit": 30} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/disclosures", params=query).json()
        yield from page["items"]
        if (cursor := page["next"]) is None:
            return


def test_the_demonstration_has_the_requested_number_of_cases(cases: list[Case]):
    assert len(cases) == CASES


def test_the_demonstration_has_cases_of_both_types_and_with_every_end(cases: list[Case]):
    assert {case.kind for case in cases} == set(CommitmentType)
    assert {case.stage for case in cases} >= ENDS


def test_the_desks_of_the_demonstration_have_work_at_every_open_stage(
    cases: list[Case], service: Container
):
    open_cases = [case for case in cases if case.stage not in ENDS]
    stages = Counter(case.stage for case in open_cases)
    assert all(stages[stage] >= 7 for stage in Stage if stage not in ENDS)
    hearings = {case.hearing for case in open_cases if case.stage is Stage.UNRECTIFIED}
    assert hearings == set(Hearing)
    assert {case.kind for case in open_cases} == set(CommitmentType)
    assert len({case.pinned.item.department.code for case in open_cases}) >= 5
    assert any(isinstance(case.applicant, Person) for case in open_cases)
    granted = [case for case in open_cases if case.stage is Stage.GRANTED]
    materials = [material for case in granted for material in case.supplements.values()]
    assert {material.supply for material in materials} >= {Supply.AWAITED, Supply.SUPPLIED}
    assert any(case.last(e.MaterialReturned) for case in granted)
    today = local_date(service.clock())
    owed = [duty for case in open_cases for duty in case.duties]
    assert {duty.action for duty in owed} >= {"query", "notify", "commit", "decide", "inspect"}
    assert any(duty.due.on < today for duty in owed)
    assert any(duty.due.on > today for duty in owed)


def test_what_needs_a_check_by_two_was_checked_before_its_grant(cases: list[Case]):
    needing = [case for case in cases if case.terms.substantive_check]
    granted = [case for case in needing if case.last(e.ApplicationGranted)]
    assert needing
    assert all(case.checked for case in granted)


def test_a_seal_at_the_counter_is_on_paper_and_items_fit_their_applicants(cases: list[Case]):
    for case in cases:
        if promise := case.last(e.CommitmentMade):
            assert promise.letter.channel is Channel.COUNTER
            assert promise.letter.verification == Attested()
        person = isinstance(case.applicant, Person)
        assert person is (case.pinned.item.field is ItemField.CITIZEN)


def test_the_demonstration_has_reviews_on_every_ground_and_with_every_outcome(client: TestClient):
    counts = client.get("/api/v1/tolerance-counts").json()
    assert {each["outcome"] for each in counts} == set(Outcome)
    assert {each["ground"] for each in counts} == set(GroundKind)


def test_the_demonstration_has_a_diverted_case_for_each_reason(cases: list[Case]):
    reasons = (e.CreditExcluded, e.CommitmentDeclined, e.CaseWithdrawn)
    assert all(any(case.last(reason) for case in cases) for reason in reasons)


def test_the_public_list_is_the_granted_cases_of_organisations(
    client: TestClient, service: Container, cases: list[Case]
):
    today = local_date(service.clock())
    expected = {
        promise.code
        for case in cases
        if isinstance(case.applicant, Organisation)
        and case.last(e.ApplicationGranted)
        and (promise := case.last(e.CommitmentMade))
        and not publicity_is_over(case, today)
    }
    listed = [entry["code"] for entry in public_entries(client)]
    assert len(listed) == len(set(listed))
    assert set(listed) == expected


def publicity_is_over(case: Case, today: object) -> bool:
    """True if the sanction's longest period of publicity has ended."""
    penalty = case.last(e.PenaltyImposed)
    return bool(penalty and penalty.publicity and penalty.publicity.latest_end < today)


def test_no_person_is_named_in_public(client: TestClient, cases: list[Case], service: Container):
    persons = [case for case in cases if not isinstance(case.applicant, Organisation)]
    assert persons
    text = everything_public(client)
    assert "有限公司" in text
    for case in persons:
        details = service.repository.vault.reveal(case.applicant.ref).details
        promise = case.last(e.CommitmentMade)
        secrets = (details.name, details.id_number, str(case.applicant.ref), str(case.id))
        assert not [secret for secret in secrets if secret in text]
        assert promise is None or promise.code not in text


def everything_public(client: TestClient) -> str:
    """The text of everything that can be read without a token: lists, entries, pages."""
    texts = []
    for entry in public_entries(client):
        for address in ("/api/v1/disclosures/", "/disclosures/"):
            texts.append(client.get(address + entry["code"], headers=HTML).text)
    address = "/"
    while address:
        page = client.get(address, headers=HTML).text
        texts.append(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
    lists = ("/api/v1/catalogue", "/catalogue", "/about", "/metrics", "/readyz")
    return "\n".join(texts + [client.get(address).text for address in lists])


def test_the_database_holds_no_natural_person_in_plain_text(settings: Settings):
    persons = json.loads((SAMPLES / "names.json").read_text("utf-8"))["persons"]
    with sqlite3.connect(settings.data_dir / "xinnuo.db") as db:
        dump = "\n".join(db.iterdump())
    db.close()
    assert not [each for each in persons if each["number"] in dump or each["name"] in dump]


def test_the_site_says_that_it_is_a_demonstration(client: TestClient):
    assert "均为虚构" in client.get("/", headers=HTML).text
