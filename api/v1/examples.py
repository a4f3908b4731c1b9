"""Example bodies: shown in the API docs, and checked by a test against the models they are for."""

from typing import Any

Examples = dict[str, Any]
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SIGNATURE = {"mark": "seal", "level": "reliable_e", "verified": True, "signed_on": "2026-09-28"}
_BASIS = {
    "kind": "other_admin_decision",
    "number": "义市监信〔2026〕1号",
    "issued_on": "2026-11-23",
    "served_on": "2026-11-24",
}
_BROKEN = {
    "status": "3",
    "unfulfilled_content": "经营场所与承诺不符",
    "breach_consequence": "撤销许可，实施信用惩戒",
}
_KEPT = {"status": "1"}

_BUREAU = {"code": "114112810058000150", "name": "义马市市场监督管理局"}
_CITY = {"code": "11411281005800162H", "name": "义马市人民政府"}
_SHOWN = {"shows": "会议纪要第3项", "digest": _HASH}
_FOUND = {"met": True, "found": "与材料一致"}
_FOUR = ("reform_direction", "not_prohibited", "lawful_procedure", "diligent")
_ASKED = {
    "concerned": {"kind": "unit", "department": _BUREAU},
    "superiors": [_CITY],
    "plan_followed": _SHOWN,
    "conditions": dict.fromkeys(_FOUR, _SHOWN),
}
_RULED = {
    "authority": {"code": "11411281005800277P", "name": "中共义马市委组织部"},
    "kind": "appointing",
    "number": "义组〔2026〕7号",
    "issued_on": "2026-10-12",
    "digest": _HASH,
    "deciders": ["z-01"],
    "reasons": "符合容错的情形和条件",
}


def _one(summary: str, **value: Any) -> Examples:
    return {summary: {"summary": summary, "value": value}}


OPEN = _one(
    "单位申请，告知承诺",
    item="010100000001",
    kind="notice_commitment",
    applicant={
        "kind": "organisation",
        "code": "91411281MA9KXNT179",
        "name": "义马市示例商贸有限公司",
    },
    submitted=["M1"],
) | _one(
    "个人申请",
    item="010100000001",
    kind="notice_commitment",
    applicant={"kind": "person", "name": "示例", "id_number": "411281199001010014"},
    submitted=["M1"],
)
COMMIT = _one(
    "作出承诺",
    outcome="promise",
    letter={
        "notice_digest": _HASH,
        "digest": _HASH,
        "channel": "online",
        "signature": _SIGNATURE,
    },
) | _one("不作承诺", outcome="decline", reason="愿意按原程序提交全部证明")
DECIDE = _one(
    "准予",
    outcome="grant",
    document={"number": "义市监许〔2026〕1号", "kind": "licence", "title": "许可证"},
) | _one(
    "不予准予",
    outcome="refuse",
    document={"number": "义市监不许〔2026〕1号", "kind": "other", "title": "不予许可决定书"},
    reason="申请事项依法不予许可",
)
SUPPLY = _one("补交一份材料", material="M2", digest=_HASH)
REVIEW = _one("符合要求", outcome="accept", material="M2") | _one(
    "退回", outcome="return", material="M2", reason="缺少签章"
)
INSPECT = _one("承诺属实", outcome="passed", note="现场核查与承诺一致") | _one(
    "发现违诺", outcome="breach", kind="false_statement", finding="经营场所与承诺不符"
)
RECTIFY = (
    _one("责令整改", outcome="order", items=["变更经营场所或者恢复承诺的条件"])
    | _one("整改完成", outcome="rectified", evidence="复查照片", done_on="2026-11-10")
    | _one("整改不到位", outcome="failed", shortfall="inadequate", finding="场所仍不符合")
    | _one(
        "拒绝整改",
        outcome="refused",
        evidence={"proof": "recorded_by_two", "officers": ["i-01", "i-02"], "digest": _HASH},
    )
)
FOREWARN = _one("事先告知", measures=["H1", "H5"], reason="整改不到位")
HEAR = _one(
    "听取陈述申辩", outcome="heard", statement="当事人请求从轻", opinion="理由不成立"
) | _one("书面放弃", outcome="waived", digest=_HASH)
PENALIZE = _one(
    "实施惩戒",
    outcome="impose",
    measures=["H1"],
    severity="general",
    basis=_BASIS,
    verdict=_BROKEN,
) | _one(
    "不予惩戒",
    outcome="spare",
    reason="minor_and_corrected",
    explanation="已经改正，没有危害后果",
    verdict=_KEPT,
)
WITHDRAW = _one("撤回", reason="不再办理")
REQUEST_TOLERANCE = _one(
    "容缺受理中的失误",
    **_ASKED,
    ground={
        "ground": "deferred_handling_error",
        "error": "漏记一份次要材料的补交期限",
        "cases": [{"id": "00000000-0000-4000-8000-000000000001", "version": 5}],
    },
) | _one(
    "探索新方法造成损失",
    **_ASKED,
    ground={
        "ground": "novel_method",
        "novelty": "远程视频核查代替现场核查",
        "gap": "no_precedent",
        "deviation": "两处面积核定有误",
        "loss": "1200.00",
    },
    matters=[{"code": "010100000001", "version": 1}],
)
CHECK_FACTS = _one(
    "核查属实",
    check={
        "conditions": dict.fromkeys(_FOUR, _FOUND),
        "facts_confirmed": True,
        "found": "申请所述事实属实",
        "evidence": [_HASH],
    },
)
DECIDE_TOLERANCE = (
    _one("免责", outcome="exempted", decision=_RULED)
    | _one("从轻或者减轻", outcome="mitigated", decision=_RULED)
    | _one(
        "不予免责",
        outcome="not_exempted",
        decision=_RULED,
        sign_off={"person": "z-09", "reason": "情节特殊", "digest": _HASH},
    )
)
NOTIFY_DECISION = _one("送达", recipient="w-01", served_on="2026-10-13")
SETTLE_TOLERANCE = _one("维持", outcome="kept", decision=_RULED, served_on="2026-11-02") | _one(
    "改变", outcome="changed", to="exempted", decision=_RULED, served_on="2026-11-02"
)
