"""Chinese words for the fields and codes of states and events, and for the paths to them."""

from collections.abc import Iterator
from typing import Any

from application.aggregates import EVENTS
from domain.values.labels import Labelled
from domain.values.parties import SubjectCategory

WORDS = {
    # the state of an aggregate
    "stage": "所处阶段",
    "acceptance": "申请的受理",
    "hearing": "陈述申辩",
    "delivery": "决定的送达",
    "identity": "姓名（名称）登记",
    "messages": "短信告知",
    "timing": "时刻",
    "kind": "类型",
    "applicant": "申请人",
    "pinned": "适用的事项",
    "supplements": "容缺材料",
    "owed": "待办",
    "investigators": "核查人员",
    "found_on": "首次发现违诺日期",
    "returned": "曾被退回",
    "said": "已经办理",
    "item": "事项",
    "listing": "清单状态",
    "terms": "管理办法内容",
    "terms_version": "管理办法版次",
    # fields of an event that is stored in a state
    "version": "版本",
    "day": "日期",
    "by": "经办人员",
    "facts": "内容",
    # parties and items
    "code": "编码",
    "name": "名称",
    "code_confirmed": "代码核对",
    "ref": "个人信息编号",
    "field": "领域",
    "department": "单位",
    "supervisor": "监管单位",
    "types": "承诺类型",
    "replaces": "替代的环节",
    "gate": "决定时点",
    "materials": "材料清单",
    "weight": "材料性质",
    "disposition": "材料的收取",
    "replaced_by_promise": "可以由承诺替代",
    "shareable": "全市共用，本市已经持有的不再索要",
    "material": "材料",
    "conditions": "条件",
    "standards": "办理标准",
    "consequences": "违诺后果",
    "periods": "期限（工作日）",
    "supplement": "补交",
    "inspection": "核查",
    "rectification": "整改",
    "measures": "惩戒措施",
    "measure_document": "管理办法",
    "legal_basis": "设定依据",
    "substantive_check": "是否实质核查",
    # dates
    "action": "事项",
    "about": "所涉材料",
    "due": "期限",
    "on": "期限日",
    "provisional": "暂定",
    "fresh_until": "查询结果有效期",
    "penalize_by": "处理期限",
    "signed_on": "签署日期",
    "issued_on": "作出日期",
    "served_on": "送达日期",
    "earliest_end": "公示最早终止日",
    "latest_end": "公示最晚终止日",
    # the documents served with an event
    "documents": "送达的文书",
    "template": "文书模板",
    "template_version": "文书模板的版次",
    "site": "核验文书的公开地址",
    # the facts of events
    "answer": "查询结果",
    "source": "来源",
    "report_sha256": "信用报告的 SHA-256",
    "findings": "不得适用的情形",
    "exclusion": "情形",
    "document": "文书",
    "deferred": "容缺的材料",
    "digest": "SHA-256",
    "notice_digest": "所引告知书的 SHA-256",
    "reason": "事由",
    "channel": "渠道",
    "topic": "事件",
    "at": "时刻",
    "signature": "签署",
    "mark": "签署方式",
    "level": "签名等级",
    "verified": "填报为已验证",
    "verification": "核验",
    "method": "签名方式",
    "signer": "载明签署人的证书项",
    "place": "位置",
    "oid": "对象标识符",
    "certificate_sha256": "证书的 SHA-256",
    "root_sha256": "根证书的 SHA-256",
    "signing_time": "签署时间",
    "time_source": "签署时间的来源",
    "agency": "委托代理",
    "scope": "授权范围",
    "valid_until": "到期日期",
    "number": "文号",
    "title": "标题",
    "supply": "补交状态",
    "finding": "认定",
    "conclusion": "公开的结论",
    "public_note": "公开的说明",
    "contact": "联系方式",
    "telephone": "咨询电话",
    "complaints": "监督投诉电话",
    "address": "地址",
    "mailbox": "电子邮箱",
    "website": "网址",
    "evidence": "证据",
    "proof": "证明方式",
    "officers": "执法人员",
    "verdict": "履行认定",
    "status": "履行状态",
    "unfulfilled_content": "未履行内容",
    "breach_consequence": "追究内容",
    # a restoration of the log
    "restored": "恢复",
    # a tolerance review
    "requested": "容错申请",
    "checked": "核查",
    "decision": "决定",
    "outcome": "结果",
    "sign_off": "上级签批",
    "notice": "送达",
    "contested_on": "提出复核、申诉日期",
    "rulings": "复核、申诉结果",
    "ruling": "处理结果",
    "changed_to": "改变为",
    "reconsider_by": "申请复核期限",
    "appeal_by": "申诉期限",
    "settle_by": "答复期限",
    "superior": "直接上级",
    "shows": "证明内容",
    "ground": "情形",
    "rule_broken": "突破的规定",
    "public_motive": "出于公心",
    "effect": "不良影响",
    "effect_on": "影响发生日期",
    "correction": "补正",
    "corrected_on": "补正日期",
    "error": "失误或者偏差",
    "novelty": "新机制、新方法",
    "gap": "无先例或者界限不明确",
    "deviation": "偏差",
    "loss": "损失（元）",
    "consequence": "不良后果",
    "harm": "危害程度",
    "citation": "引用的规定",
    "as_of": "事发日期",
    "text": "当时的规定",
    "provides": "当时的规定是",
    "reform_direction": "符合改革方向",
    "not_prohibited": "未违反禁止性规定",
    "lawful_procedure": "程序合法",
    "diligent": "勤勉尽责未谋私利",
    "cases": "关联的案件",
    "case": "案件",
    "id": "编号",
    "met": "满足",
    "found": "查明",
    "facts_confirmed": "事实得到确认",
    "authority": "决定机关",
    "deciders": "决定人员",
    "reasons": "理由",
} | {name: word for event in EVENTS for name, word in event.WORDS.items()}
"""The Chinese word for each field.

An event class declares the words for the fields that no other event has.
"""


def field_label(name: str, topics: dict[str, str]) -> str:
    """Returns the Chinese word for a field, or for an event topic if `topics` contains it."""
    return topics.get(name) or WORDS.get(name, name)


def path_label(path: str, topics: dict[str, str]) -> str:
    """Returns a JSON Pointer in Chinese words."""
    return "·".join(_part_labels(path, topics))


def _part_labels(path: str, topics: dict[str, str]) -> Iterator[str]:
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if name.isdecimal():
            yield f"第{int(name) + 1}项"
        else:
            yield field_label(name, topics)


def code_label(value: Any) -> str | None:
    """Returns the Chinese word for a code.  Returns None if the value is not a code."""
    return value.label if isinstance(value, Labelled | SubjectCategory) else None
