"""The lifecycles of a commitment case as tables: the main line and the tracks beside it.

The tables drive the guard of `Case`, the next actions in every reply, and the diagrams in
domain/README.md.  To change a step, change only its row.
"""

from domain.case import events as e
from domain.case.acceptance.rules import (
    ACCEPTED,
    ASKING_IS_LAWFUL,
    STILL_HERE,
    WHAT_CAME_IS_TAKEN_LAWFULLY,
)
from domain.case.bounds import BOUNDS
from domain.case.delivery.rules import AMENDMENT_IS_SOUND, DECIDED
from domain.case.identity.rules import BY_ANOTHER, CORRECTION_IS_SOUND
from domain.case.promise.rules import (
    LETTER_IS_SOUND,
    MATERIALS_ARE_COMPLETE,
    MAY_BE_GRANTED,
    OPENING_IS_SOUND,
    an_exclusion_holds,
    deferred_are_secondary_and_dated,
    no_exclusion_holds,
    nothing_awaits_review,
    query_is_due,
)
from domain.case.sanction.rules import (
    DECIDED_BY_ANOTHER,
    HEARD_AND_BY_ANOTHER,
    HEARD_BY_ANOTHER,
    PENALTY_IS_LAWFUL,
    SPARING_IS_LAWFUL,
    UNRECTIFIED_BY_ANOTHER,
    measures_are_the_items,
)
from domain.case.stages import Acceptance, Delivery, Hearing, Identity, Messages, Stage, Supply
from domain.case.substance.rules import item_needs_a_check, two_officers_check
from domain.case.supervision.rules import (
    BREACH_IS_SHOWN,
    INSPECTED_BY_ANOTHER,
    KEPT_AND_COMPLETE,
    overdue_only_after_the_order,
    refusal_is_evidenced,
)
from domain.case.supplement.rules import supplies_are_open, supply_is_in_time
from domain.kernel.instants import MAY_RETIME, RETIMING_IS_SOUND, Timing
from domain.kernel.lifecycle import SAME, Lifecycle, Step

ACTIONS = {
    "open": "受理",
    "accept": "受理审查",
    "complete": "收到补正材料",
    "query": "信用查询",
    "notify": "一次性告知",
    "commit": "承诺",
    "check": "实质核查",
    "decide": "作出决定",
    "inspect": "履约核查",
    "rectify": "限期整改",
    "penalize": "失信惩戒",
    "renotify": "更正告知书",
    "withdraw": "撤回申请",
    "supply": "补交材料",
    "review": "审核补交材料",
    "forewarn": "惩戒事先告知",
    "hear": "听取陈述申辩",
    "deliver": "送达决定",
    "amend": "更正决定书",
    "correct": "更正姓名（名称）",
    "contact": "短信告知",
    "retime": "纠正时刻",
}

