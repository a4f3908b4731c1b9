"""Rules of the acceptance track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  What must be in is said by the rules of the promise track, which hold at the acceptance.
"""

from domain.case.acceptance import events as e
from domain.case.acceptance.verbs import AcceptanceVerbs
from domain.case.promise.materials import indispensable, not_in
from domain.case.promise.rules import MATERIALS_ARE_TAKEN_LAWFULLY
from domain.case.stages import Acceptance, Stage
from domain.kernel.lifecycle import Attempt


def application_is_accepted(case: AcceptanceVerbs, _: Attempt) -> bool:
    """申请还没有受理，请先办理“受理审查”；已经告知补正的，先登记收到的补正材料（〔依据·一次告知补正〕）"""
    return case.acceptance is Acceptance.ACCEPTED


def application_is_still_here(case: AcceptanceVerbs, _: Attempt) -> bool:
    """案件已经转原审批程序办理，不再审查是否受理"""
    return case.stage is Stage.RECEIVED


def only_what_may_be_asked_is_put_right(case: AcceptanceVerbs, event: e.CorrectionAsked) -> bool:
    """要求补正的材料里，有清单以外的，或者已经取消、部门内部共享、本市已经持有的，不得向申请人索要"""
    held = {each.material for each in case.in_hand.reused}
    return _materials(event) <= {each.code for each in case.terms.asked} - held


def everything_that_lacks_is_asked(case: AcceptanceVerbs, event: e.CorrectionAsked) -> bool:
    """补正只告知一次，没有提交又不能由承诺替代、不能容缺的材料须全部列入（〔依据·一次告知补正〕）"""
    return {each.code for each in indispensable(case.in_hand)} <= _materials(event)


def nothing_is_asked_that_may_be_missing(case: AcceptanceVerbs, event: e.CorrectionAsked) -> bool:
    """没有提交的材料可以由承诺替代，或者可以容缺以后补交的，受理时不要求补正"""
    missing = {each.code for each in not_in(case.in_hand)}
    return _materials(event) & missing <= {each.code for each in indispensable(case.in_hand)}


def something_came(case: AcceptanceVerbs, event: e.CorrectionReceived) -> bool:
    """没有填写收到的补正材料，也没有补正的申请书"""
    return bool(event.submitted or event.form)


def _materials(event: e.CorrectionAsked) -> set[str]:
    """The codes of the materials that are asked; the application form has none."""
    return {each.material for each in event.asked if each.material}


# the rules as the tables name them --------------------------------------------------------------

ACCEPTED = (application_is_accepted,)
STILL_HERE = (application_is_still_here,)
ASKING_IS_LAWFUL = (
    only_what_may_be_asked_is_put_right,
    everything_that_lacks_is_asked,
    nothing_is_asked_that_may_be_missing,
)
WHAT_CAME_IS_TAKEN_LAWFULLY = (something_came, *MATERIALS_ARE_TAKEN_LAWFULLY)
