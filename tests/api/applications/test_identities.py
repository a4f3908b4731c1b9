"""Who applies, over HTTP: each identity with its own answer; nothing personal outside the vault."""

from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.conftest import (
    CASES,
    CITIZEN,
    COMPANY,
    PAPER,
    Badges,
    Walk,
    log_size,
    project,
    the_service,
)
from tests.domain.values.test_kinds_of_numbers import number_of
from tests.support.service_driver import everything


def born_in(year: int) -> str:
    return number_of(f"411281{year}0101001")


def of(region: str) -> str:
    """The number of somebody born in 1990, with another beginning."""
    return number_of(f"{region}19900101001")


CHILD, TEENAGER, YOUTH, ADULT = map(born_in, (2020, 2013, 2010, 1991))
GROWN_UP = born_in(1985)
RESIDENT, HM = "hmt_residence_permit", "hm_travel_permit"
TAIWAN = "taiwan_travel_permit"
GUARDIAN = {"name": "监护某人", "id_number": GROWN_UP, "relation": "parent", "evidence": PAPER}
REPRESENTS = {"guardian": GUARDIAN | {"part": "represents"}}
CONSENTS = {"guardian": GUARDIAN | {"part": "consents"}}
INCOME = {"own_income": {"finding": "在本市企业就业一年，已核对工资流水", "evidence": PAPER}}
BORN, SIX = {"born": "1990-01-01"}, {"born": "2020-01-01"}


def person(number: str, kind: str = "", country: str = "", **more: Any) -> dict[str, Any]:
    document = {"kind": kind} | ({"country": country} if country else {})
    return (
        {"kind": "person", "name": "申请某人", "id_number": number}
        | ({"document": document} if kind else {})
        | more
    )


def opens(
    client: TestClient, as_: Badges, applicant: dict[str, Any], more: dict[str, Any]
) -> Response:
    facts = Walk(client, as_, applicant=applicant).application | more
    return client.post(CASES, json=facts, headers=as_("intake_clerk"))


def agreed(first: dict[str, Any]) -> dict[str, Any]:
    return {"guardian": first["guardian"] | {"agrees_to_processing": True}}


BY_A_CHILD = {"guardian": CONSENTS["guardian"] | {"id_number": TEENAGER}}
ONESELF = person(GROWN_UP) | {"name": "监护某人"}
CAPACITY, PLAUSIBLE = "capacity_is_sufficient", "birth_is_plausible"
OF_A_PERSON = "guardian_is_of_a_person"
PR = "permanent_resident_id"
PASSPORT = ("A1234567", "passport", "USA")
# fmt: off
ANSWERS = {
    "a six-year-old alone":         (person(CHILD), {}, 409, CAPACITY, "第二十条"),
    "a six-year-old with consent":  (person(CHILD), agreed(CONSENTS), 409, CAPACITY, "选择代理"),
    "a six-year-old, not asked":    (person(CHILD), REPRESENTS, 409, CAPACITY, "法》第三十一条"),
    "a six-year-old, represented":  (person(CHILD), agreed(REPRESENTS), 201, "", ""),
    "thirteen, alone":              (person(TEENAGER), {}, 409, CAPACITY, "第十九条"),
    "thirteen, not asked":          (person(TEENAGER), CONSENTS, 409, CAPACITY, "第三十一条"),
    "thirteen, with consent":       (person(TEENAGER), agreed(CONSENTS), 201, "", ""),
    "thirteen, own income":         (person(TEENAGER), INCOME, 409, CAPACITY, "第十八条"),
    "sixteen, alone":               (person(YOUTH), {}, 409, CAPACITY, "第十九条"),
    "sixteen, with consent":        (person(YOUTH), CONSENTS, 201, "", ""),
    "sixteen, own income":          (person(YOUTH), INCOME, 201, "", ""),
    "a guardian who is a child":    (person(YOUTH), BY_A_CHILD, 409, CAPACITY, "第二十七条"),
    "a guardian of oneself":        (ONESELF, CONSENTS, 409, OF_A_PERSON, "不能是申请人本人"),
    "a guardian of a company":      (COMPANY, CONSENTS, 409, OF_A_PERSON, "只由自然人"),
    "an adult with a guardian":     (person(ADULT), REPRESENTS, 201, "", ""),
    "born in 2099":                 (person(born_in(2099)), {}, 409, PLAUSIBLE, "今天之后"),
    "born in 1800":                 (person(born_in(1800)), {}, 422, "", "早于1890"),
    "born in 1800, by a passport":  (person(*PASSPORT, born="1800-01-01"), {}, 422, "", "早于1890"),
    "a number of 15 digits":        (person("411281900101001"), {}, 422, "", "旧的15位"),
    "a resident of Hong Kong":      (person(of("810000")), {}, 201, RESIDENT, ""),
    "a resident of Macao":          (person(of("820000"), RESIDENT), {}, 201, RESIDENT, ""),
    "a resident of Taiwan":         (person(of("830000")), {}, 201, RESIDENT, ""),
    "a permit from Hong Kong":      (person("H12345678", HM, **BORN), {}, 201, HM, ""),
    "a permit without a birth":     (person("H12345678", HM), {}, 422, "", "请填写证件上的"),
    "a permit from Taiwan":         (person("12345678", TAIWAN, **BORN), {}, 201, TAIWAN, ""),
    "an old card of a foreigner":   (person("USA110199001010", PR, **BORN), {}, 201, PR, ""),
    "a new card of a foreigner":    (person(of("911840")), {}, 201, PR, ""),
    "a passport":                   (person(*PASSPORT, **BORN), {}, 201, "passport", ""),
    "a passport without a country": (person(*PASSPORT[:2], **BORN), {}, 422, "", "签发的国家"),
    "a passport of a child":        (person(*PASSPORT, **SIX), {}, 409, CAPACITY, "第二十条"),
}
# fmt: on
"""Who applies, with whom; the status, the rule or the kind of document, a part of the reason."""


