"""Named rules of an entered article.  A rule's docstring is the reason shown when it is broken."""

from domain.kernel.lifecycle import Attempt
from domain.values.staff import is_among
from domain.wording.state import EntryState


def decided_by_another(entry: EntryState, attempt: Attempt) -> bool:
    """录入人自己不能批准或者退回，须由另一名人员核对原文"""
    return not is_among(attempt.by.person, [entry.entered.by.person])
