"""The kinds of documents that are served, and the blocks that each must have."""

from collections.abc import Mapping

from domain.values.labels import Labelled


class DocumentKind(Labelled):
    """A kind of document; its code is part of its address."""

    ACCEPTANCE = "acceptance", "受理通知书"
    NOTICE = "notice", "一次性告知书"
    LETTER = "letter", "信用承诺书"
    DEFERRAL = "deferral", "容缺受理通知书"
    DIVERSION = "diversion", "转原审批程序告知书"
    GRANT = "grant", "准予决定书"
    REFUSAL = "refusal", "不予决定书"
    CORRECTION = "correction", "补正告知书"
    DELIVERY = "delivery", "送达回证"


class Copy(Labelled):
    """Who keeps a copy of a document that is made out twice."""

    APPLICANT = "applicant", "第一联　申请人留存"
    FILE = "file", "第二联　受理单位存档"


MADE_OUT_TWICE = frozenset({DocumentKind.DEFERRAL})
SIGNED_BY_THE_APPLICANT = frozenset({DocumentKind.LETTER})
"""The organ does not issue such a document: it has no red head."""

_SHARED = ("remedies", "office")
MANDATORY: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.ACCEPTANCE: ("matter", "materials", "next_steps", "privacy", *_SHARED),
    DocumentKind.NOTICE: (
        *("matter", "conditions", "standards", "materials", "supplements", "consequences"),
        *("verification", "publicity", "withdrawal", "reply", "privacy", *_SHARED),
    ),
    DocumentKind.LETTER: (
        *("promisor", "matter", "known", "fulfilled", "supplements", "liability"),
        *("verification", "publicity", "true_will", "signature"),
    ),
    DocumentKind.DEFERRAL: (
        *("matter", "materials", "supplements", "form", "overdue", "extension", *_SHARED),
    ),
    DocumentKind.DIVERSION: ("matter", "reasons", "objection", "way_on", *_SHARED),
    DocumentKind.GRANT: ("matter", "decision", "grounds", "duties", *_SHARED),
    DocumentKind.REFUSAL: ("matter", "reasons", "grounds", "decision", "way_on", *_SHARED),
    DocumentKind.CORRECTION: ("matter", "returned", "supplements", "form", "overdue", *_SHARED),
    DocumentKind.DELIVERY: ("delivered", "recipient", "manner", "received", "office"),
}
"""The keys of the blocks without which a document of the kind is unlawful (国办发〔2020〕42号,
行政许可法 38, 行政复议法 20, 行政诉讼法 46, 个人信息保护法 17, and 容缺受理 in the lawbook)."""