def test_every_identity_has_its_own_answer(client: TestClient, as_: Badges):
    for name, (applicant, more, status, which, part) in ANSWERS.items():
        size, reply = log_size(client), opens(client, as_, applicant, more)
        assert reply.status_code == status, (name, reply.text)
        if status == 201:
            shown = known(client, as_, reply.headers["Location"])
            assert shown["document"] == (which or "resident_id"), name
            assert (shown["guardian"] is None) is ("guardian" not in more), name
            continue
        told = reply.json()
        assert part in (told["detail"] if status == 409 else told["errors"][0]["detail"]), name
        assert told.get("rule", "") == which, name
        assert log_size(client) == size, name
        said = [GROWN_UP, applicant.get("id_number", GROWN_UP), "申请某人", "监护某人"]
        assert [each for each in said if each in reply.text] == [], name


def known(client: TestClient, as_: Badges, case: str) -> dict[str, Any]:
    reply = client.get(f"{case}/applicant", headers=as_("intake_clerk"))
    assert reply.is_success, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


def test_the_same_number_of_two_documents_is_of_two_persons(client: TestClient, as_: Badges):
    names = {"USA": "ANNA", "JPN": "BERTA"}
    for country, name in names.items():
        applicant = person("12345678", "passport", country, **BORN) | {"name": name}
        case = opens(client, as_, applicant, {}).headers["Location"]
        assert (known(client, as_, case)["name"], known(client, as_, case)["country"]) == (
            name,
            country,
        )
    clash = opens(client, as_, person("12345678", "passport", "USA", **BORN), {})
    assert (clash.status_code, clash.json()["code"]) == (409, "identity-conflict")
    assert "ANNA" not in clash.text


def test_a_card_that_was_renewed_is_of_the_same_person(client: TestClient, as_: Badges):
    for number in ("H1234567800", "h12345678", "H1234567801"):
        assert opens(client, as_, person(number, HM, **BORN), {}).status_code == 201
    clash = person("H1234567802", HM, **BORN) | {"name": "另一人"}
    assert opens(client, as_, clash, {}).json()["code"] == "identity-conflict"


def test_a_guardian_under_another_name_is_told(client: TestClient, as_: Badges):
    assert opens(client, as_, person(GROWN_UP), {}).status_code == 201
    size, reply = log_size(client), opens(client, as_, person(YOUTH), CONSENTS)
    assert (reply.status_code, reply.json()["code"]) == (409, "identity-conflict")
    assert "监护人的证件号码已登记为另一姓名" in reply.json()["detail"]
    assert log_size(client) == size


