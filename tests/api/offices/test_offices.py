"""The desks of catalogue, tolerance and credit, and imports by page."""

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from application.access.permissions import Role
from application.execution.command import EXAMPLE_HASH
from application.tolerance.commands import RequestTolerance
from domain.catalogue.item import CatalogueItem, item_id
from domain.values.parties import Actor
from tests.api.conftest import COMPANY, ITEM, WAITING, Badges, Walk, log_size, project, the_service
from tests.api.desk.form_client import Fields, hidden, typed
from tests.given import MARKET_OFFICE
from tests.papers import digest, lodge
from tests.support.browser_client import OURS, Visitor

HEADER = "主体类别,主体代码,记录类型,文书号,认定日期,处罚程序,义务已履行,已修复"


@pytest.fixture
def admin(visitor: Visitor) -> Visitor:
    visitor.sign_in(visitor.token(Role.CATALOG_ADMIN))
    return visitor


@pytest.fixture
def collector(visitor: Visitor) -> Visitor:
    visitor.sign_in(visitor.token(Role.CREDIT_COLLECTOR))
    return visitor


def send(visitor: Visitor, path: str, fields: Fields, **files: Any) -> Response:
    return visitor.client.post(path, data=fields, files=files or None, headers=OURS)


def said(reply: Response) -> str:
    main = reply.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def fields_on(page: str, form: str) -> Fields:
    """All that the form shows: typed texts, chosen options, hidden fields."""
    whole = page.partition(f'id="{form}"')[2].partition("</form>")[0]
    fields: Fields = {}
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', whole):
        fields.setdefault(name, []).append(unescape(text))
    for tag in re.findall(r"<input [^>]*>", whole):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        choice = attributes.get("type") in ("radio", "checkbox")
        if "name" in attributes and (not choice or tag.endswith(" checked>")):
            fields.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    return fields


def test_only_the_administrator_of_the_catalogue_has_its_desk(visitor: Visitor):
    for role in (Role.AUDITOR, Role.INTAKE_CLERK, Role.CREDIT_COLLECTOR):
        visitor.sign_in(visitor.token(role))
        for path in ("", "/new", f"/{ITEM.code}"):
            assert visitor.looks(f"/desk/catalogue{path}").status_code == 403, role


def test_the_desk_says_what_an_item_lacks_before_it_can_be_activated(admin: Visitor):
    project(admin.client)
    listed = admin.looks("/desk/catalogue")
    assert listed.status_code == 200, listed.text
    assert WAITING.name in listed.text
    shown = admin.looks(f"/desk/catalogue/{WAITING.code}")
    assert "启用以前还缺" in shown.text
    assert "尚未制定信用承诺管理办法" in shown.text


def test_a_revision_starts_from_the_terms_in_force_and_shows_each_changed_sentence(admin: Visitor):
    path = f"/desk/catalogue/{ITEM.code}/revise"
    fields = fields_on(admin.looks(path).text, "revise")
    before = the_service(admin.client).repository.get(CatalogueItem, item_id(ITEM.code))
    assert before.terms
    fields["terms.conditions.0"] = ["经营场所面积不少于十平方米"]
    checked = send(admin, path, fields | {"step": ["check"]})
    assert checked.status_code == 200, said(checked)
    assert f"<del>{before.terms.conditions[0]}</del>" in checked.text
    assert "<ins>经营场所面积不少于十平方米</ins>" in checked.text
    assert checked.text.count("<ins>") == 1
    done = send(admin, path, fields | {"step": ["do"]})
    assert done.status_code == 303, said(done)
    after = the_service(admin.client).repository.get(CatalogueItem, item_id(ITEM.code))
    assert after.terms
    assert after.terms.conditions == ("经营场所面积不少于十平方米", *before.terms.conditions[1:])


