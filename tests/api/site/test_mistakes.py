"""Mistakes on pages: told at their field, the form kept, in the frame in which the person works."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.support.browser_client import Visitor

MISTAKES = [
    ("/audit/search", "since", "notadate", "从这一天起", "应为存在的日期，写成2026-09-28的形式"),
    ("/audit/search", "until", "20261301", "到这一天止", "应为存在的日期，写成2026-09-28的形式"),
    ("/audit/search", "stream", "abc", "案件或者事项", "不是有效的编号"),
    ("/audit/search", "topic", "case/nothing", "事件类型", "没有这个事件类型"),
    ("/audit/exports", "since", "1790000000", "起", "应为存在的日期，写成2026-09-28的形式"),
    ("/audit/search", "after", "-1", "日志", "取值不合要求"),
    ("/audit/search", "applicant", "411281190212169470", "申请人", "公民身份号码"),
    ("/audit/cases", "stage", "xx", "阶段", "不在可选值之内"),
    ("/audit/cases", "applicant", "411281190212169470", "申请人", "公民身份号码"),
    ("/audit/reads", "stream", "abc", "案件或者事项的编号", "不是有效的编号"),
    ("/audit/reads", "since", "gestern", "从这一天起", "应为存在的日期，写成2026-09-28的形式"),
    ("/audit/exports", "asked", "gestern", "导出时间", "应为时刻，写成2026年9月28日 09:00"),
    ("/audit/tolerance", "case", "abc", "关联案件的编号", "不是有效的编号"),
    ("/audit/tolerance", "stage", "xx", "阶段", "不在可选值之内"),
    ("/", "status", "xx", "履行状态", "不在可选值之内"),
    ("/catalogue", "field", "xx", "领域", "不在可选值之内"),
]


@pytest.mark.parametrize(("page", "field", "typed", "label", "words"), MISTAKES)
def test_a_mistake_is_told_at_its_field_and_the_form_is_kept(
    client: TestClient, visitor: Visitor, page: str, field: str, typed: str, label: str, words: str
):
    visitor.sign_in()
    reply = visitor.client.get(page, params={field: typed, "cursor": ""})
    text = unescape(reply.text)
    assert reply.status_code == 422
    assert words in text and "有 1 处需要改正" in text
    assert "/query/" not in text and "返回公示名单" not in text
    if page.startswith("/audit"):
        assert "退出" in text and "auditor-01" in text
    if f'id="{field}"' in text:
        assert f'aria-describedby="{field}-wrong"' in text
    assert reply.headers["cache-control"] == "no-store"


def test_what_was_typed_right_stays_in_the_form_beside_the_mistake(
    client: TestClient, visitor: Visitor
):
    visitor.sign_in()
    query = {"person": "wang", "role": "inspector", "since": "gestern", "until": "2026-10-01"}
    text = visitor.client.get("/audit/search", params=query).text
    assert 'value="wang"' in text and 'value="gestern"' in text
    assert 'value="2026年10月1日"' in text
    assert '<option value="inspector" selected>' in text
    assert "没有符合条件的记录" not in text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/audit/streams/00000000-0000-0000-0000-0000000000ff", 404),
        ("/audit/streams/abc", 422),
        ("/audit/exports/00000000-0000-0000-0000-0000000000ff/file", 404),
        ("/audit/streams/00000000-0000-0000-0000-0000000000ff/bundle", 404),
    ],
)
def test_an_error_leaves_the_auditor_signed_in_and_at_work(
    client: TestClient, visitor: Visitor, address: str, status: int
):
    visitor.sign_in()
    reply = visitor.looks(address)
    assert reply.status_code == status
    for words in ("auditor-01", "退出", 'href="/audit/tolerance"', "返回工作页面"):
        assert words in reply.text
    assert "返回公示名单" not in reply.text


def test_a_role_without_pages_keeps_its_frame_when_it_is_refused(
    client: TestClient, visitor: Visitor
):
    visitor.sign_in(visitor.token("inspector"))
    for page in ("/audit/search", "/audit/exports", "/audit/tolerance", "/audit/evidence"):
        reply = visitor.looks(page)
        assert reply.status_code == 403
        assert "inspector-01" in reply.text and "退出" in reply.text
    visitor.sign_out()
    stranger = visitor.looks("/nowhere")
    assert stranger.status_code == 404 and "退出" not in stranger.text
