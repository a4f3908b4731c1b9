"""Stages of a case: on the main line and on the tracks beside it."""

from domain.values.labels import Labelled


class Stage(Labelled):
    """Where a case stands on the main line."""

    RECEIVED = "received", "已收件"
    ELIGIBLE = "eligible", "信用良好"
    NOTIFIED = "notified", "已告知"
    COMMITTED = "committed", "已承诺"
    GRANTED = "granted", "已准予"
    REFUSED = "refused", "不予准予"
    FULFILLED = "fulfilled", "已履约"
    BREACHED = "breached", "发现违诺"
    RECTIFYING = "rectifying", "整改中"
    UNRECTIFIED = "unrectified", "整改未果"
    PENALIZED = "penalized", "已惩戒"
    SPARED = "spared", "不予惩戒"
    DIVERTED = "diverted", "转原审批程序"


class Acceptance(Labelled):
    """Where the acceptance of an application stands (受理); most are accepted on the spot."""

    PENDING = "pending", "待受理"
    ASKED = "asked", "已告知补正"
    COMPLETED = "completed", "已补正"
    ACCEPTED = "accepted", "已受理"


class Supply(Labelled):
    """Where one missing material stands."""

    AWAITED = "awaited", "待补交"
    SUPPLIED = "supplied", "已补交待审"
    ACCEPTED = "accepted", "已补齐"


class Hearing(Labelled):
    """Where the right to be heard before a sanction stands."""

    NONE = "none", "未告知惩戒"
    FOREWARNED = "forewarned", "已事先告知"
    HEARD = "heard", "已听取陈述申辩"
    WAIVED = "waived", "已书面放弃陈述申辩"


class Messages(Labelled):
    """Whether the applicant agreed to be told by message."""

    NONE = "none", "没有约定短信告知"
    AGREED = "agreed", "同意短信告知"
    WITHDRAWN = "withdrawn", "已撤回同意，不再短信告知"


class Delivery(Labelled):
    """Whether the decision in force was delivered to the applicant (送达)."""

    NONE = "none", "没有送达"
    DELIVERED = "delivered", "已送达"


class Identity(Labelled):
    """Whether the applicant's name is the one given when the case was opened."""

    AS_GIVEN = "as_given", "受理时登记"
    CORRECTED = "corrected", "已更正"
