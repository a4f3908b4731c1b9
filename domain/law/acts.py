"""The acts on which the house rests: their versions, and the days on which each was in force."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Version:
    """One wording of an act, from its first day in force to its last."""

    in_force_from: date
    source: str
    """Where these days were found."""
    in_force_to: date | None = None
    """The last day; None as long as no later version is known."""
    exact: bool = True
    """False if the act was in force on its first day here, but may have been before."""

    def holds_on(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True)
class Act:
    id: str
    name: str
    """The full name, with the number if the act has one."""
    called: str
    """The name in a citation."""
    versions: tuple[Version, ...]

    def on(self, day: date) -> Version | None:
        """The version in force on this day.  Returns None if there was none."""
        return next((each for each in self.versions if each.holds_on(day)), None)


_TEXT = "法律文本附则（LawRefBook/Laws 2f4c5c2）"
_ISSUED = "文件未规定施行日期；成文早于工作方案"

PLAN = Act(
    "工作方案",
    "《义马市政务领域开展信用承诺改革工作方案（试行）》（义政数〔2020〕17号）",
    "工作方案",
    (Version(date(2020, 12, 28), "工作方案的印发日期"),),
)
BUSINESS = Act(
    "国务院营商条例",
    "《优化营商环境条例》（国务院令第722号）",
    "《优化营商环境条例》",
    (Version(date(2020, 1, 1), _TEXT),),
)
HENAN_BUSINESS = Act(
    "河南营商条例",
    "《河南省优化营商环境条例》",
    "《河南省优化营商环境条例》",
    (
        Version(date(2021, 1, 1), _TEXT, date(2026, 2, 28)),
        Version(date(2026, 3, 1), "河南人大网 henanrd.gov.cn/2025/12-09/230409"),
    ),
)
HENAN_CREDIT = Act(
    "河南信用条例",
    "《河南省社会信用条例》",
    "《河南省社会信用条例》",
    (Version(date(2020, 5, 1), _TEXT),),
)
PENALTIES = Act(
    "行政处罚法",
    "《中华人民共和国行政处罚法》",
    "《行政处罚法》",
    (
        Version(date(2020, 12, 28), "2017年修正的文本，条文未核对", date(2021, 7, 14), exact=False),
        Version(date(2021, 7, 15), _TEXT),
    ),
)
CIVIL_SERVICE = Act(
    "公务员法",
    "《中华人民共和国公务员法》",
    "《公务员法》",
    (Version(date(2019, 6, 1), _TEXT),),
)
DISHONESTY = Act(
    "失信约束意见",
    "《国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见》"
    "（国办发〔2020〕49号）",
    "国办发〔2020〕49号",
    (Version(date(2020, 12, 28), _ISSUED, exact=False),),
)
CIVIL_RULES = Act(
    "民法总则",
    "《中华人民共和国民法总则》",
    "《民法总则》",
    (Version(date(2017, 10, 1), _TEXT, date(2020, 12, 31)),),
)
CIVIL_CODE = Act(
    "民法典",
    "《中华人民共和国民法典》",
    "《民法典》",
    (Version(date(2021, 1, 1), _TEXT),),
)
LICENSING = Act(
    "行政许可法",
    "《中华人民共和国行政许可法》",
    "《行政许可法》",
    (Version(date(2019, 4, 23), "全国人大常委会2019年4月23日修正，自公布之日起施行"),),
)
PERSONAL_DATA = Act(
    "个人信息保护法",
    "《中华人民共和国个人信息保护法》",
    "《个人信息保护法》",
    (Version(date(2021, 11, 1), _TEXT),),
)
RECONSIDERATION = Act(
    "行政复议法",
    "《中华人民共和国行政复议法》",
    "《行政复议法》",
    (
        Version(date(2018, 1, 1), _TEXT, date(2023, 12, 31)),
        Version(date(2024, 1, 1), _TEXT),
    ),
)
LITIGATION = Act(
    "行政诉讼法",
    "《中华人民共和国行政诉讼法》",
    "《行政诉讼法》",
    (Version(date(2017, 7, 1), _TEXT),),
)
ENTERPRISES = Act(
    "企业信息公示条例",
    "《企业信息公示暂行条例》",
    "《企业信息公示暂行条例》",
    (
        Version(date(2014, 10, 1), _TEXT, date(2024, 4, 30)),
        Version(date(2024, 5, 1), _TEXT),
    ),
)
ACTS = (
    *(PLAN, BUSINESS, HENAN_BUSINESS, HENAN_CREDIT, PENALTIES, CIVIL_SERVICE, DISHONESTY),
    *(CIVIL_RULES, CIVIL_CODE, LICENSING, PERSONAL_DATA, RECONSIDERATION, LITIGATION, ENTERPRISES),
)
