"""The life of a commitment case, as tables: one main line and the tracks beside it.

They drive the guard of `Case`, the next actions that every reply offers, and the diagrams in
domain/README.md.  Change a table, nothing else.
"""

from domain.case import events as e
from domain.case import rules as r
from domain.case.stages import Hearing, Stage, Supply
from domain.kernel.lifecycle import SAME, Lifecycle, Step

ACTIONS = {
    "open": "受理",
    "query": "信用查询",
    "notify": "一次性告知",
    "commit": "承诺",
    "decide": "作出决定",
    "inspect": "履约核查",
    "rectify": "限期整改",
    "penalize": "失信惩戒",
    "withdraw": "撤回申请",
    "supply": "补交材料",
    "review": "审核补交材料",
    "forewarn": "惩戒事先告知",
    "hear": "听取陈述申辩",
}

S, M, H = Stage, Supply, Hearing
BEFORE_DECISION = (S.RECEIVED, S.ELIGIBLE, S.NOTIFIED, S.COMMITTED)
# fmt: off
MAIN_LINE = Lifecycle("stage", Stage, ACTIONS,
    #    action       from                         to             records                  only when                  provided that
    Step("open",     (),                           S.RECEIVED,    e.CaseOpened,            (),                        r.MATERIALS_ARE_SOUND),
    Step("query",    (S.RECEIVED,),                S.ELIGIBLE,    e.CreditCleared,         (),                        (r.no_exclusion_holds,)),
    Step("query",    BEFORE_DECISION[1:],          SAME,          e.CreditReconfirmed,     (r.query_is_due,),         (r.no_exclusion_holds,)),
    Step("query",    BEFORE_DECISION,              S.DIVERTED,    e.CreditExcluded,        (r.query_is_due,),         (r.an_exclusion_holds,)),
    Step("notify",   (S.ELIGIBLE,),                S.NOTIFIED,    e.NoticeServed,          (),                        (r.deferred_are_secondary_and_dated,)),
    Step("commit",   (S.NOTIFIED,),                S.COMMITTED,   e.CommitmentMade,        (),                        r.LETTER_IS_SOUND),
    Step("commit",   (S.NOTIFIED,),                S.DIVERTED,    e.CommitmentDeclined),
    Step("decide",   (S.COMMITTED,),               S.GRANTED,     e.ApplicationGranted,    r.MAY_BE_GRANTED),
    Step("decide",   (S.COMMITTED,),               S.REFUSED,     e.ApplicationRefused),
    Step("inspect",  (S.GRANTED, S.RECTIFYING),    S.FULFILLED,   e.InspectionPassed,      r.KEPT_AND_COMPLETE),
    Step("inspect",  (S.GRANTED, S.RECTIFYING),    S.BREACHED,    e.BreachFound,           r.INSPECTED_BY_ANOTHER,    (r.overdue_only_after_the_due_date,)),
    Step("rectify",  (S.BREACHED,),                S.RECTIFYING,  e.RectificationOrdered,  r.INSPECTED_BY_ANOTHER),
    Step("rectify",  (S.RECTIFYING,),              S.FULFILLED,   e.Rectified,             r.KEPT_AND_COMPLETE,       (r.put_right_in_time,)),
    Step("rectify",  (S.RECTIFYING,),              S.UNRECTIFIED, e.RectificationFailed,   r.INSPECTED_BY_ANOTHER,    (r.overdue_only_after_the_order,)),
    Step("rectify",  (S.RECTIFYING,),              S.UNRECTIFIED, e.RectificationRefused,  r.INSPECTED_BY_ANOTHER,    (r.refusal_is_evidenced,)),
    Step("penalize", (S.UNRECTIFIED,),             S.PENALIZED,   e.PenaltyImposed,        r.HEARD_AND_BY_ANOTHER,    r.PENALTY_IS_LAWFUL),
    Step("penalize", (S.UNRECTIFIED,),             S.SPARED,      e.PenaltyWaived,         r.DECIDED_BY_ANOTHER,      (r.verdict_and_texts_agree,)),
    Step("withdraw", BEFORE_DECISION,              S.DIVERTED,    e.CaseWithdrawn),
)
SUPPLEMENT = Lifecycle("supply", Supply, ACTIONS,
    Step("supply",   (M.AWAITED,),                 M.SUPPLIED,    e.MaterialSupplied,      (r.supplies_are_open,),    (r.supply_is_in_time,)),
    Step("review",   (M.SUPPLIED,),                M.ACCEPTED,    e.MaterialAccepted,      (r.supplies_are_open,)),
    Step("review",   (M.SUPPLIED,),                M.AWAITED,     e.MaterialReturned,      (r.supplies_are_open,)),
)
HEARING = Lifecycle("hearing", Hearing, ACTIONS,
    Step("forewarn", (H.NONE,),                    H.FOREWARNED,  e.SanctionForewarned,    r.UNRECTIFIED_BY_ANOTHER,  (r.measures_are_the_items,)),
    Step("hear",     (H.FOREWARNED,),              H.HEARD,       e.StatementHeard,        r.HEARD_BY_ANOTHER),
    Step("hear",     (H.FOREWARNED,),              H.WAIVED,      e.StatementWaived,       r.HEARD_BY_ANOTHER),
)
# fmt: on
