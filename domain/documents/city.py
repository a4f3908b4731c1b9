"""The city's base templates, first version; a changed text is a new version beside the old one."""

from dataclasses import replace

from domain.documents.kinds import DocumentKind
from domain.documents.templates import Template, TemplateBlock

REMEDIES = TemplateBlock(
    "remedies",
    "救济途径",
    (
        "对本单位就本事项作出的行政行为不服的，可以自知道该行为之日起六十日内向义马市人民政府"
        "申请行政复议（〔依据·申请行政复议〕），或者自知道之日起六个月内向义马市人民法院提起"
        "行政诉讼（〔依据·提起行政诉讼〕）。复议、诉讼期间，除法律规定的情形外，不停止执行。",
    ),
)
OFFICE = TemplateBlock(
    "office",
    "办理单位和联系方式",
    ("办理单位：{office}", "监管单位：{supervisor}", "{contact}"),
)
MATTER = TemplateBlock(
    "matter",
    "事项与设定依据",
    (
        "申请事项：{item}（事项编码{item_code}）",
        "承诺类型：{type}",
        "管理办法：{measure_document}",
        "设定依据：",
        "{legal_basis}",
    ),
)
PRIVACY = TemplateBlock(
    "privacy",
    "个人信息的处理",
    (
        "处理者是{office}，联系方式见“办理单位和联系方式”。为履行法定职责、办理本事项，处理申请人"
        "（单位的法定代表人、经办人）的姓名、证件号码、联系方式和信用信息，"
        "向信用平台查询并归集承诺信息，不用于其他目的，保存期限为档案管理规定的期限"
        "（〔依据·个人信息告知〕）。",
        "您有权查阅、复制、更正个人信息，有权知道谁查询过您的信息，并可以要求对处理规则作出解释；"
        "请到办理单位的窗口提出，或者在“我的办理”页面查看（〔依据·查阅和更正〕）。",
    ),
)
VERIFICATION = TemplateBlock(
    "verification",
    "核查的权力和方式",
    (
        "{supervisor}有权自作出决定之日起{inspection}个工作日内，以现场核查、书面核查、数据比对等"
        "方式核查承诺是否属实、是否履行；被核查人应当如实说明情况、提供材料。",
        "核查发现不符合承诺的，责令在{rectification}个工作日内整改；整改不到位或者拒绝整改的，"
        "按“违诺的后果”处理，处理以前听取您的陈述和申辩。",
    ),
)
PUBLICITY = TemplateBlock("publicity", "承诺书是否公开", ("{publicity}",))
FORM = TemplateBlock(
    "form",
    "补正的形式",
    (
        "补正的材料可以到窗口提交、邮寄或者在线提交原件、复印件或者电子件；"
        "以交到、寄出或者在线提交的时间为准；由代理人提交的，应当附授权委托书。",
    ),
)
OVERDUE = TemplateBlock(
    "overdue",
    "逾期的处理",
    (
        "逾期没有补齐的，先责令在{rectification}个工作日内补齐；仍不补齐的，按违反承诺处理：",
        "{consequences}",
    ),
)