def test_an_item_is_listed_by_form_once(admin: Visitor):
    page = admin.looks("/desk/catalogue/new").text
    fields = hidden(page, "list") | {
        "item.code": ["000131001009"],
        "item.name": ["小餐饮登记"],
        "item.field": ["other_high_frequency"],
        "item.department.code": [ITEM.department.code],
        "item.department.name": [ITEM.department.name],
        "item.supervisor.code": [ITEM.supervisor.code],
        "item.supervisor.name": [ITEM.supervisor.name],
        "step": ["do"],
    }
    first, second = (send(admin, "/desk/catalogue/new", fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303), said(first)
    assert admin.looks(first.headers["location"]).status_code == 200
    again = send(admin, "/desk/catalogue/new", fields | hidden(page, "list") | _new_key(admin))
    assert again.status_code == 409
    assert "这个事项编码已经在清单内" in said(again)


def _new_key(visitor: Visitor) -> Fields:
    return hidden(visitor.looks("/desk/catalogue/new").text, "list")


def test_the_credit_office_sees_what_was_not_told_and_what_the_public_sees(
    collector: Visitor, walk: Walk, as_: Badges
):
    walk.to("granted")
    project(collector.client)
    collector.sign_in(collector.token(Role.CREDIT_COLLECTOR))
    page = collector.looks("/desk/credit")
    assert page.status_code == 200, page.text
    assert "等待告知" in page.text
    assert f"/disclosures/{walk.view['commitment']['code']}" in page.text
    assert collector.looks("/desk/credit?state=returned").status_code == 200


def test_tolerance_is_requested_and_withdrawn_by_form(visitor: Visitor):
    visitor.sign_in(visitor.token(Role.DEPARTMENT_LEAD))
    example = json.dumps(RequestTolerance.examples()["探索新方法造成损失"])
    body = json.loads(example.replace(EXAMPLE_HASH, digest("会议纪要")))
    body.pop("matters")
    lead = Actor(person="department_lead-01", role=Role.DEPARTMENT_LEAD, department=MARKET_OFFICE)
    lodge(the_service(visitor.client), lead, str(body))
    fields = typed(RequestTolerance, body)
    fields |= hidden(visitor.looks("/desk/tolerance/new").text, "request")
    without = {name: value for name, value in fields.items() if name != "ground.novel_method.loss"}
    wrong = send(visitor, "/desk/tolerance/new", without | {"step": ["do"]})
    assert wrong.status_code == 422
    assert 'href="#request-ground.novel_method.loss"' in wrong.text
    made = send(visitor, "/desk/tolerance/new", fields | {"step": ["do"]})
    assert made.status_code == 303, said(made)
    path = made.headers["location"].partition("?")[0]
    shown = visitor.looks(path)
    assert "撤回容错申请" in shown.text
    gone = {"reason": ["不再申请"], "step": ["do"]} | hidden(shown.text, "withdraw")
    assert send(visitor, f"{path}/withdraw", gone).status_code == 303
    project(visitor.client)
    assert visitor.looks("/desk/tolerance").status_code == 200
    visitor.sign_in(visitor.token(Role.INTAKE_CLERK))
    assert visitor.looks(path).status_code == 403
    assert visitor.looks("/desk/tolerance").status_code == 403


def credit_file(code: str) -> tuple[str, BytesIO, str]:
    row = f"单位,{code},严重失信行为,义示失信认定〔2026〕9号,2026-03-11,,否,否"
    return "credit.csv", BytesIO(f"{HEADER}\n{row}\n".encode("utf-8-sig")), "text/csv"


def test_a_table_is_checked_first_and_imported_with_the_same_file(collector: Visitor, walk: Walk):
    walk.to("cleared")
    collector.sign_in(collector.token(Role.CREDIT_COLLECTOR))
    path = "/desk/imports/credit"
    checked = send(collector, path, {}, file=credit_file(COMPANY["code"]))
    assert checked.status_code == 200, said(checked)
    assert "还没有写入" in said(checked)
    assert walk.view["id"] in checked.text, "the open case that would be diverted"
    (digest,) = re.findall(r'name="checked" value="(\w+)"', checked.text)
    other = send(collector, path, {"checked": [digest]}, file=credit_file("91411281MA958WG43U"))
    assert "还没有写入" in said(other), "another file is checked anew"
    done = send(collector, path, {"checked": [digest]}, file=credit_file(COMPANY["code"]))
    assert "已经导入" in said(done), said(done)


def test_a_table_with_errors_names_each_row_and_changes_nothing(collector: Visitor):
    size = log_size(collector.client)
    reply = send(collector, "/desk/imports/credit", {}, file=credit_file("914112810000000000"))
    assert reply.status_code == 422
    assert "第 2 行" in said(reply)
    assert "主体代码" in said(reply)
    for name, content in (("credit.txt", b"a"), ("credit.xlsx", b"not a workbook"), ("x.csv", b"")):
        reply = send(
            collector, "/desk/imports/credit", {}, file=(name, BytesIO(content), "text/csv")
        )
        assert reply.status_code == 422, name
    assert log_size(collector.client) == size


def test_only_who_may_import_has_the_page(visitor: Visitor, client: TestClient):
    visitor.sign_in(visitor.token(Role.CATALOG_ADMIN))
    assert visitor.looks("/desk/imports/credit").status_code == 403
    assert visitor.looks("/desk/imports/catalogue").status_code == 200
    assert visitor.looks("/desk/imports/nothing").status_code == 404
    visitor.sign_in(visitor.token(Role.CREDIT_COLLECTOR))
    assert visitor.looks("/desk/imports/catalogue").status_code == 403
