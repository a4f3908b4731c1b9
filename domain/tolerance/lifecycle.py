"""The lifecycles of a tolerance review as tables: from request to appeal; its instants."""

from domain.kernel.instants import MAY_RETIME, RETIMING_IS_SOUND, Timing
from domain.kernel.lifecycle import Lifecycle, Step
from domain.tolerance import events as e
from domain.tolerance import rules as r
from domain.tolerance.bounds import BOUNDS
from domain.tolerance.stages import Stage

ACTIONS = {
    "request": "申请容错",
    "check": "核查事实",
    "decide": "记录决定",
    "notify": "送达决定",
    "reconsider": "申请复核",
    "appeal": "提出申诉",
    "settle": "记录复核、申诉结果",
    "withdraw": "撤回容错申请",
    "retime": "纠正时刻",
}

S = Stage
# fmt: off
REVIEW = Lifecycle("stage", Stage, ACTIONS,
    #    action         from                          to               records                      only when                       provided that
    Step("request",    (),                            S.REQUESTED,     e.ToleranceRequested,        (),                             r.REQUEST_IS_SOUND),
    Step("check",      (S.REQUESTED,),                S.CHECKED,       e.FactsChecked,              r.CHECKED_FROM_OUTSIDE),
    Step("decide",     (S.CHECKED,),                  S.DECIDED,       e.Exempted,                  r.MAY_BE_EXEMPTED,              r.DECISION_IS_SOUND),
    Step("decide",     (S.CHECKED,),                  S.DECIDED,       e.Mitigated,                 r.MAY_BE_MITIGATED,             r.DECISION_IS_SOUND),
    Step("decide",     (S.CHECKED,),                  S.DECIDED,       e.NotExempted,               r.BY_ANOTHER,                   r.REFUSAL_IS_SOUND),
    Step("notify",     (S.DECIDED,),                  S.NOTIFIED,      e.DecisionNotified,          (),                             r.SERVICE_IS_SOUND),
    Step("reconsider", (S.NOTIFIED,),                 S.RECONSIDERING, e.ReconsiderationRequested,  (r.still_time_to_reconsider,)),
    Step("appeal",     (S.NOTIFIED, S.RECONSIDERED),  S.APPEALED,      e.AppealFiled,               (r.still_time_to_appeal,)),
    Step("settle",     (S.RECONSIDERING,),            S.RECONSIDERED,  e.ReconsiderationSettled,    r.BY_ANOTHER,                   (*r.RULING_IS_SOUND, r.reconsidered_by_the_same)),
    Step("settle",     (S.APPEALED,),                 S.FINAL,         e.AppealSettled,             r.BY_ANOTHER,                   (*r.RULING_IS_SOUND, r.appeal_goes_to_another)),
    Step("withdraw",   (S.REQUESTED, S.CHECKED),      S.WITHDRAWN,     e.RequestWithdrawn),
    dates=BOUNDS,
)
TIMING = Lifecycle("timing", Timing, ACTIONS,
    Step("retime",     tuple(Timing),                 Timing.CORRECTED, e.ReviewInstantsCorrected,   MAY_RETIME,                     RETIMING_IS_SOUND),
)
# fmt: on
