"""Where the acts say what the house rests on: one row for each basis and version of the act.

A basis is a name of this house, and the only thing that its texts write.  Its rows may be of several
acts: what was in force before the act stands in an earlier row.
"""

from dataclasses import dataclass
from datetime import date

from domain.law import acts as a
from domain.law.acts import Act


@dataclass(frozen=True)
class Article:
    basis: str
    act: Act
    in_force_from: date
    """The first day of the version in which the article has this number."""
    number: str
    """As it is cited; empty if the act is cited as a whole."""
    wording: str = ""
    """Its text, where a decision must show on which wording it rests."""


TOLERANCE = "容错免责"
_TOLERANCE_OF_2021 = """\
各级国家机关及其工作人员在法定职权范围内对优化营商环境、推进深化改革进行探索，未能实现预期目标或者出现偏差，但符合下列条件的，应当免除相关责任：
（一）符合国家和本省确定的改革方向；
（二）未违反法律、法规禁止性规定；
（三）决策程序符合法律、法规规定；
（四）勤勉尽责、未牟取私利。"""

_BUSINESS = a.BUSINESS.versions[0].in_force_from
_PLAN = a.PLAN.versions[0].in_force_from
_PENALTIES_BEFORE, _PENALTIES_NOW = (each.in_force_from for each in a.PENALTIES.versions)
_HENAN = a.HENAN_BUSINESS.versions[0].in_force_from
_CREDIT = a.HENAN_CREDIT.versions[0].in_force_from
_SERVICE = a.CIVIL_SERVICE.versions[0].in_force_from
_CIVIL_RULES = a.CIVIL_RULES.versions[0].in_force_from
_CIVIL_CODE = a.CIVIL_CODE.versions[0].in_force_from
_LICENSING = a.LICENSING.versions[0].in_force_from
_PERSONAL = a.PERSONAL_DATA.versions[0].in_force_from
_REVIEW_BEFORE, _REVIEW_NOW = (each.in_force_from for each in a.RECONSIDERATION.versions)
_SUITS = a.LITIGATION.versions[0].in_force_from
_ENTERPRISES_BEFORE, _ENTERPRISES_NOW = (each.in_force_from for each in a.ENTERPRISES.versions)

