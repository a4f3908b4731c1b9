"""The table of typed dates: the first and the last day that each may have, with the source.

Dates that the service computes stand in due.py.  Each bound becomes a rule of the lifecycle.
"""

from datetime import date

from domain.case import events as e
from domain.case.acceptance.verbs import AcceptanceVerbs
from domain.case.delivery.verbs import DeliveryVerbs
from domain.case.sanction.verbs import SanctionVerbs
from domain.kernel.dates import TypedDate, today
from domain.values.workdays import add_months

Issued = e.ApplicationGranted | e.DecisionCorrected
HANDED_IN = (e.CaseOpened, e.CorrectionReceived)
ISSUES = (e.ApplicationGranted, e.DecisionCorrected)


def the_notice(case: SanctionVerbs, _: object) -> date | None:
    """告知之日"""
    return case.notice.day if case.notice else None


def the_promise(case: SanctionVerbs, _: object) -> date | None:
    """签署承诺之日"""
    promise = case.last(e.CommitmentMade)
    return promise.letter.signature.signed_on if promise else None


def the_finding(case: SanctionVerbs, _: object) -> date | None:
    """首次发现违诺之日"""
    return case.found_on


def the_finding_or_promise(case: SanctionVerbs, event: e.PenaltyImposed) -> date | None:
    """首次发现违诺之日，裁判文书、仲裁裁决书不能早于签署承诺之日"""
    administrative = event.basis.kind.is_of_an_administrative_organ
    return the_finding(case, event) if administrative else the_promise(case, event)


def the_signing(_: object, event: e.CommitmentMade) -> date:
    """承诺书签署之日"""
    return event.letter.signature.signed_on


def ten_years_after_the_signing(_: object, event: e.CommitmentMade) -> date:
    """承诺书签署满十年之日"""
    return add_months(the_signing(_, event), 120)


def the_order(case: SanctionVerbs, _: object) -> date | None:
    """责令整改之日"""
    order = case.last(e.RectificationOrdered)
    return order.day if order else None


def the_last_day_of_the_order(case: SanctionVerbs, _: object) -> date | None:
    """整改期限届满之日"""
    return case.rectify_by.on if case.rectify_by else None


def its_issue(_: object, event: e.PenaltyImposed) -> date:
    """文书作出之日"""
    return event.basis.issued_on


def fifty_years_on(_: object, event: e.CaseOpened | e.CorrectionReceived) -> date:
    """受理满五十年之日"""
    return add_months(event.day, 600)


def the_asking(case: AcceptanceVerbs, _: object) -> date | None:
    """告知补正之日"""
    asked = case.last(e.CorrectionAsked)
    return asked.day if asked else None


def the_decision(case: DeliveryVerbs, event: Issued) -> date:
    """决定作出之日"""
    return case.decided.day if case.decided else event.day


def a_year_after_the_decision(case: DeliveryVerbs, event: Issued) -> date:
    """决定作出满一年之日"""
    return add_months(the_decision(case, event), 12)


def its_beginning(case: DeliveryVerbs, event: Issued) -> date:
    """有效期起始之日，没有填写起始之日的为决定作出之日"""
    return event.document.valid_from or the_decision(case, event)


def fifty_years_after_its_beginning(case: DeliveryVerbs, event: Issued) -> date:
    """有效期满五十年之日"""
    return add_months(its_beginning(case, event), 600)


def the_paper(case: DeliveryVerbs, _: object) -> date | None:
    """现行的决定书作出或者更正之日"""
    papers = case.decision_papers
    return papers[-1].day if papers else None


# fmt: off
BOUNDS = (
    #          in these events        date                          called              not before                  not after                              source
    TypedDate(HANDED_IN,             "scans.valid_until",          "材料的到期日期",    (today,),                   (fifty_years_on,),                     "〔依据·优化营商环境〕"),
    TypedDate((e.CorrectionReceived,), "received_on",              "收到补正材料的日期", (the_asking,),             (today,),                              "〔依据·一次告知补正〕"),
    TypedDate((e.CommitmentMade,),   "letter.signature.signed_on", "签署日期",          (the_notice,),              (today,),                              "〔依据·方案·告知和承诺〕"),
    TypedDate((e.CommitmentMade,),   "letter.agency.valid_until",  "授权到期日期",      (the_signing,),             (ten_years_after_the_signing,),        "〔依据·委托代理〕"),
    TypedDate((e.SubstanceChecked,), "checked_on",                 "实质核查日期",      (the_promise,),             (today,),                              "〔依据·实质核查〕"),
    TypedDate(ISSUES,                "document.valid_from",        "有效期起始日期",    (the_decision,),            (a_year_after_the_decision,),          "〔依据·许可的有效期〕"),
    TypedDate(ISSUES,                "document.valid_until",       "有效期届满日期",    (its_beginning,),           (fifty_years_after_its_beginning,),    "〔依据·许可的有效期〕"),
    TypedDate((e.ResultDelivered,),  "delivered_on",               "决定的送达日期",    (the_paper,),               (today,),                              "〔依据·颁发和送达〕"),
    TypedDate((e.Rectified,),        "done_on",                    "整改完成日期",      (the_order,),               (the_last_day_of_the_order, today),    "〔依据·方案·限期整改〕"),
    TypedDate((e.PenaltyImposed,),   "basis.issued_on",            "法律文书作出日期",  (the_finding_or_promise,),  (today,),                              "〔依据·失信行为认定〕"),
    TypedDate((e.PenaltyImposed,),   "basis.served_on",            "法律文书送达日期",  (its_issue,),               (today,),                              "〔依据·失信行为认定〕"),
    TypedDate((e.PenaltyWaived,),    "proof.corrected_on",         "改正日期",          (the_order,),               (today,),                              "〔依据·不予处罚〕"),
    TypedDate((e.PenaltyWaived,),    "proof.ended_on",             "违诺终了日期",      (the_promise,),             (the_finding,),                        "〔依据·追究时效〕"),
)
# fmt: on
