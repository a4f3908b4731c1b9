"""Names over HTTP: another name for a known code is told, a correction shows everywhere."""

from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from infrastructure.database.schema import credit_intake
from tests.api.conftest import (
    CASES,
    CITIZEN,
    ELSEWHERE,
    PAPER,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.conftest import Clock
from tests.support.browser_client import Visitor

CLERK, DECIDER = "intake_clerk", "decision_officer"
COMPANY = {"kind": "organisation", "code": "91411281MA9KXNT179", "name": "义马市千秋食品有限公司"}
RIGHT = "义马市百味食品有限公司"
CHANGED = {"reason": "已办理名称变更登记", "evidence": PAPER}
MISTYPED = {"reason": "录入有误，已与证件核对", "evidence": PAPER}


def person(name: str, number: str = "411281198503150020") -> dict[str, str]:
    return {"kind": "person", "name": name, "id_number": number}


def opened(client: TestClient, as_: Badges, applicant: dict[str, str], **more: Any) -> Response:
    """Requests the opening of a case for this applicant."""
    facts = Walk(client, as_, applicant=applicant).application | more
    return client.post(CASES, json=facts, headers=as_(CLERK))


def case_of(client: TestClient, as_: Badges, applicant: dict[str, str], **more: Any) -> str:
    """Opens a case and returns its address."""
    reply = opened(client, as_, applicant, **more)
    assert reply.status_code == 201, reply.text
    return reply.headers["Location"]


def corrected(client: TestClient, as_: Badges, case: str, name: str, **who: Any) -> Response:
    headers = as_(**{"role": DECIDER} | who)
    return client.post(f"{case}/correct", json=MISTYPED | {"correct_name": name}, headers=headers)


def applicant_of(client: TestClient, as_: Badges, case: str, **when: Any) -> dict[str, Any]:
    reply = client.get(f"{case}/applicant", params=when, headers=as_(CLERK))
    assert reply.is_success, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


def is_conflict(reply: Response, *names: str) -> None:
    assert (reply.status_code, reply.json()["code"]) == (409, "identity-conflict"), reply.text
    assert not [name for name in names if name in reply.text], "no name is repeated"


# conflicts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (person("王小明"), person("李四")),
        (person("张三"), person("张三丰")),
        (COMPANY, COMPANY | {"name": "完全不同的公司"}),
        (COMPANY, COMPANY | {"code": " 91411281ma9kxnt179", "name": "义马市千秋食品厂"}),
        (person("王小明"), person("王小朋", number="４１１２８１１９８５０３１５００２０")),
    ],
    ids=["a person", "a longer name", "a company", "a code in small letters", "a wide number"],
)
def test_a_known_code_under_another_name_is_told_and_changes_nothing(
    client: TestClient, as_: Badges, first: dict[str, str], second: dict[str, str]
):
    case_of(client, as_, first)
    size = log_size(client)
    is_conflict(opened(client, as_, second), first["name"], second["name"])
    assert log_size(client) == size
    assert opened(client, as_, first).status_code == 201


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (person("阿迪力•某某", number="411281199001010014"), "阿迪力·某某"),
        (person("阿迪力·某某", number="411281199001010014"), "阿迪力‧某\u200b某"),
        (COMPANY, "义⻢市千秋⻝品有限公司"),
        (COMPANY | {"name": "义马（集团）有限公司A"}, "义马(集团)有限公司Ａ"),
        (COMPANY | {"name": "义马市 千秋 食品有限公司"}, "义马市千秋食品有限公司"),
    ],
    ids=["dots", "an invisible character", "radicals of a PDF", "width", "spaces"],
)
def test_a_name_that_prints_alike_is_the_same_name(
    client: TestClient, as_: Badges, first: dict[str, str], again: str
):
    case_of(client, as_, first)
    case = case_of(client, as_, first | {"name": again})
    if first["kind"] == "person":
        assert applicant_of(client, as_, case)["name"] == first["name"]


def test_a_conflict_names_the_next_step(client: TestClient, as_: Badges):
    case_of(client, as_, COMPANY)
    detail = opened(client, as_, COMPANY | {"name": RIGHT}).json()["detail"]
    assert [word for word in ("核对证件", "renamed", "更正") if word not in detail] == []


