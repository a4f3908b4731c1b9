"""The public list: which entries are on it and when, and which never are."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.case import values as f
from domain.catalogue.terms import CommitmentType, ItemField
from domain.values.parties import Organisation
from projections.disclosures import queries as disclosure
from projections.disclosures.name_search import NAMES
from projections.disclosures.projection import DISCLOSURE, PublicStatus
from projections.read_model.tables import disclosures
from tests import stories as s
from tests.given import after, history
from tests.support.service_driver import STORIES, Office

TODAY = date(2026, 12, 1)
UNTIL = date(2027, 11, 24)
"""The last public day of a general sanction: one year after the date of its document."""

NO_SANCTION = dict.fromkeys(
    (
        "unfulfilled_content",
        "breach_consequence",
        "sanction_measures",
        "sanction_severity",
        "sanction_basis",
        "sanctioned_on",
        "public_from",
        "public_earliest_end",
        "public_until",
        "breach_found_on",
        "ordered_on",
        "rectify_by",
    )
) | {"sanctioned": False}
PENALTY = {
    "sanctioned": True,
    "status": PublicStatus.UNFULFILLED,
    "conclusion": "整改不到位或者拒绝整改，已实施信用惩戒",
    "concluded_on": date(2026, 11, 24),
    "unfulfilled_content": "没有设专职食品安全管理人员",
    "breach_consequence": "撤销食品经营许可证",
    "sanction_measures": [s.KEY_REVIEW.label, s.KEY_SUPERVISION.label],
    "sanction_severity": "general",
    "sanction_basis": "行政处罚决定书（义市监罚〔2026〕31号，2026年11月24日）",
    "sanctioned_on": date(2026, 11, 24),
    "public_from": date(2026, 11, 24),
    "public_earliest_end": date(2027, 2, 24),
    "public_until": UNTIL,
}
UNDECIDED = ("OPENED", "CLEARED", "NOTIFIED", "COMMITTED", "DEFERRED_COMMITTED", "ASKED_AGAIN")
NEVER_PUBLIC = ("EXCLUDED_CASE", "DECLINED", "WITHDRAWN", "REFUSED")
OF_THE_CASE = ("case_id", "code", "appeared", "changed")
UNDER_WAY = ("BREACHED", "RECTIFYING", "UNRECTIFIED", "FOREWARNED", "HEARD", "WAIVED")
MINOR = after(
    s.HEARD,
    "penalize",
    (s.KEY_REVIEW,),
    f.Severity.MINOR,
    s.BASIS,
    s.BROKEN,
    by=s.DECIDER,
    at=s.VERDICT_DAY,
)


class PublicList:
    """Records stories of cases, projects them and reads the list as the public does."""

    def __init__(self, service):
        self.office, self.service = Office(service), service

    def records(self, *stories, **details):
        ids = [self.office.remembers(story, **details) for story in stories]
        for projection in (DISCLOSURE, NAMES):
            self.service.projector.catch_up(projection)
        return ids

    def rows(self, query=None):
        query = disclosure.public_list(TODAY) if query is None else query
        with self.service.engine.connect() as db:
            return [row._asdict() for row in db.execute(query.order_by(disclosures.c.case_id))]

    def names(self, **filters):
        """Returns the selected names; checks that a walk and a look-up by id select the same."""
        walked = self.rows(disclosure.public_list(TODAY, **filters))
        if search := filters.get("search"):
            with self.service.engine.connect() as db:
                ids = set(db.scalars(disclosure.matching_cases(search)))
            assert self.rows(disclosure.public_list(TODAY, **filters, among=ids)) == walked
        return [row["subject_name"] for row in walked]


@pytest.fixture
def public(service):
    return PublicList(service)


# what is public, and when ------------------------------------------------------------------------


def test_nothing_is_public_before_the_decision(public):
    public.records(*[STORIES[name] for name in UNDECIDED])
    assert public.rows() == []
    assert public.rows(disclosure.by_code(TODAY, s.code())) == []


def test_a_refused_or_diverted_case_leaves_no_row_at_all(public):
    public.records(*[STORIES[name] for name in NEVER_PUBLIC])
    assert public.rows(select(disclosures)) == []


def test_a_natural_person_is_never_in_the_table(public):
    public.records(s.GRANTED, s.RECTIFIED, s.PENALIZED, MINOR, applicant=s.PERSON)
    assert public.rows(select(disclosures)) == []


def public_facts_of_a_grant() -> dict[str, object]:
    commitment = history(*s.COMMITTED)[-1]
    return {
        "granted_on": date(2026, 9, 28),
        "code": s.code(),
        "subject_name": s.APPLICANT.name,
        "name_folded": s.APPLICANT.name,
        "subject_code": s.APPLICANT.code,
        "subject_category": "organisation",
        "legal_representative": None,
        "kind": CommitmentType.NOTICE_COMMITMENT,
        "record_type": "1",
        "item_code": s.ITEM.code,
        "item_name": "食品经营许可",
        "field": ItemField.OTHER_HIGH_FREQUENCY,
        "accepting_org": "义马市市场监督管理局",
        "accepting_code": s.MARKET_OFFICE.code,
        "reason": "申请办理“食品经营许可”",
        "content": commitment.content,
        "liability": commitment.liability,
        "committed_on": date(2026, 9, 28),
        "document_number": "义市监许〔2026〕108号",
        "document_title": "食品经营许可证",
        "updating": False,
    }


def test_a_granted_case_is_public_with_its_promise_and_its_decision(public):
    (id,) = public.records(s.GRANTED)
    (row,) = public.rows()
    still_open = {"status": PublicStatus.SUPERVISED, "concluded_on": None, "conclusion": None}
    due = {"terms_version": 1, "inspect_by": date(2026, 10, 30), "inspect_provisional": False}
    expected = {"case_id": id} | public_facts_of_a_grant() | due | still_open | NO_SANCTION
    assert {name: row[name] for name in expected} == expected
    assert row.keys() - expected.keys() == {"updated_at", "appeared", "changed"}


def test_a_breach_is_not_shown_before_its_sanction_is_decided(public):
    public.records(s.GRANTED, *[STORIES[name] for name in UNDER_WAY])
    granted, *others = (
        {name: value for name, value in row.items() if name not in OF_THE_CASE}
        for row in public.rows()
    )
    assert others == [granted] * len(UNDER_WAY)


@pytest.mark.parametrize(
    ("story", "ended"),
    [
        (s.FULFILLED, {"status": "fulfilled", "conclusion": "经核查，承诺属实、已经履行"}),
        (s.RECTIFIED, {"status": "fulfilled", "conclusion": "经整改，承诺已经履行"}),
        (
            s.SPARED,
            {"status": "concluded", "conclusion": "不予惩戒：当事人有证据足以证明没有主观过错"},
        ),
        (MINOR, {"status": "concluded", "conclusion": "已依法处理"}),
    ],
    ids=["fulfilled", "rectified", "spared", "minor"],
)
def test_an_entry_says_how_its_case_ended_without_a_sanction_to_publish(public, story, ended):
    public.records(story)
    (row,) = public.rows()
    expected = ended | NO_SANCTION | {"concluded_on": story[-1].at.date()}
    assert {name: row[name] for name in expected} == expected
    assert PublicStatus.FULFILLED.label == "全部履行"
    assert public.rows(disclosure.public_list(TODAY, sanctioned=True)) == []


def test_a_sanction_is_shown_with_its_measures_its_basis_and_its_days(public):
    public.records(s.PENALIZED)
    (row,) = public.rows(disclosure.public_list(TODAY, sanctioned=True))
    assert {name: row[name] for name in PENALTY} == PENALTY


@pytest.mark.parametrize(
    ("status", "public_status"), [(f.FulfilmentStatus.PARTLY_FULFILLED, PublicStatus.PARTLY)]
)
def test_a_partly_kept_promise_is_shown_as_partly_fulfilled(public, status, public_status):
    *before, penalty = s.PENALIZED
    verdict = s.BROKEN.model_copy(update={"status": status})
    public.records((*before, penalty._replace(said=penalty.said | {"verdict": verdict})))
    assert [row["status"] for row in public.rows()] == [public_status]


def test_a_sanction_is_public_through_its_last_day_and_no_longer(public):
    public.records(s.PENALIZED, s.GRANTED)
    the_day_after = UNTIL + timedelta(days=1)
    assert len(public.rows(disclosure.public_list(UNTIL))) == 2
    assert len(public.rows(disclosure.public_list(the_day_after))) == 1
    assert public.rows(disclosure.public_list(the_day_after, sanctioned=True)) == []
    assert public.rows(disclosure.by_code(the_day_after, s.code(serial=1))) == []


def test_no_value_of_a_public_row_names_a_member_of_staff(public):
    def signed(story):
        return tuple(
            fact._replace(by=fact.by.model_copy(update={"person": f"经办员{fact.by.person}"}))
            for fact in story
        )

    public.records(*[signed(story) for story in (*STORIES.values(), MINOR)])
    rows = public.rows(select(disclosures))
    assert len(rows) > 10
    assert "经办员" not in str(rows)


# searches and filters ----------------------------------------------------------------------------


@pytest.fixture
def market(public):
    """Records a sanctioned company and two others, one with SQL wildcards in its name."""
    bakery = Organisation(code="92411281MA9HKXFJ9F", name="100%好味_面包坊")
    builder = Organisation(code="91411281MA951HRW32", name="义马市瑾棠建筑工程有限公司")
    public.records(s.PENALIZED)
    public.records(s.GRANTED, applicant=bakery)
    public.records(s.DEFERRED_GRANTED, applicant=builder)
    return public


FOOD, BAKERY, BUILDER = s.APPLICANT.name, "100%好味_面包坊", "义马市瑾棠建筑工程有限公司"


MATCHES = {
    "千秋": [FOOD],
    "义马市": [FOOD, BUILDER],
    FOOD: [FOOD],
    s.code(serial=2): [BAKERY],
    s.code(serial=2)[:-1]: [],
    s.APPLICANT.code: [FOOD],
    s.APPLICANT.code.lower(): [FOOD],
    s.APPLICANT.code[:10]: [],
    "%": [BAKERY],
    "_": [BAKERY],
    "0%好": [BAKERY],
    "义%公司": [],
    "/": [],
    "不存在": [],
    "' OR 1=1 --": [],
    "１００％好味": [BAKERY],
    "": [FOOD, BAKERY, BUILDER],
}


def test_a_search_finds_a_whole_code_or_a_literal_part_of_a_name(market):
    assert {search: market.names(search=search) for search in MATCHES} == MATCHES


def test_each_filter_narrows_the_list(market):
    narrowed = [
        ({"status": PublicStatus.UNFULFILLED}, [FOOD]),
        ({"status": PublicStatus.SUPERVISED}, [BAKERY, BUILDER]),
        ({"kind": CommitmentType.DEFERRED_MATERIALS}, [BUILDER]),
        ({"field": ItemField.OTHER_HIGH_FREQUENCY}, [FOOD, BAKERY, BUILDER]),
        ({"field": ItemField.CITIZEN}, []),
        ({"sanctioned": True}, [FOOD]),
        ({"search": "义马市", "status": PublicStatus.SUPERVISED}, [BUILDER]),
    ]
    for filters, names in narrowed:
        assert market.names(**filters) == names, filters


def test_an_entry_is_found_by_its_code(market):
    (row,) = market.rows(disclosure.by_code(TODAY, s.code(serial=2)))
    assert (row["subject_name"], row["subject_category"]) == (BAKERY, "self_employed")
    assert market.rows(disclosure.by_code(TODAY, s.code(serial=9))) == []
