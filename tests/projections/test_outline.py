"""The outline of a JSON value: a tree of Chinese texts for people."""

import pytest

from application.aggregates import AGGREGATE_TYPES
from domain.case.stages import Stage
from domain.case.values import Shortfall
from projections.history.entries import state_of
from projections.history.outline import OutlineNode, node, outline
from projections.history.tracks import track_by_topic
from tests import stories as s
from tests.given import SYSTEM, after, told

CASE = AGGREGATE_TYPES["case"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "无"),
        ("", "无"),
        ([], "无"),
        ({}, "无"),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (Stage.GRANTED, "已准予"),
        ([Stage.GRANTED, "M-01"], "已准予；M-01"),
        ({"on": "2026-10-10", "provisional": False}, "2026年10月10日"),
        ({"on": "2026-10-10", "provisional": True}, "2026年10月10日（暂定）"),
        ("2026-10-10", "2026年10月10日"),
        ("2026-02-30", "2026-02-30"),
        ("2026-10-10T03:40:00+00:00", "2026年10月10日 11:40"),
        ({"code": "1", "name": "义马市住房和城乡建设局"}, "义马市住房和城乡建设局（1）"),
    ],
    ids=repr,
)
def test_a_value_that_fits_in_one_line_becomes_one_text(value, text):
    assert node("名", value, CASE) == OutlineNode("名", text, [])


def test_a_value_that_needs_several_lines_becomes_nested_nodes():
    value = {"finding": "甲", "officers": [{"name": "乙"}], "colour": 3}
    assert outline(value, CASE) == [
        OutlineNode("认定", "甲", []),
        OutlineNode("执法人员", "", [OutlineNode("第1项", "", [OutlineNode("名称", "乙", [])])]),
        OutlineNode("colour", "3", []),
    ]
    assert node("名", ["甲\n乙", "丙"], CASE).inside == [
        OutlineNode("第1项", "甲\n乙", []),
        OutlineNode("第2项", "丙", []),
    ]
    assert outline("甲", CASE) == []


def test_every_event_of_every_aggregate_has_a_track():
    for each in AGGREGATE_TYPES.values():
        steps = [step for lifecycle in each.aggregate.LIFECYCLES for step in lifecycle.steps]
        assert track_by_topic(each.aggregate).keys() == {step.records.TOPIC for step in steps}


def test_actions_and_subjects_are_shown_by_their_chinese_words():
    value = {"action": "penalize", "kind": "person"}
    assert [each.text for each in outline(value, CASE)] == ["失信惩戒", "自然人"]
    assert outline({"action": "无名"}, CASE) == [OutlineNode("事项", "无名", [])]


def test_nothing_of_a_case_is_left_out():
    nodes = {each.name: each for each in outline(state_of(told(*s.PENALIZED)), CASE)}
    assert nodes["所处阶段"].text == "已惩戒"
    assert [each.text for each in nodes["待办"].inside[0].inside][:1] == ["送达决定"]
    assert [each.name for each in nodes["已经办理"].inside][:3] == [
        "受理",
        "信用查询",
        "一次性告知",
    ]


def test_the_investigators_of_a_case_are_people_and_not_the_service():
    overdue = after(
        s.RECTIFYING,
        "fail_rectification",
        Shortfall.OVERDUE,
        "未整改",
        by=SYSTEM,
        at=s.SANCTION_DAY,
    )
    case = told(*overdue)
    assert "system" in case.investigators
    shown = {each.name: each.text for each in outline(state_of(case), CASE)}
    assert shown["核查人员"] == "sun"