# changes of name by law -------------------------------------------------------------------------


def test_a_company_that_has_changed_its_name_applies_under_the_new_one(
    client: TestClient, as_: Badges
):
    old = case_of(client, as_, COMPANY)
    renamed = CHANGED | {"former": "义马市千秋食品有限公司 "}
    new = case_of(client, as_, COMPANY | {"name": RIGHT}, renamed=renamed)
    names = [client.get(case, headers=as_("auditor")).json() for case in (old, new)]
    assert [case["applicant"]["name"] for case in names] == [COMPANY["name"], RIGHT]
    (first,) = client.get(f"{new}/history", headers=as_(CLERK)).json()
    assert f"名称由“{COMPANY['name']}”依法变更：已办理名称变更登记" in first["sentence"]
    proof, served, *_ = first["documents"]
    assert proof == {"name": "姓名（名称）变更的证明文件", "sha256": PAPER}
    assert served["name"] == "送达文书的内容"
    is_conflict(opened(client, as_, COMPANY), COMPANY["name"], RIGHT)


def test_a_person_who_has_changed_their_name_is_known_by_both_in_their_times(
    client: TestClient, as_: Badges, clock: Clock
):
    old = case_of(client, as_, person("王小明"))
    before = clock.now
    clock.go_on(days=3)
    changed = {"former": "王小明", "reason": "户口登记姓名已变更", "evidence": PAPER}
    new = case_of(client, as_, person("王晓明"), renamed=changed)
    now = applicant_of(client, as_, old)
    assert (now["name"], now["version"], now["origin"]) == ("王晓明", 2, "renamed")
    assert applicant_of(client, as_, old, at=before.isoformat())["name"] == "王小明"
    history = client.get(f"{new}/history", headers=as_(CLERK)).text
    assert "姓名已依法变更：户口登记姓名已变更" in history
    assert "王" not in history


def test_a_change_that_does_not_cite_the_registered_name_is_refused(
    client: TestClient, as_: Badges
):
    """So a clerk alone cannot put another name over one that was wrong."""
    for first, second in ((COMPANY, COMPANY | {"name": RIGHT}), (person("王小明"), person("李四"))):
        case_of(client, as_, first)
        size = log_size(client)
        renamed = CHANGED | {"former": "某某"}
        is_conflict(opened(client, as_, second, renamed=renamed), first["name"], second["name"])
        assert log_size(client) == size


def test_a_change_of_a_name_that_is_not_registered_differently_is_refused(
    client: TestClient, as_: Badges
):
    renamed = CHANGED | {"former": "某某"}
    for known in (False, True):
        reply = opened(client, as_, COMPANY, renamed=renamed)
        assert (reply.status_code, reply.json()["rule"]) == (409, "another_name_is_registered")
        if not known:
            case_of(client, as_, COMPANY)


def test_the_reason_of_a_change_names_no_person(client: TestClient, as_: Badges):
    case_of(client, as_, person("王小明"))
    for reason in ("王小明改名", "改名为王 晓 明"):
        changed = {"former": "王小明", "reason": reason, "evidence": PAPER}
        reply = opened(client, as_, person("王晓明"), renamed=changed)
        assert (reply.status_code, reply.json()["rule"]) == (409, "reason_names_nobody")
        assert "王" not in reply.text


# corrections ------------------------------------------------------------------------------------


def test_after_one_correction_both_cases_of_a_person_show_the_right_name(
    client: TestClient, as_: Badges, clock: Clock
):
    cases = [case_of(client, as_, person("王小朋")) for _ in range(2)]
    before = clock.now
    clock.go_on(hours=1)
    reply = corrected(client, as_, cases[0], "王小明")
    assert (reply.status_code, reply.json()["identity"]) == (200, "corrected")
    shown = [applicant_of(client, as_, case) for case in cases]
    assert [(each["name"], each["version"], each["origin_label"]) for each in shown] == [
        ("王小明", 2, "更正")
    ] * 2
    for when in ({"version": 1}, {"at": before.isoformat()}):
        then = applicant_of(client, as_, cases[0], **when)
        assert (then["name"], then["version"], then["origin"]) == ("王小朋", 1, "given")
    assert applicant_of(client, as_, cases[0], version=2)["name"] == "王小明"
    assert opened(client, as_, person("王小明")).status_code == 201
    is_conflict(opened(client, as_, person("王小朋")), "王小朋", "王小明")


