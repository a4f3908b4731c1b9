"""What the market supervision office (义马市市场监督管理局) adds to the city's templates."""

from domain.documents.city import NOTICE
from domain.documents.templates import TemplateBlock, of_department

MARKET_OFFICE_NOTICE = of_department(
    NOTICE,
    "114112810058000150/notice",
    1,
    TemplateBlock(
        "registration",
        "登记信息的公示",
        (
            "办理登记、备案、注销的，办理结果依法通过国家企业信用信息公示系统公示（〔依据·企业信息公示〕）；"
            "申请人应当对登记信息的真实、准确、及时负责。",
        ),
    ),
)