# fmt: off
ARTICLES = (
    Article("优化营商环境",       a.BUSINESS,       _BUSINESS,         ""),
    Article("信用承诺改革",       a.PLAN,           _PLAN,             ""),
    Article("失信行为认定",       a.DISHONESTY,     _PLAN,             ""),
    Article("容缺受理",           a.PLAN,           _PLAN,             "二·一"),
    Article("容缺受理",           a.HENAN_BUSINESS, _HENAN,            "第三十五条"),
    Article(TOLERANCE,            a.PLAN,           _PLAN,             "五"),
    Article(TOLERANCE,            a.HENAN_BUSINESS, _HENAN,            "第八十一条", _TOLERANCE_OF_2021),
    Article("异议处理",           a.HENAN_CREDIT,   _CREDIT,           "第四十一条"),
    Article("违诺取得许可的罚款", a.HENAN_CREDIT,   _CREDIT,           "第六十八条"),
    Article("不予处罚",           a.PENALTIES,      _PENALTIES_BEFORE, ""),
    Article("不予处罚",           a.PENALTIES,      _PENALTIES_NOW,    "第三十三条"),
    Article("追究时效",           a.PENALTIES,      _PENALTIES_BEFORE, ""),
    Article("追究时效",           a.PENALTIES,      _PENALTIES_NOW,    "第三十六条"),
    Article("公务员复核申诉",     a.CIVIL_SERVICE,  _SERVICE,          "第九十五条"),
    Article("复核申诉的处理",     a.CIVIL_SERVICE,  _SERVICE,          "第九十六条"),
    Article("委托代理", a.CIVIL_RULES, _CIVIL_RULES, "第一百六十五条"),
    Article("委托代理", a.CIVIL_CODE, _CIVIL_CODE, "第一百六十五条"),
    Article("不满八周岁", a.CIVIL_RULES, _CIVIL_RULES, "第二十条、第二十三条"),
    Article("不满八周岁", a.CIVIL_CODE, _CIVIL_CODE, "第二十条、第二十三条"),
    Article("不满十八周岁", a.CIVIL_RULES, _CIVIL_RULES, "第十九条、第二十三条"),
    Article("不满十八周岁", a.CIVIL_CODE, _CIVIL_CODE, "第十九条、第二十三条"),
    Article("自己的劳动收入", a.CIVIL_RULES, _CIVIL_RULES, "第十八条"),
    Article("自己的劳动收入", a.CIVIL_CODE, _CIVIL_CODE, "第十八条"),
    Article("监护能力", a.CIVIL_RULES, _CIVIL_RULES, "第二十七条"),
    Article("监护能力", a.CIVIL_CODE, _CIVIL_CODE, "第二十七条"),
    Article("监护", a.CIVIL_RULES, _CIVIL_RULES, "第二十三条"),
    Article("监护", a.CIVIL_CODE, _CIVIL_CODE, "第二十三条"),
    Article("个人信息告知", a.CIVIL_RULES, _CIVIL_RULES, "第一百一十一条"),
    Article("个人信息告知", a.CIVIL_CODE, _CIVIL_CODE, "第一百一十一条"),
    Article("个人信息告知", a.PERSONAL_DATA, _PERSONAL, "第十七条、第三十五条"),
    Article("查阅和更正", a.CIVIL_RULES, _CIVIL_RULES, "第一百一十一条"),
    Article("查阅和更正", a.CIVIL_CODE, _CIVIL_CODE, "第一百一十一条"),
    Article("查阅和更正", a.PERSONAL_DATA, _PERSONAL, "第四十四条、第四十六条"),
    Article("自动化决定", a.CIVIL_RULES, _CIVIL_RULES, "第一百一十一条"),
    Article("自动化决定", a.CIVIL_CODE, _CIVIL_CODE, "第一百一十一条"),
    Article("自动化决定", a.PERSONAL_DATA, _PERSONAL, "第二十四条"),
    Article("监护人同意处理", a.CIVIL_RULES, _CIVIL_RULES, "第一百一十一条"),
    Article("监护人同意处理", a.CIVIL_CODE, _CIVIL_CODE, "第一百一十一条"),
    Article("监护人同意处理", a.PERSONAL_DATA, _PERSONAL, "第三十一条"),
    Article("申请行政复议", a.RECONSIDERATION, _REVIEW_BEFORE, "第九条"),
    Article("申请行政复议", a.RECONSIDERATION, _REVIEW_NOW, "第二十条"),
    Article("提起行政诉讼", a.LITIGATION, _SUITS, "第四十六条"),
    Article("一次告知补正", a.LICENSING, _LICENSING, "第三十二条"),
    Article("实质核查", a.LICENSING, _LICENSING, "第三十四条"),
    Article("不予许可", a.LICENSING, _LICENSING, "第三十八条"),
    Article("颁发和送达", a.LICENSING, _LICENSING, "第四十四条"),
    Article("许可的有效期", a.LICENSING, _LICENSING, "第五十条"),
    Article("虚假申请", a.LICENSING, _LICENSING, "第七十八条"),
    Article("数量限制", a.LICENSING, _LICENSING, "第五十七条"),
    Article("企业信息公示", a.ENTERPRISES, _ENTERPRISES_BEFORE, ""),
    Article("企业信息公示", a.ENTERPRISES, _ENTERPRISES_NOW, ""),
    Article("直接办理", a.PLAN, _PLAN, "二·一"),
    Article("直接办理", a.HENAN_BUSINESS, _HENAN, "第三十四条、第三十五条"),
    Article("方案·承诺类型",      a.PLAN,           _PLAN,             "二·一"),
    Article("方案·告知和承诺",    a.PLAN,           _PLAN,             "四·二、四·三"),
    Article("方案·限期整改",      a.PLAN,           _PLAN,             "四·七"),
    Article("方案·容错",          a.PLAN,           _PLAN,             "五"),
    Article("方案·创新突破",      a.PLAN,           _PLAN,             "五·一"),
    Article("方案·容缺失误",      a.PLAN,           _PLAN,             "五·二"),
    Article("方案·当时规定",      a.PLAN,           _PLAN,             "五·五"),
)
# fmt: on
BASES = tuple(dict.fromkeys(each.basis for each in ARTICLES))
