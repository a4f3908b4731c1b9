"""Rules of the supplement track.  A rule's docstring is the reason shown when it does not hold.

Conditions read the case, the actor and the day; requirements read the case and the event to be
recorded.  The numbers (I4 …) are the invariants listed in domain/README.md.
"""

from domain.case.supplement import events as e
from domain.case.supplement.verbs import SupplementVerbs
from domain.kernel.lifecycle import Attempt


def supplies_are_open(case: SupplementVerbs, _: Attempt) -> bool:
    """案件已经办结或者正在等待责令整改，现在不能补交材料"""
    return case.takes_supplies


def supply_is_in_time(case: SupplementVerbs, event: e.MaterialSupplied) -> bool:
    """补交期限已过；责令整改后可以在整改期限内补交"""
    due = case.rectify_by or case.supplements[event.material].due
    return not due.passed(event.day)