S, A, M, H = Stage, Acceptance, Supply, Hearing
BEFORE_DECISION = (S.RECEIVED, S.ELIGIBLE, S.NOTIFIED, S.COMMITTED)
# fmt: off
MAIN_LINE = Lifecycle("stage", Stage, ACTIONS,
    #    action      from                       to             records                 only when               provided that
    Step("open",     (),                        S.RECEIVED,    e.CaseOpened,           (),                     OPENING_IS_SOUND),
    Step("query",    (S.RECEIVED,),             S.ELIGIBLE,    e.CreditCleared,        ACCEPTED,              (no_exclusion_holds,)),
    Step("query",    BEFORE_DECISION[1:],       SAME,          e.CreditReconfirmed,    (query_is_due,),        (no_exclusion_holds,)),
    Step("query",    BEFORE_DECISION,           S.DIVERTED,    e.CreditExcluded,       (*ACCEPTED, query_is_due), (an_exclusion_holds,)),
    Step("notify",   (S.ELIGIBLE,),             S.NOTIFIED,    e.NoticeServed,         (),                     (deferred_are_secondary_and_dated,)),
    Step("commit",   (S.NOTIFIED,),             S.COMMITTED,   e.CommitmentMade,       (),                     LETTER_IS_SOUND),
    Step("commit",   (S.NOTIFIED,),             S.DIVERTED,    e.CommitmentDeclined),
    Step("check",    (S.COMMITTED,),            SAME,          e.SubstanceChecked,     (item_needs_a_check,),  (two_officers_check,)),
    Step("decide",   (S.COMMITTED,),            S.GRANTED,     e.ApplicationGranted,   MAY_BE_GRANTED),
    Step("decide",   (S.COMMITTED,),            S.REFUSED,     e.ApplicationRefused,   (),                     (nothing_awaits_review,)),
    Step("inspect",  (S.GRANTED, S.RECTIFYING), S.FULFILLED,   e.InspectionPassed,     KEPT_AND_COMPLETE),
    Step("inspect",  (S.GRANTED, S.RECTIFYING), S.BREACHED,    e.BreachFound,          INSPECTED_BY_ANOTHER,   BREACH_IS_SHOWN),
    Step("rectify",  (S.BREACHED,),             S.RECTIFYING,  e.RectificationOrdered, INSPECTED_BY_ANOTHER),
    Step("rectify",  (S.RECTIFYING,),           S.FULFILLED,   e.Rectified,            KEPT_AND_COMPLETE),
    Step("rectify",  (S.RECTIFYING,),           S.UNRECTIFIED, e.RectificationFailed,  INSPECTED_BY_ANOTHER,   (overdue_only_after_the_order,)),
    Step("rectify",  (S.RECTIFYING,),           S.UNRECTIFIED, e.RectificationRefused, INSPECTED_BY_ANOTHER,   (refusal_is_evidenced,)),
    Step("penalize", (S.UNRECTIFIED,),          S.PENALIZED,   e.PenaltyImposed,       HEARD_AND_BY_ANOTHER,   PENALTY_IS_LAWFUL),
    Step("penalize", (S.UNRECTIFIED,),          S.SPARED,      e.PenaltyWaived,        DECIDED_BY_ANOTHER,     SPARING_IS_LAWFUL),
    Step("renotify", (S.NOTIFIED,),             SAME,          e.NoticeReplaced,       (),                     (deferred_are_secondary_and_dated,)),
    Step("withdraw", BEFORE_DECISION,           S.DIVERTED,    e.CaseWithdrawn),
    dates=BOUNDS,
)
ACCEPTANCE = Lifecycle("acceptance", Acceptance, ACTIONS,
    Step("accept",   (A.PENDING,),              A.ASKED,       e.CorrectionAsked,      STILL_HERE,             ASKING_IS_LAWFUL),
    Step("complete", (A.ASKED,),                A.COMPLETED,   e.CorrectionReceived,   STILL_HERE,             WHAT_CAME_IS_TAKEN_LAWFULLY),
    Step("accept",   (A.PENDING, A.COMPLETED),  A.ACCEPTED,    e.ApplicationAccepted,  STILL_HERE,             MATERIALS_ARE_COMPLETE),
    dates=BOUNDS,
)
SUPPLEMENT = Lifecycle("supply", Supply, ACTIONS,
    Step("supply",   (M.AWAITED,),              M.SUPPLIED,    e.MaterialSupplied,     (supplies_are_open,),   (supply_is_in_time,)),
    Step("review",   (M.SUPPLIED,),             M.ACCEPTED,    e.MaterialAccepted,     (supplies_are_open,)),
    Step("review",   (M.SUPPLIED,),             M.AWAITED,     e.MaterialReturned,     (supplies_are_open,)),
)
HEARING = Lifecycle("hearing", Hearing, ACTIONS,
    Step("forewarn", (H.NONE,),                 H.FOREWARNED,  e.SanctionForewarned,   UNRECTIFIED_BY_ANOTHER, (measures_are_the_items,)),
    Step("hear",     (H.FOREWARNED,),           H.HEARD,       e.StatementHeard,       HEARD_BY_ANOTHER),
    Step("hear",     (H.FOREWARNED,),           H.WAIVED,      e.StatementWaived,      HEARD_BY_ANOTHER),
)
DELIVERY = Lifecycle("delivery", Delivery, ACTIONS,
    Step("deliver",  (Delivery.NONE,),          Delivery.DELIVERED, e.ResultDelivered,    DECIDED),
    Step("amend",    tuple(Delivery),           Delivery.NONE,      e.DecisionCorrected,  DECIDED,           AMENDMENT_IS_SOUND),
    dates=BOUNDS,
)
IDENTITY = Lifecycle("identity", Identity, ACTIONS,
    Step("correct",  tuple(Identity),           Identity.CORRECTED, e.IdentityCorrected, BY_ANOTHER,        CORRECTION_IS_SOUND),
)
MESSAGES = Lifecycle("messages", Messages, ACTIONS,
    Step("contact",  tuple(Messages),           Messages.AGREED,    e.MessagesAgreed),
    Step("contact",  (Messages.AGREED,),        Messages.WITHDRAWN, e.MessagesWithdrawn),
)
TIMING = Lifecycle("timing", Timing, ACTIONS,
    Step("retime",   tuple(Timing),             Timing.CORRECTED, e.InstantsCorrected,     MAY_RETIME,             RETIMING_IS_SOUND),
)
# fmt: on