def test_the_correction_of_a_person_is_recorded_without_a_name(
    client: TestClient, as_: Badges, visitor: Visitor
):
    case = case_of(client, as_, person("王小朋"))
    corrected(client, as_, case, "王小明")
    history = client.get(f"{case}/history", headers=as_(CLERK))
    said = "更正申请人的姓名（现为第2版）：录入有误，已与证件核对"
    assert history.json()[1]["sentence"].endswith(said)
    assert "王" not in history.text
    project(client)
    visitor.sign_in()
    page = visitor.looks(f"/audit/streams/{case.rpartition('/')[2]}").text
    assert said in page
    assert "王小" not in page


def test_after_one_correction_every_case_under_the_wrong_name_shows_the_right_one(
    client: TestClient, as_: Badges
):
    walk = Walk(client, as_, applicant=dict(COMPANY)).to("granted")
    other = Walk(client, as_, applicant=dict(COMPANY)).to("granted")
    assert corrected(client, as_, walk.url, RIGHT).json()["applicant"]["name"] == RIGHT
    project(client)
    for each in (walk, other):
        assert each.get().json()["applicant"]["name"] == RIGHT
        assert each.get(version=5).json()["applicant"]["name"] == COMPANY["name"]
    listed = client.get("/api/v1/disclosures").json()["items"]
    assert {each["subject_name"] for each in listed} == {RIGHT}
    assert len(client.get("/api/v1/disclosures?q=百味").json()["items"]) == 2
    assert client.get("/api/v1/disclosures?q=千秋").json()["items"] == []
    lines = client.get(CASES, headers=as_(CLERK)).json()["items"]
    assert {line["applicant"] for line in lines} == {RIGHT}


def test_the_other_case_says_which_correction_reached_it(client: TestClient, as_: Badges):
    first, second = (case_of(client, as_, COMPANY) for _ in range(2))
    corrected(client, as_, first, RIGHT)
    entry = client.get(f"{second}/history", headers=as_(CLERK)).json()[-1]
    assert entry["sentence"].endswith(
        f"更正申请人的名称，“{COMPANY['name']}”更正为“{RIGHT}”：录入有误，已与证件核对"
    )
    assert entry["cause"]["stream_id"] == first.rpartition("/")[2]
    assert entry["cause"]["version"] == 2
    assert (entry["by"]["person"], entry["command"]) == ("decision_officer-01", "correct")


def test_a_case_under_an_earlier_name_keeps_it(client: TestClient, as_: Badges):
    earlier = case_of(client, as_, COMPANY)
    mistyped = COMPANY | {"name": "义马市百昧食品有限公司"}
    later = case_of(client, as_, mistyped, renamed=CHANGED | {"former": COMPANY["name"]})
    assert corrected(client, as_, later, RIGHT).is_success
    shown = [client.get(case, headers=as_("auditor")).json() for case in (earlier, later)]
    assert [case["applicant"]["name"] for case in shown] == [COMPANY["name"], RIGHT]
    assert corrected(client, as_, earlier, "义马市千秋食品厂").is_success
    assert opened(client, as_, COMPANY | {"name": RIGHT}).status_code == 201


@pytest.mark.parametrize("applicant", [COMPANY, person("王小朋")], ids=["company", "person"])
def test_a_closed_case_can_be_corrected(client: TestClient, as_: Badges, applicant: dict[str, str]):
    walk = Walk(client, as_, applicant=applicant).to("withdrawn")
    assert walk.get(role=DECIDER).json()["actions"][0]["label"] == "更正姓名（名称）"
    assert corrected(client, as_, walk.url, RIGHT).is_success


