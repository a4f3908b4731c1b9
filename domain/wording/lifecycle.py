"""The lifecycle of an entered article as a table."""

from domain.kernel.lifecycle import Lifecycle, Step
from domain.wording import events as e
from domain.wording import rules as r
from domain.wording.bounds import BOUNDS
from domain.wording.stages import Stage

ACTIONS = {"enter": "录入条文", "approve": "批准条文", "return": "退回条文"}
S = Stage
# fmt: off
ENTRY = Lifecycle("stage", Stage, ACTIONS,
    #    action      from           to           records             only when
    Step("enter",   (),            S.ENTERED,   e.ArticleEntered),
    Step("approve", (S.ENTERED,),  S.APPROVED,  e.ArticleApproved,  (r.decided_by_another,)),
    Step("return",  (S.ENTERED,),  S.RETURNED,  e.ArticleReturned,  (r.decided_by_another,)),
    dates=BOUNDS,
)
# fmt: on