ACCEPTANCE = Template(
    "city/acceptance",
    DocumentKind.ACCEPTANCE,
    1,
    (
        MATTER,
        TemplateBlock("materials", "收到的材料", ("{materials}",)),
        TemplateBlock(
            "next_steps",
            "接下来的办理",
            (
                "本单位于{query_by}以前查询申请人的信用；没有不得适用的情形的，一次性告知承诺的条件、"
                "标准和违诺的后果，由您决定是否作出承诺。",
                "有不得适用的情形，或者您不愿意承诺的，按原审批程序办理，这不是不予许可。",
            ),
        ),
        PRIVACY,
        REMEDIES,
        OFFICE,
    ),
)
NOTICE = Template(
    "city/notice",
    DocumentKind.NOTICE,
    1,
    (
        replace(MATTER, lines=(*MATTER.lines, "{replacing}")),
        TemplateBlock("conditions", "办理条件", ("{conditions}",)),
        TemplateBlock("standards", "办理标准", ("{standards}",)),
        TemplateBlock("materials", "材料和承诺所替代的内容", ("{materials}", "{stands_in}")),
        TemplateBlock("supplements", "需要补交的材料和期限", ("{supplements}",)),
        TemplateBlock("consequences", "违诺的后果", ("{consequences}",)),
        VERIFICATION,
        PUBLICITY,
        TemplateBlock(
            "withdrawal",
            "撤回和原审批程序",
            (
                "您可以不作承诺，也可以在作出决定以前说明理由撤回；不作承诺或者撤回的，"
                "转原审批程序办理，已交的材料继续有效，不作为不良信用记录。",
            ),
        ),
        TemplateBlock(
            "reply",
            "答复",
            (
                "请于{commit_by}以前答复是否作出承诺；作出承诺的，在承诺书上签字或者盖章。承诺书应引用本告知的编号：",
                "{notice_digest}",
            ),
        ),
        PRIVACY,
        REMEDIES,
        OFFICE,
    ),
)
LETTER = Template(
    "city/letter",
    DocumentKind.LETTER,
    1,
    (
        TemplateBlock("promisor", "承诺人", ("{addressee}", "{code}")),
        TemplateBlock(
            "matter", "承诺事项", ("{reason}（事项编码{item_code}）", "承诺类型：{type}")
        ),
        TemplateBlock(
            "known",
            "已经知晓",
            ("承诺人已经知晓{office}{day}告知书（编号：{notice_digest}）的全部内容。",),
        ),
        TemplateBlock(
            "fulfilled", "已经符合条件", ("承诺人符合下列条件：", "{conditions}", "{replaced}")
        ),
        TemplateBlock("supplements", "按期补交材料", ("{supplements}",)),
        TemplateBlock(
            "liability",
            "愿意承担的责任",
            ("违反承诺的，承诺人愿意承担下列责任：", "{consequences}"),
        ),
        TemplateBlock(
            "verification",
            "接受核查",
            ("承诺人接受{supervisor}依法核查，如实说明情况、提供材料。",),
        ),
        PUBLICITY,
        TemplateBlock(
            "true_will", "真实意思", ("以上承诺是承诺人的真实意思表示，内容真实、准确、完整。",)
        ),
        TemplateBlock(
            "signature",
            "签署",
            (
                "承诺人（个人签字，单位盖章，代理人签字并附授权委托书）：",
                "签署日期：　　　　年　　月　　日",
            ),
        ),
    ),
)
DEFERRAL = Template(
    "city/deferral",
    DocumentKind.DEFERRAL,
    1,
    (
        MATTER,
        TemplateBlock("materials", "收到的材料", ("{materials}",)),
        TemplateBlock(
            "supplements",
            "容缺的材料和补正期限",
            (
                "主要申请材料齐全且符合法定形式，仅欠缺下列次要材料（〔依据·容缺受理〕）：",
                "{supplements}",
            ),
        ),
        FORM,
        OVERDUE,
        TemplateBlock(
            "extension",
            "不可抗力",
            ("因不可抗力不能按期补正的，期限顺延，请在障碍消除后及时告知办理单位并说明情况。",),
        ),
        REMEDIES,
        OFFICE,
    ),
)
DIVERSION = Template(
    "city/diversion",
    DocumentKind.DIVERSION,
    1,
    (
        MATTER,
        TemplateBlock("reasons", "转原审批程序的原因", ("{reasons}",)),
        TemplateBlock("objection", "异议和信用修复", ("{objection}",)),
        TemplateBlock(
            "way_on",
            "后续办理",
            (
                "本案转原审批程序办理，这不是不予许可。已交的材料继续有效，不必重交；请按该事项办事"
                "指南的要求补交其余材料，由{office}依法审查决定。",
            ),
        ),
        REMEDIES,
        OFFICE,
    ),
)
GRANT = Template(
    "city/grant",
    DocumentKind.GRANT,
    1,
    (
        MATTER,
        TemplateBlock(
            "decision",
            "决定",
            (
                "经审查，准予{addressee}办理“{item}”。",
                "{result}：{result_title}",
                "{licence}",
                "{amended}",
            ),
        ),
        TemplateBlock(
            "grounds",
            "决定的依据",
            (
                "{checked}",
                "申请人已经书面承诺符合下列条件，本单位{decides}（〔依据·直接办理〕）：",
                "{conditions}",
            ),
        ),
        TemplateBlock(
            "duties",
            "决定以后的义务和核查",
            ("{supplements}", "{supervisor}于{inspect_by}以前核查承诺是否属实、是否履行。"),
        ),
        REMEDIES,
        OFFICE,
    ),
)
REFUSAL = Template(
    "city/refusal",
    DocumentKind.REFUSAL,
    1,
    (
        MATTER,
        TemplateBlock("reasons", "查明的事实和理由", ("{checked}", "{refusal}")),
        TemplateBlock("grounds", "决定的依据", ("{ground}", "{measure_document}", "{legal_basis}")),
        TemplateBlock(
            "decision",
            "决定",
            ("不予准予{addressee}办理“{item}”（{result_title}）。", "{amended}"),
        ),
        TemplateBlock(
            "way_on",
            "后续办理",
            (
                "本决定不作为不良信用记录。条件具备后，可以重新申请；"
                "也可以向办理单位咨询需要具备的条件和材料。",
            ),
        ),
        REMEDIES,
        OFFICE,
    ),
)
CORRECTION = Template(
    "city/correction",
    DocumentKind.CORRECTION,
    1,
    (
        MATTER,
        TemplateBlock("returned", "退回的材料和理由", ("{returned}",)),
        TemplateBlock(
            "supplements",
            "一次告知：本案还要补交的全部材料",
            ("{supplements}", "除此以外，本案不再要求补交材料。"),
        ),
        FORM,
        OVERDUE,
        REMEDIES,
        OFFICE,
    ),
)
DELIVERY = Template(
    "city/delivery",
    DocumentKind.DELIVERY,
    1,
    (
        TemplateBlock(
            "delivered",
            "送达的文书",
            ("{decided}（{decision_number}）", "{result}：{result_title}"),
        ),
        TemplateBlock("recipient", "受送达人", ("{addressee}", "{code}")),
        TemplateBlock(
            "manner",
            "送达方式",
            ("□ 当面交付　　□ 邮寄　　□ 在线　　□ 代理人领取（附授权委托书）　　□ 留置",),
        ),
        TemplateBlock(
            "received",
            "收到",
            (
                "受送达人（签字，单位盖章）：",
                "收到日期：　　　　年　　月　　日",
                "拒收的原因和见证人（签字）：",
                "送达人（签字）：",
            ),
        ),
        OFFICE,
    ),
)
TEMPLATES = (
    *(ACCEPTANCE, NOTICE, LETTER, DEFERRAL, DIVERSION, GRANT, REFUSAL, CORRECTION, DELIVERY),
)