@pytest.mark.parametrize("applicant", [COMPANY, person("王小朋")], ids=["company", "person"])
def test_a_name_is_corrected_by_a_second_person_only(
    client: TestClient, as_: Badges, applicant: dict[str, str]
):
    case = case_of(client, as_, applicant)
    size = log_size(client)
    for opener in ("intake_clerk-01", "ｉｎｔａｋｅ_clerk-01", "INTAKE_CLERK-01"):
        reply = corrected(client, as_, case, RIGHT, person=opener)
        assert (reply.status_code, reply.json()["rule"]) == (409, "name_was_given_by_another")
    assert log_size(client) == size
    assert corrected(client, as_, case, RIGHT).is_success
    again = corrected(client, as_, case, "义马市千秋食品厂")
    assert (again.status_code, again.json()["rule"]) == (409, "name_was_given_by_another")
    other = case_of(client, as_, applicant | {"name": RIGHT})
    again = corrected(client, as_, other, "义马市千秋食品厂")
    assert (again.status_code, again.json()["rule"]) == (409, "name_was_given_by_another")


@pytest.mark.parametrize("applicant", [COMPANY, person("王小朋")], ids=["company", "person"])
def test_a_correction_changes_something(client: TestClient, as_: Badges, applicant: dict[str, str]):
    case = case_of(client, as_, applicant)
    reply = corrected(client, as_, case, applicant["name"])
    assert (reply.status_code, reply.json()["rule"]) == (409, "something_is_corrected")
    spelt = applicant["name"][:3] + "·" + applicant["name"][3:]
    assert corrected(client, as_, case, spelt).is_success, "a spelling can be corrected"


def test_the_reason_of_a_correction_names_no_person(client: TestClient, as_: Badges):
    case = case_of(client, as_, person("王小朋"))
    for reason in ("应为王小明", "王小朋有误"):
        said = {"correct_name": "王小明", "reason": reason, "evidence": PAPER}
        reply = client.post(f"{case}/correct", json=said, headers=as_(DECIDER))
        assert (reply.status_code, reply.json()["rule"]) == (409, "reason_names_nobody")
        assert "王" not in reply.text


def test_a_correction_is_made_by_the_office_that_accepts_the_case(client: TestClient, as_: Badges):
    case = case_of(client, as_, COMPANY)
    for who in ({"role": CLERK}, {"role": "auditor"}, {"department": ELSEWHERE}):
        assert corrected(client, as_, case, RIGHT, **who).status_code == 403


def test_a_repeated_correction_is_made_once(client: TestClient, as_: Badges):
    first, _ = (case_of(client, as_, COMPANY) for _ in range(2))
    size, body = log_size(client), MISTYPED | {"correct_name": RIGHT}
    headers = as_(DECIDER) | {"Idempotency-Key": "k-1", "If-Match": '"1"'}
    replies = [client.post(f"{first}/correct", json=body, headers=headers) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].json() == replies[1].json()
    assert log_size(client) == size + 3, "the name, the case and the filed proof"
    assert replies[0].headers["X-Position"] == str(size + 3), "the last of the three events"


def test_a_stale_correction_reaches_no_case(client: TestClient, as_: Badges):
    first, second = (case_of(client, as_, COMPANY) for _ in range(2))
    client.post(f"{first}/query", headers=as_(CLERK))
    size, body = log_size(client), MISTYPED | {"correct_name": RIGHT}
    headers = as_(DECIDER) | {"If-Match": '"1"'}
    assert client.post(f"{first}/correct", json=body, headers=headers).status_code == 412
    assert log_size(client) == size
    assert client.get(second, headers=as_(CLERK)).json()["applicant"] == COMPANY


def test_the_platform_is_told_that_a_published_name_was_corrected(client: TestClient, as_: Badges):
    walk = Walk(client, as_).to("granted")
    assert corrected(client, as_, walk.url, RIGHT).is_success
    service = the_service(client)
    service.relay.run()
    with service.engine.connect() as db:
        told = db.execute(select(credit_intake).order_by(credit_intake.c.position)).all()
    assert [row.topic for row in told][-1] == "case/identity-corrected"
    assert told[-1].code == walk.view["commitment"]["code"]


def test_no_log_line_and_no_refusal_repeats_a_person(client: TestClient, as_: Badges, logs: Any):
    case = case_of(client, as_, CITIZEN)
    opened(client, as_, CITIZEN | {"name": "司马相如"})
    corrected(client, as_, case, "诸葛孔明")
    assert not [
        name for name in (CITIZEN["name"], "司马相如", "诸葛孔明") if name in logs.getvalue()
    ]
