"""The audit trail: every event has one Chinese sentence that people can read."""

import re

import pytest
from sqlalchemy import select

from domain.case import events as e
from domain.signatures.verification import Claimed, SignatureLevel
from domain.values.credit import CreditExclusion, CreditFinding
from domain.values.parties import Channel
from domain.values.workdays import Deadline
from infrastructure.exports.search import find_trail_rows
from projections.audit_trail.projection import AUDIT
from projections.audit_trail.queries import OLDEST_FIRST, TrailQuery
from projections.audit_trail.sentences import SENTENCES, sentence
from projections.read_model.tables import audit_trail
from tests import stories as s
from tests.domain.test_events import sampled
from tests.domain.test_lifecycle import EVENTS
from tests.given import CLERK, SYSTEM, fact, history
from tests.support.service_driver import STORIES, Office

LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[0-9]+)?")
ALLOWED = {"he", "zhao", "qian", "sun", "li", "zhou", "wu", "zheng", "wang", "tang"} | {*s.ALL_IN}
"""The only Latin words that a sentence may contain: ids of staff and codes of materials."""

PENALIZED_SENTENCES = [
    "义马市市场监督管理局窗口受理（zhao）受理义马市千秋食品有限公司申请的“食品经营许可”，"
    "适用告知承诺型，事项第1版，收到材料3份",
    "义马市市场监督管理局窗口受理（zhao）查询信用（三门峡市信用信息共享平台），"
    "没有不得适用信用承诺的情形，结果有效至2026年9月29日",
    "义马市市场监督管理局窗口受理（zhao）一次性告知办理条件2项、标准1项和违诺后果，"
    "请于2026年10月10日前答复",
    "义马市市场监督管理局窗口受理（zhao）收到信用承诺书（在窗口盖章，纸质扫描并经窗口核对），"
    "承诺编码41128120260928000001，应于2026年9月28日前作出决定",
    "义马市市场监督管理局审批决定（qian）作出准予决定（义市监许〔2026〕108号），"
    "核发证照《食品经营许可证》，应于2026年10月30日前核查，应于2026年10月16日前送达",
    "义马市市场监督管理局监管核查（sun）发现违诺（违反承诺）：没有专职管理人员，"
    "应于2026年11月4日前责令整改",
    "义马市市场监督管理局监管核查（sun）责令限期整改：配备专职管理人员，期限至2026年11月13日",
    "义马市市场监督管理局监管核查（sun）认定逾期未整改：期限届满仍未配备，应于2027年1月28日前作出处理",
    "义马市市场监督管理局监管核查（li）送达惩戒事先告知，"
    "拟列为重点审查对象，不适用告知承诺等简化程序；列为重点监管对象，增加检查频次，"
    "理由：逾期未整改；陈述申辩期限至2026年11月23日",
    "义马市市场监督管理局听证主持（zhou）听取陈述申辩：正在招聘；意见：不采纳",
    "义马市市场监督管理局审批决定（qian）依据行政处罚决定书（义市监罚〔2026〕31号）实施信用惩戒："
    "列为重点审查对象，不适用告知承诺等简化程序；列为重点监管对象，增加检查频次，"
    "失信等级一般，履行状态全部未履行",
]


def last_of(story, **facts):
    """Returns the last event of the story, with these facts changed."""
    *before, last = story
    return history(*before, last._replace(said=last.said | facts))[-1]


def test_every_declared_event_has_a_sentence_and_no_other_class_has_one():
    assert set(SENTENCES) == set(EVENTS)


@pytest.mark.parametrize("event", sampled().values(), ids=lambda event: event.TOPIC)
def test_a_sentence_is_chinese_and_shows_no_code(event):
    text = sentence(event)
    assert text.startswith(event.by.department.name)
    assert set(LATIN_WORD.findall(text)) <= ALLOWED
    assert not text.endswith(("：", "（）", "。")) and "《》" not in text


def test_no_story_has_a_sentence_with_a_code_in_it():
    events = [event for story in STORIES.values() for event in history(*story)]
    assert len(events) > 100
    words = {word for event in events for word in LATIN_WORD.findall(sentence(event))}
    assert words - ALLOWED == set()


def test_the_whole_story_of_a_penalized_case_reads_word_for_word_as_expected():
    assert [sentence(event) for event in history(*s.PENALIZED)] == PENALIZED_SENTENCES


