"""The console of auditors: the overview, the list of cases, a person's cases, who read what."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import select, text, update

from application.access.permissions import Role
from infrastructure.database.engine import writing
from infrastructure.database.schema import events
from infrastructure.exports.records import Requester
from infrastructure.spreadsheets.writers import Format
from projections.audit_trail.queries import TrailQuery
from projections.read_model.tables import audit_trail
from tests.api.conftest import CASES, CITIZEN, COMPANY, Badges, Walk, project, the_service
from tests.conftest import Clock
from tests.support.browser_client import OURS, Visitor

CONSOLE = ("/audit", "/audit/cases", "/audit/cases/person", "/audit/reads")
FINDING = re.compile(r'<li>([^<]*)：<a href="([^"]*)">(\d+) \w+</a></li>')
CASE = re.compile(r'<p class="log-what"><a href="/audit/streams/([^"]+)">(.*?)</a>')
READS = "/api/v1/audit/reads"
CODE = COMPANY["code"]
NOBODY = "411281190212169470"


def total(page: str) -> int:
    """Returns how many rows a list says that it has."""
    found = re.search(r"共 (\d+) [条件次]", page)
    return int(found[1]) if found else 0


def noted(visitor: Visitor) -> list[dict]:
    """Returns what the access log has of the signed-in auditor, oldest first."""
    badge = visitor.as_("auditor", "checker")
    lines = visitor.client.get(READS, headers=badge | {"Accept": "*/*"}).json()["items"]
    return [line for line in reversed(lines) if line["person"] == "auditor-01"]


@pytest.fixture
def auditor(visitor: Visitor, walk: Walk) -> Visitor:
    """An auditor who is signed in; there is a sanctioned case of a company."""
    walk.to("penalized")
    project(visitor.client)
    visitor.sign_in()
    return visitor


def findings(visitor: Visitor) -> dict[str, tuple[str, int]]:
    """Returns the address and the number of each sentence of the overview, by its words."""
    project(visitor.client)
    page = unescape(visitor.looks("/audit").text)
    return {words: (address, int(number)) for words, address, number in FINDING.findall(page)}


# the overview -------------------------------------------------------------------------------------


def test_the_console_is_for_auditors_alone(visitor: Visitor):
    for page in CONSOLE:
        assert visitor.looks(page).headers["location"].startswith("/sign-in?next=%2Faudit")
    visitor.sign_in(visitor.token(Role.SUPERVISOR))
    for page in CONSOLE:
        assert visitor.looks(page).status_code == 403, page


def test_each_number_of_the_overview_leads_to_the_list_that_it_counts(auditor: Visitor):
    records = the_service(auditor.client).exporter.records
    records.ask(Requester("feng", "auditor", "审计局"), TrailQuery(), Format.CSV)
    found = findings(auditor)
    numbers = [number for _, number in found.values()]
    assert numbers == [1, 1, 1, 0, 0]
    for address, number in found.values():
        assert total(auditor.looks(address).text) == number, address


def test_the_overview_counts_from_the_last_visit_and_a_reload_changes_nothing(
    auditor: Visitor, clock: Clock, as_: Badges
):
    assert "最近三十天" in auditor.looks("/audit").text
    assert [number for _, number in findings(auditor).values()][:2] == [1, 1]
    clock.go_on(minutes=5)
    auditor.sign_out()
    another = Walk(auditor.client, as_).to("granted")
    clock.go_on(minutes=5)
    auditor.sign_in()
    for _ in range(2):
        assert [number for _, number in findings(auditor).values()][:2] == [1, 0]
    assert "自您上次查阅以来" in auditor.looks("/audit").text
    (address, _), *_ = findings(auditor).values()
    page = auditor.looks(address).text
    assert f"/audit/streams/{another.view['id']}" in page
    assert total(page) == 1


def test_an_event_recorded_long_after_it_happened_is_counted_and_found(auditor: Visitor):
    service = the_service(auditor.client)
    disarm(service.engine)
    with writing(service.engine).begin() as db:
        at = db.scalar(select(audit_trail.c.at).where(audit_trail.c.position == 5))
        row = update(events).where(events.c.position == 5)
        db.execute(row.values(recorded_at=at + timedelta(minutes=11)))
    words = next(each for each in findings(auditor) if "事后记录" in each)
    address, number = findings(auditor)[words]
    page = auditor.looks(address).text
    assert (number, total(page)) == (1, 1)
    assert "日志第 5 号" in page


def disarm(engine) -> None:
    """Lets a test move the time of a record, as nobody can who has not opened the database."""
    with writing(engine).begin() as db:
        if db.dialect.name == "postgresql":
            db.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
            return
        names = db.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
        ).all()
        for (name,) in names:
            db.execute(text(f"DROP TRIGGER {name}"))


def test_a_person_who_acts_in_two_roles_in_one_case_is_counted_and_the_case_found(
    auditor: Visitor, as_: Badges
):
    twice = Walk(auditor.client, as_).to("committed")
    reply = twice.post(
        "decide",
        {
            "outcome": "grant",
            "document": {"number": "义市监许〔2026〕900号", "kind": "licence", "title": "证"},
        },
        **as_(Role.DECISION_OFFICER, "intake_clerk-01"),
    )
    assert reply.is_success, reply.text
    address, number = next(v for k, v in findings(auditor).items() if "两个岗位" in k)
    page = auditor.looks(address).text
    assert (number, total(page)) == (1, 1)
    assert twice.view["id"] in page


# cases --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("applicant=千秋", 1),
        (f"applicant={CODE}", 1),
        (f"applicant={CODE[:4]} {CODE[4:].lower()}", 1),
        ("applicant=千秋&stage=penalized", 1),
        ("stage=granted", 0),
        ("applicant=没有", 0),
        ("applicant=·", 0),
        ("doubled=1", 0),
    ],
)
def test_cases_are_found_by_applicant_and_stage_on_the_page_and_in_the_api(
    auditor: Visitor, query: str, count: int
):
    page = auditor.looks(f"/audit/cases?{query}").text
    data = auditor.client.get(f"/audit/cases.json?{query}").json()
    api = auditor.client.get(
        f"/api/v1/audit/cases?{query}", headers=auditor.as_(Role.AUDITOR)
    ).json()
    assert total(page) == len(data["items"]) == count
    assert data == api
    for case in api["items"]:
        for words in (case["applicant"], case["item_name"], case["code"], "已惩戒"):
            assert words in page
        assert f'href="/audit/streams/{case["case_id"]}"' in page


def test_a_refused_case_is_found_as_well_though_the_public_never_sees_it(
    auditor: Visitor, as_: Badges
):
    for step in ("refused", "withdrawn", "declined"):
        Walk(auditor.client, as_).to(step)
    project(auditor.client)
    assert total(auditor.looks("/audit/cases?applicant=千秋").text) == 4


def test_a_long_list_of_cases_is_read_page_by_page(auditor: Visitor, as_: Badges, clock: Clock):
    for _ in range(52):
        Walk(auditor.client, as_).to("opened")
        clock.go_on(seconds=5)
    project(auditor.client)
    first = auditor.looks("/audit/cases?applicant=千秋").text
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = auditor.looks(unescape(link)).text
    seen = [re.findall(r'<p class="log-what"><a href="([^"]+)"', page) for page in (first, second)]
    assert [len(each) for each in seen] == [50, 3]
    assert len({*seen[0], *seen[1]}) == 53
    assert total(first) == total(second) == 53


# a natural person ---------------------------------------------------------------------------------


@pytest.fixture
def citizens(auditor: Visitor, as_: Badges) -> list[str]:
    """The ids of two cases of one natural person."""
    cases = [Walk(auditor.client, as_, applicant=dict(CITIZEN)).to("cleared") for _ in range(2)]
    project(auditor.client)
    return [case.view["id"] for case in cases]


def sought(visitor: Visitor, id_number: str, purpose: str = "举报核实"):
    form = {"id_number": id_number, "purpose": purpose}
    return visitor.client.post("/audit/cases/person", data=form, headers=OURS)


def test_a_persons_cases_are_found_by_number_and_each_is_noted_as_a_reading_of_identity(
    auditor: Visitor, citizens: list[str]
):
    reply = sought(auditor, f" {CITIZEN['id_number']}")
    assert reply.status_code == 200
    shown = re.findall(
        r'<p class="log-what"><a href="/audit/streams/([^"]+)">(.*?)</a>', reply.text
    )
    assert {id for id, _ in shown} == set(citizens)
    assert {name for _, name in shown} == {"自然人"}
    lines = [line for line in noted(auditor) if line["what"] == "identity"]
    assert {line["stream_id"] for line in lines} == set(citizens)
    assert {line["purpose"] for line in lines} == {"举报核实"}
    for secret in CITIZEN["id_number"], CITIZEN["name"]:
        assert secret not in reply.text
        assert secret not in str(noted(auditor))


def test_looking_for_a_person_without_cases_is_noted_too(auditor: Visitor):
    assert "没有这个人的案件" in sought(auditor, NOBODY).text
    (line,) = [line for line in noted(auditor) if line["what"] == "identity"]
    assert (line["stream_id"], line["purpose"]) == (None, "举报核实")
    assert NOBODY not in str(line)


@pytest.mark.parametrize(
    ("number", "purpose", "field"),
    [("123", "核实", "id_number"), ("", "核实", "id_number"), (NOBODY, "", "purpose")],
)
def test_a_number_or_a_purpose_that_is_wrong_is_told_at_its_field_and_never_repeated(
    auditor: Visitor, number: str, purpose: str, field: str
):
    before = len(noted(auditor))
    reply = sought(auditor, number, purpose)
    assert reply.status_code == 422
    assert f'aria-describedby="{field}-wrong"' in reply.text
    assert not number or f'value="{number}"' not in reply.text
    assert f'value="{purpose}"' in reply.text
    assert len(noted(auditor)) == before


def test_a_persons_cases_are_not_looked_for_from_another_site(auditor: Visitor):
    reply = auditor.client.post(
        "/audit/cases/person", data={}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert reply.status_code == 403


def test_a_persons_case_is_listed_without_name_on_every_page(auditor: Visitor, citizens: list[str]):
    for page in (
        "/audit/cases",
        "/audit/search",
        "/audit/reads",
        f"/audit/search?stream={citizens[0]}",
    ):
        shown = auditor.looks(page).text
        assert CITIZEN["name"] not in shown and CITIZEN["id_number"] not in shown
    assert ">自然人</a>" in auditor.looks("/audit/cases").text
    assert total(auditor.looks(f"/audit/search?applicant={quote(CITIZEN['name'])}").text) == 0


# who read what ------------------------------------------------------------------------------------


def test_the_page_of_readings_is_filtered_by_person_case_kind_purpose_and_day(
    auditor: Visitor, citizens: list[str], as_: Badges
):
    case = f"{CASES}/{citizens[0]}"
    for role, purpose in (("inspector", "电话核实"), ("intake_clerk", "补正通知")):
        address = f"{case}/applicant?purpose={purpose}"
        assert auditor.client.get(address, headers=as_(role)).is_success
    auditor.client.get(case, headers=as_("inspector"))
    for query, count in (
        ("personal=1", 2),
        ("what=identity&person=inspector-01", 1),
        ("person=Inspector-01", 2),
        (f"stream={citizens[0]}", 4),  # this reading of its readings is the fourth
        (f"stream={citizens[1]}", 1),
        ("purpose=电话", 1),
        ("purpose=100%", 0),
        ("personal=1&since=2026-09-28&until=2026-09-28", 2),
        ("personal=1&until=2026-09-27", 0),
    ):
        page = auditor.looks(f"/audit/reads?{query}").text
        assert total(page) == page.count('<p class="log-what">') == count, query
        data = auditor.client.get(f"/audit/reads.json?{query}").json()
        assert len(data["items"]) == count + ("stream" in query)
    assert "用途：电话核实" in auditor.looks("/audit/reads?purpose=电话").text


def test_the_filter_of_the_purpose_is_on_the_api_too(
    auditor: Visitor, citizens: list[str], as_: Badges
):
    address = f"{CASES}/{citizens[0]}/applicant?purpose=电话核实"
    assert auditor.client.get(address, headers=as_("inspector")).is_success
    reply = auditor.client.get(f"{READS}?purpose=电话", headers=as_("auditor"))
    assert [line["purpose"] for line in reply.json()["items"]] == ["电话核实"]


VIEWS: list[tuple[str, str]] = [
    ("/audit", "overview"),
    ("/audit/search?role=inspector", "search"),
    ("/audit/search.json", "trail"),
    ("/audit/cases?applicant=千秋", "cases"),
    ("/audit/cases.json", "cases"),
    ("/audit/reads", "reads"),
    ("/audit/reads.json", "reads"),
    ("/audit/exports", "export"),
    ("/audit/tolerance", "reviews"),
]


@pytest.mark.parametrize(("page", "what"), VIEWS)
def test_each_view_of_a_page_is_noted_once(auditor: Visitor, page: str, what: str):
    before = len(noted(auditor))
    assert auditor.looks(page).status_code == 200
    assert [line["what"] for line in noted(auditor)[before:]] == [what]


def test_a_search_that_is_refused_or_sent_on_is_not_noted(auditor: Visitor):
    before = len(noted(auditor))
    for page in ("/audit?role=inspector", "/audit/cases?stage=xx", "/audit/reads?stream=x"):
        auditor.looks(page)
    assert len(noted(auditor)) == before
