"""The city's template of what an applicant must put right before an application is accepted."""

from domain.documents.city import FORM, MATTER, OFFICE, REMEDIES
from domain.documents.kinds import DocumentKind
from domain.documents.templates import Template, TemplateBlock

CORRECTION_OF_APPLICATION = Template(
    "city/correction-of-application",
    DocumentKind.CORRECTION,
    1,
    (
        MATTER,
        TemplateBlock(
            "returned",
            "一次告知：需要补正的全部内容",
            (
                "您的申请材料不齐全或者不符合法定形式，需要补正的全部内容如下（〔依据·一次告知补正〕）：",
                "{asked}",
            ),
        ),
        TemplateBlock(
            "supplements",
            "补正的期限",
            (
                "请在{correct_by}以前补正。除上面列明的以外，受理本申请不再要求补正。",
                "本单位收到补正的材料之日起五个工作日内决定是否受理。",
            ),
        ),
        FORM,
        TemplateBlock(
            "overdue",
            "逾期的处理",
            (
                "补正的期限由本单位指定，逾期没有补正的，本申请不自动终止；"
                "您可以说明情况继续补正，也可以撤回申请，按原审批程序办理。",
            ),
        ),
        REMEDIES,
        OFFICE,
    ),
)