@pytest.mark.parametrize(
    ("event", "part"),
    [
        (last_of(s.OPENED, applicant=s.PERSON), "受理一名自然人申请的“食品经营许可”"),
        (last_of(s.EXCLUDED_CASE), "被列入严重失信主体名单（黑名单），转原审批程序办理"),
        (last_of(s.DEFERRED_NOTIFIED), "《从业人员健康证明》须于2026年10月10日前补交"),
        (last_of(s.DEFERRED_COMMITTED), "《经营场所布局图》须于2026年10月10日前补交"),
        (last_of(s.DEFERRED_RETURNED), "退回补交材料M-02：证明已过有效期，请于2026年10月10日前"),
        (last_of(s.RECTIFIED), "认定已于2026年11月12日完成整改：任命文件"),
        (
            last_of(s.SPARED),
            "决定不予惩戒（当事人有证据足以证明没有主观过错）：用工备案系统故障",
        ),
        (last_of(STORIES["UNCOOPERATIVE"]), "认定拒绝整改（当事人书面拒绝）"),
    ],
    ids=lambda value: value.TOPIC if isinstance(value, e.Event) else "",
)
def test_a_sentence_contains_the_decisive_facts_of_its_event(event, part):
    assert part in sentence(event)


def test_a_sentence_names_every_exclusion_that_the_credit_query_found():
    findings = tuple(CreditFinding(exclusion=x, document="文书") for x in CreditExclusion)
    answer = s.EXCLUDED.model_copy(update={"findings": findings})
    text = sentence(last_of(s.EXCLUDED_CASE, answer=answer))
    assert all(exclusion.label in text for exclusion in CreditExclusion)


def test_a_provisional_deadline_is_marked_as_provisional():
    granted = last_of(s.GRANTED)
    provisional = Deadline(on=granted.inspect_by.on, provisional=True)
    text = sentence(last_of(s.GRANTED, inspect_by=provisional))
    assert "2026年10月30日（暂定）" in text
    assert "暂定" not in sentence(granted)


def test_a_letter_that_came_online_is_called_online():
    letter = last_of(s.COMMITTED).letter.model_copy(update={"channel": Channel.ONLINE})
    assert "线上盖章" in sentence(last_of(s.COMMITTED, letter=letter))


def test_a_signature_that_was_only_claimed_is_called_a_claim():
    claim = Claimed(level=SignatureLevel.RELIABLE_E, verified=True)
    letter = last_of(s.COMMITTED).letter.model_copy(update={"verification": claim})
    text = sentence(last_of(s.COMMITTED, letter=letter))
    assert "当时填报为可靠电子签名，本系统没有核验" in text
    assert "纸质扫描并经窗口核对" in sentence(last_of(s.COMMITTED))


def test_an_event_recorded_by_the_system_names_the_system_as_its_actor():
    (event,) = history(fact(e.StatementWaived, digest=s.digest("x"), by=SYSTEM))
    assert sentence(event) == "系统按期限收到当事人放弃陈述申辩的书面材料"


# the table audit_trail --------------------------------------------------------------------------


@pytest.fixture
def trail_of_two_cases(service):
    """Returns the ids of a short and a long case, and a function that queries their sentences."""
    office = Office(service)
    ids = [office.remembers(s.CLEARED, number=2), office.remembers(s.PENALIZED, number=1)]
    service.projector.catch_up(AUDIT)

    def sentences(**filters):
        rows = find_trail_rows(service.engine, TrailQuery(**filters))
        page = OLDEST_FIRST.page(rows, 50)
        with service.engine.connect() as db:
            return [row.sentence for row in db.execute(page)]

    return ids, sentences


def test_the_trail_is_read_whole_or_of_one_case_or_of_one_person(trail_of_two_cases):
    (short, long), sentences = trail_of_two_cases
    assert sorted(sentences()) == sorted(PENALIZED_SENTENCES[:2] + PENALIZED_SENTENCES)
    assert sentences(stream=short) == PENALIZED_SENTENCES[:2]
    assert sentences(stream=long) == PENALIZED_SENTENCES
    assert sentences(person="sun") == PENALIZED_SENTENCES[5:8]
    assert sentences(stream=short, person="sun") == []


def test_a_row_says_which_event_of_which_case_when_and_by_whom(trail_of_two_cases, service):
    (_, long), _ = trail_of_two_cases
    with service.engine.connect() as db:
        (row,) = db.execute(
            select(audit_trail).where(
                audit_trail.c.stream_id == long, audit_trail.c.topic == e.BreachFound.TOPIC
            )
        )
    assert (row.position, row.version, row.at) == (8, 6, s.INSPECTION_DAY)
    by = (row.person, row.role, row.department)
    assert by == ("sun", "inspector", CLERK.department.name)