def test_the_name_of_a_guardian_is_corrected_by_a_second_person(client: TestClient, as_: Badges):
    case = opens(client, as_, person(YOUTH), CONSENTS).headers["Location"]
    alone = opens(client, as_, person(ADULT), {}).headers["Location"]
    body = {
        "whose": "guardian",
        "correct_name": "监护人某",
        "reason": "录入有误",
        "evidence": PAPER,
    }
    decider = as_("decision_officer")
    refused = client.post(f"{alone}/correct", json=body, headers=decider)
    assert refused.json()["rule"] == "the_guardian_is_known"
    named = client.post(f"{case}/correct", json=body | {"reason": "监护某人有误"}, headers=decider)
    assert named.json()["rule"] == "reason_names_nobody"
    assert client.post(f"{case}/correct", json=body, headers=decider).is_success
    shown = known(client, as_, case)
    assert (shown["name"], shown["guardian"]["name"]) == ("申请某人", "监护人某")
    said = client.get(f"{case}/history", headers=as_("auditor")).json()[-1]["sentence"]
    assert said.endswith("更正监护人的姓名（现为第2版）：录入有误")


def test_who_a_guardian_is_stands_in_the_vault_alone(client: TestClient, as_: Badges):
    applicant = person("A1234567", "passport", "USA", born="2015-05-05")
    reply = opens(client, as_, applicant, agreed(CONSENTS))
    case = reply.headers["Location"]
    shown = known(client, as_, case)["guardian"]
    assert (shown["name"], shown["id_number"]) == ("监护某人", GROWN_UP)
    assert (shown["relation_label"], shown["part_label"]) == ("父母", "同意申请人自己办理")
    (entry,) = client.get(f"{case}/history", headers=as_("auditor")).json()
    assert entry["sentence"].endswith(
        "；监护人（父母）同意申请人自己办理，同意处理申请人的个人信息"
    )
    assert entry["documents"][0] == {"name": "监护关系和同意的证明文件", "sha256": PAPER}
    project(client)
    rows = "\n".join(
        row for table in everything(the_service(client).engine).values() for row in table
    )
    traces = ("监护某人", GROWN_UP, "申请某人", "A1234567", "2015-05-05", "1985-01-01")
    assert [each for each in traces if each in rows] == []
    lists = client.get("/api/v1/audit", headers=as_("auditor")).text
    lists += (
        client.get(CASES, headers=as_("auditor")).text
        + client.get(case, headers=as_("auditor")).text
    )
    assert [each for each in traces if each in lists] == []


def test_the_finding_of_own_income_names_nobody(client: TestClient, as_: Badges):
    named = {"own_income": {"finding": "申请某人在企业就业", "evidence": PAPER}}
    reply = opens(client, as_, person(YOUTH), named)
    assert (reply.status_code, reply.json()["rule"]) == (409, "reason_names_nobody")


def test_the_representative_of_an_organisation_is_public_once_it_is_granted(
    client: TestClient, as_: Badges
):
    told = {"legal_representative": "代表某人"}
    walk = Walk(client, as_)
    walk.view = opens(client, as_, COMPANY, told).json()
    walk.at = "opened"
    (entry,) = walk.get("/history").json()
    assert entry["sentence"].endswith("；法定代表人（负责人）：代表某人")
    code = walk.to("granted").view["commitment"]["code"]
    project(client)
    entry = client.get(f"/api/v1/disclosures/{code}").json()
    assert entry["legal_representative"] == "代表某人"
    assert "代表某人" in client.get(f"/disclosures/{code}").text
    assert "代表某人" in client.get("/api/v1/disclosures", params={"format": "csv"}).text


def test_only_an_organisation_has_a_representative(client: TestClient, as_: Badges):
    for applicant in (CITIZEN, COMPANY | {"code": "92411281MA9KXNT251", "name": "某某商店"}):
        reply = opens(client, as_, applicant, {"legal_representative": "代表某人"})
        assert reply.json()["rule"] == "representative_is_of_an_organisation"
