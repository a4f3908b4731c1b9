"""Stages of a tolerance review."""

from domain.values.labels import Labelled


class Stage(Labelled):
    """Where a tolerance review stands."""

    REQUESTED = "requested", "已申请容错"
    CHECKED = "checked", "已核查"
    DECIDED = "decided", "已决定"
    NOTIFIED = "notified", "决定已送达"
    RECONSIDERING = "reconsidering", "复核中"
    RECONSIDERED = "reconsidered", "已复核"
    APPEALED = "appealed", "申诉中"
    FINAL = "final", "申诉已处理"
    WITHDRAWN = "withdrawn", "申请已撤回"
