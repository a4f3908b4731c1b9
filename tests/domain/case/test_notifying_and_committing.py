"""The one-time notice and the written promise (工作方案 四·二, 四·三)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.case import events as e
from domain.case import values as f
from domain.case.letter import notice_digest
from domain.catalogue.composed_texts import RECORDED
from domain.catalogue.terms import Replaces
from domain.signatures.verification import (
    Attested,
    AttributePlace,
    CertificateAttribute,
    Claimed,
    SignatureLevel,
    SignatureMethod,
    TimeSource,
    Verified,
)
from domain.values.parties import Organisation
from tests import stories as s
from tests.given import CASE_ID, DAY_1, Fact, after, due, fact, given, on, told, workdays_after

LICENCE_FINE_TOLD = (
    "以虚假承诺或者违反承诺取得行政许可的，由作出许可的机关依法撤销，"
    "可处一百万元以上二百万元以下罚款（《河南省社会信用条例》第六十八条）。"
)
BOTH_MISSING = (
    f.DeferredMaterial(code="M-02", name="从业人员健康证明", due=due("2026-10-10")),
    f.DeferredMaterial(code="M-03", name="经营场所布局图", due=due("2026-10-10")),
)
BY_PERSON = after(
    after(after((), "open", s.NOTICE, s.PERSON, s.PINNED, s.ALL_IN), "query", s.CLEAN), "notify"
)
TRADER = Organisation(code="92411281MA9HKXFJ9F", name="义马市示例小吃店")
BY_A_TRADER = after(
    after(after((), "open", s.NOTICE, TRADER, s.PINNED, s.ALL_IN), "query", s.CLEAN), "notify"
)


def served(deferred: tuple[f.DeferredMaterial, ...] = (), **said: object) -> Fact:
    usual = {
        "conditions": s.TERMS.conditions,
        "standards": s.TERMS.standards,
        "consequences": ("撤销食品经营许可", LICENCE_FINE_TOLD, RECORDED),
        "deferred": deferred,
        "digest": notice_digest(CASE_ID, s.PINNED, deferred, (), DAY_1.date()),
        "commit_by": due("2026-10-10"),
    }
    return fact(e.NoticeServed, **usual | said)


# the notice -------------------------------------------------------------------------------------


def test_the_notice_tells_all_at_once_also_what_is_missing_with_a_date_for_each():
    commit = ("commit", "2026-10-10")
    given(*s.CLEARED).when("notify").then(served()).owes(commit)
    given(*s.DEFERRED_CLEARED).when("notify").then(served(BOTH_MISSING)).owes(commit)


def test_a_promise_instead_of_a_certificate_risks_no_licence_fine():
    terms = s.TERMS.model_copy(update={"replaces": Replaces.CERTIFICATE})
    item = s.PINNED.model_copy(update={"terms": terms})
    notified = after(
        after(after((), "open", s.NOTICE, s.PERSON, item, s.ALL_IN), "query", s.CLEAN), "notify"
    )
    assert told(*notified).notice.consequences == ("撤销食品经营许可", RECORDED)
    case = told(*after(notified, "commit", s.letter(notified), s.code()))
    assert case.last(e.CommitmentMade).record_type.label == "证明事项型"


@pytest.mark.parametrize(
    "changed",
    [
        (UUID(int=1), s.PINNED, (), (), DAY_1.date()),
        (CASE_ID, s.PINNED.model_copy(update={"version": 2}), (), (), DAY_1.date()),
        (CASE_ID, s.PINNED, BOTH_MISSING, (), DAY_1.date()),
        (CASE_ID, s.PINNED, (), (s.HEALTH,), DAY_1.date()),
        (CASE_ID, s.PINNED, (), (), DAY_1.date() + timedelta(days=1)),
    ],
)
def test_every_notice_has_a_digest_of_its_own(changed):
    assert notice_digest(*changed) != notice_digest(CASE_ID, s.PINNED, (), (), DAY_1.date())


@pytest.mark.parametrize(
    "deferred",
    [
        BOTH_MISSING[:1],
        (*BOTH_MISSING, f.DeferredMaterial(code="M-01", name="申请书", due=due("2026-10-10"))),
        (BOTH_MISSING[0], BOTH_MISSING[1].model_copy(update={"due": due("2026-09-28")})),
    ],
    ids=["one kept back", "a primary one", "due at once"],
)
def test_all_missing_materials_and_no_others_are_deferred_each_to_a_later_day(deferred):
    given(*s.DEFERRED_CLEARED).recording(served(deferred)).refused(
        "只有次要材料可以容缺，且每份都要写明补交期限（I7）"
    )


def test_a_missing_primary_material_is_never_deferred():
    lost = fact(e.CaseOpened, **s.DEFERRED_OPENED[0].said | {"submitted": ("M-02", "M-03")})
    form = (f.DeferredMaterial(code="M-01", name="申请书", due=due("2026-10-10")),)
    given(lost, *s.DEFERRED_CLEARED[1:]).recording(served(form)).refused(
        "只有次要材料可以容缺，且每份都要写明补交期限（I7）"
    )


def test_a_notice_is_not_served_before_the_credit_query_or_twice():
    given(*s.OPENED).when("notify").refused("目前是“已收件”")
    given(*s.NOTIFIED).when("notify").refused("目前是“已告知”")


# the promise ------------------------------------------------------------------------------------


def promise(story: tuple[Fact, ...], **said: object) -> Fact:
    usual = {
        "code": "41128120260928000001",
        "record_type": f.RecordType.APPROVAL_SUBSTITUTE,
        "reason": "申请办理“食品经营许可”",
        "content": "已知晓告知书的全部内容。\n符合下列条件：\n"
        "（1）经营场所与有毒、有害场所保持规定的距离\n（2）设有专职食品安全管理人员\n"
        "愿意承担违反承诺的责任。\n以上承诺是真实意思表示。",
        "liability": f"撤销食品经营许可\n{LICENCE_FINE_TOLD}\n{RECORDED}",
        "deferred": (),
        "substantive_check": False,
        "letter": s.letter(story),
        "decide_by": due("2026-09-28"),
    }
    return fact(e.CommitmentMade, **usual | said)


def test_a_promise_is_decided_the_same_day():
    given(*s.NOTIFIED).when("commit", s.letter(s.NOTIFIED), s.code()).then(
        promise(s.NOTIFIED)
    ).owes(("decide", "2026-09-28"))


def test_the_promise_says_which_materials_follow_and_by_when():
    lines = promise(s.NOTIFIED).said["content"].split("\n")
    lines[4:4] = [f"在2026年10月10日前补交《{m.name}》。" for m in BOTH_MISSING]
    given(*s.DEFERRED_NOTIFIED).when("commit", s.letter(s.DEFERRED_NOTIFIED), s.code()).then(
        promise(
            s.DEFERRED_NOTIFIED,
            record_type=f.RecordType.DEFERRED_MATERIALS,
            content="\n".join(lines),
            deferred=BOTH_MISSING,
        )
    ).owes(
        ("decide", "2026-09-28"), ("supply", "2026-10-10", "M-02"), ("supply", "2026-10-10", "M-03")
    )


def test_a_decision_that_waits_for_materials_is_due_the_working_day_after_them():
    opened = fact(e.CaseOpened, **s.DEFERRED_OPENED[0].said | {"pinned": s.DECIDED_LAST})
    story = after(after((opened,), "query", s.CLEAN), "notify")
    given(*story).when("commit", s.letter(story), s.code()).owes(
        ("supply", "2026-10-10", "M-02"), ("supply", "2026-10-10", "M-03"), ("decide", "2026-10-12")
    )


def test_the_letter_cites_the_notice_that_was_served():
    other = s.letter(s.NOTIFIED, notice_digest=s.digest("another notice"))
    given(*s.NOTIFIED).when("commit", other, s.code()).refused(
        "承诺书引用的不是已送达的告知书（I2）"
    )


VERIFIED = Verified(
    method=SignatureMethod.PADES,
    level=SignatureLevel.RELIABLE_E,
    signer=CertificateAttribute(place=AttributePlace.SUBJECT, oid="2.5.4.97"),
    certificate_sha256=s.digest("certificate"),
    root_sha256=s.digest("root"),
    signing_time=DAY_1,
    time_source=TimeSource.RECEIVED,
)


@pytest.mark.parametrize("level", ["reliable_e", "qualified_seal"])
def test_a_reliable_signature_that_the_service_verified_makes_an_online_promise(level):
    verified = VERIFIED.model_copy(update={"level": SignatureLevel(level)})
    online = s.letter(s.NOTIFIED, channel="online", verification=verified)
    given(*s.NOTIFIED).when("commit", online, s.code()).then(promise(s.NOTIFIED, letter=online))


@pytest.mark.parametrize(
    "known",
    [
        VERIFIED.model_copy(update={"level": SignatureLevel.SIMPLE_E}),
        Attested(),
        Claimed(level=SignatureLevel.RELIABLE_E, verified=True),
        Claimed(level=SignatureLevel.QUALIFIED_SEAL, verified=True),
    ],
)
def test_a_simple_signature_or_one_that_nobody_verified_makes_no_online_promise(known):
    online = s.letter(s.NOTIFIED, channel="online", verification=known)
    given(*s.NOTIFIED).when("commit", online, s.code()).refused(
        "线上承诺须使用经本系统验证的可靠电子签名或者电子印章，也可以到窗口签署（I3）"
    )


@pytest.mark.parametrize("known", [Attested(), VERIFIED])
def test_at_the_counter_the_clerk_saw_the_original_or_the_service_verified_the_letter(known):
    signed = s.letter(s.NOTIFIED, verification=known)
    given(*s.NOTIFIED).when("commit", signed, s.code()).then(promise(s.NOTIFIED, letter=signed))


@pytest.mark.parametrize("level", SignatureLevel)
@pytest.mark.parametrize("verified", [True, False])
def test_at_the_counter_a_signature_that_is_only_claimed_makes_no_promise(level, verified):
    unseen = s.letter(s.NOTIFIED, verification=Claimed(level=level, verified=verified))
    given(*s.NOTIFIED).when("commit", unseen, s.code()).refused(
        "在窗口签署的承诺书，须由窗口人员看过原件、核对签署人的身份后确认，或者经本系统核验电子签名"
    )


AGENCY = f.Agency(
    digest=s.digest("power of attorney"),
    scope=(f.AgentAct.PROMISE,),
    valid_until=date(2026, 12, 31),
)


@pytest.mark.parametrize("story", [s.NOTIFIED, BY_PERSON])
def test_an_agent_signs_with_a_power_of_attorney(story):
    signed = s.letter(story, mark="authorised_signature", agency=AGENCY)
    given(*story).when("commit", signed, s.code()).then(promise(story, letter=signed))


@pytest.mark.parametrize(
    ("mark", "agency", "reason"),
    [
        ("authorised_signature", None, "代理人签字的须有授权委托书，本人签字或者盖章的不填"),
        ("seal", AGENCY, "代理人签字的须有授权委托书，本人签字或者盖章的不填"),
        (
            "authorised_signature",
            AGENCY.model_copy(update={"scope": (f.AgentAct.RECEIVE,)}),
            "授权委托书没有授权代理人签署信用承诺书，请补办授权或者由本人签署",
        ),
        (
            "authorised_signature",
            AGENCY.model_copy(update={"valid_until": date(2026, 9, 27)}),
            "授权到期日期不能早于承诺书签署之日",
        ),
        (
            "authorised_signature",
            AGENCY.model_copy(update={"valid_until": date(2126, 9, 27)}),
            "授权到期日期不能晚于承诺书签署满十年之日",
        ),
    ],
)
def test_an_agent_without_a_sufficient_power_of_attorney_signs_nothing(mark, agency, reason):
    signed = s.letter(s.NOTIFIED, mark=mark, agency=agency)
    given(*s.NOTIFIED).when("commit", signed, s.code()).refused(
        f"{reason}（《民法典》第一百六十五条）"
    )


@pytest.mark.parametrize(
    ("story", "mark"),
    [
        (s.NOTIFIED, "seal"),
        (BY_PERSON, "signature"),
        (BY_A_TRADER, "seal"),
        (BY_A_TRADER, "signature"),
    ],
)
def test_organisations_seal_persons_sign_and_traders_do_either(story, mark):
    marked = s.letter(story, mark=mark)
    given(*story).when("commit", marked, s.code()).then(promise(story, letter=marked))


@pytest.mark.parametrize(("story", "mark"), [(s.NOTIFIED, "signature"), (BY_PERSON, "seal")])
def test_an_organisations_signature_and_a_persons_seal_are_refused(story, mark):
    given(*story).when("commit", s.letter(story, mark=mark), s.code()).refused(
        "承诺书应由本人签字，单位应盖章，个体工商户可以盖章或者由经营者签字，也可以由授权代理人签字"
    )


@pytest.mark.parametrize(
    ("signed", "reason"),
    [
        (on("2026-09-27"), "签署日期不能早于告知之日（工作方案 四·二、四·三）"),
        (on("2026-10-08"), "签署日期不能晚于今天（工作方案 四·二、四·三）"),
    ],
)
def test_a_letter_is_signed_between_the_notice_and_its_receipt(signed, reason):
    received = workdays_after(DAY_1, 2)
    given(*s.NOTIFIED).when(
        "commit", s.letter(s.NOTIFIED, signed), s.code(signed), at=received
    ).refused(reason)


def test_the_commitment_code_has_the_day_of_signing_even_if_the_letter_comes_later():
    signed, received = on("2026-09-29"), on("2026-09-30")
    late = s.letter(s.NOTIFIED, signed)
    given(*s.NOTIFIED).when("commit", late, s.code(signed, 7), at=received).then(
        promise(s.NOTIFIED, letter=late, code="41128120260929000007", decide_by=due("2026-09-30"))
    )


@pytest.mark.parametrize("wrong", ["41120220260928000001", "41128120260929000001"])
def test_the_commitment_code_must_match_region_and_day(wrong):
    given(*s.NOTIFIED).when("commit", s.letter(s.NOTIFIED), wrong).refused(
        "承诺编码与受理地区或者承诺日期不符（I20）"
    )


def test_a_promise_is_not_made_before_the_notice_or_twice():
    given(*s.CLEARED).when("commit", s.letter(s.NOTIFIED), s.code()).refused("目前是“信用良好”")
    given(*s.COMMITTED).when("commit", s.letter(s.NOTIFIED), s.code()).refused("目前是“已承诺”")


def test_an_applicant_who_declines_gets_the_ordinary_procedure():
    step = given(*s.NOTIFIED).when("decline", "改走一般程序")
    step.then(fact(e.CommitmentDeclined, reason="改走一般程序")).owes()
    assert step.it.stage.label == "转原审批程序"


def test_a_promise_once_made_is_not_declined():
    given(*s.COMMITTED).when("decline", "改走一般程序").refused("目前是“已承诺”")
