"""The columns of the open data: the names programs read, the titles people read, what they mean."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.case.values import RecordType, Severity
from domain.catalogue.terms import CommitmentType, ItemField
from domain.values.parties import SubjectCategory
from domain.values.workdays import SHANGHAI
from projections.disclosures.projection import PublicStatus

_LABELS = {
    "subject_category": SubjectCategory,
    "kind": CommitmentType,
    "record_type": RecordType,
    "field": ItemField,
    "status": PublicStatus,
    "sanction_severity": Severity,
}


class Column(NamedTuple):
    name: str
    """As in NDJSON and in the API."""
    title: str
    """As in the first line of CSV and XLSX."""
    meaning: str


COLUMNS = (
    Column("code", "承诺编码", "20位：6位行政区划、8位承诺作出日期、6位流水号"),
    Column("subject_name", "承诺人名称", "单位的登记名称；没有自然人"),
    Column("subject_code", "统一社会信用代码", "18位，GB 32100-2015"),
    Column("subject_category", "承诺人类别", "法人及非法人组织、个体工商户"),
    Column("kind", "承诺类型", "告知承诺型或者容缺受理型"),
    Column("record_type", "归集类型", "归集到信用平台时的类型"),
    Column("reason", "承诺事由", "申请办理的事项"),
    Column("item_code", "事项编码", "12位，GB/T 39554.1-2020"),
    Column("item_name", "办理事项", "事项清单上的名称"),
    Column("field", "领域", "改革工作方案划分的领域"),
    Column("accepting_org", "受理单位", "受理并作出决定的单位"),
    Column("accepting_code", "受理单位代码", "统一社会信用代码"),
    Column("content", "承诺内容", "承诺书上的承诺"),
    Column("liability", "违诺责任", "承诺书上载明的后果"),
    Column("committed_on", "承诺作出日期", "承诺书签署的日期"),
    Column("granted_on", "决定日期", "作出行政决定的日期"),
    Column("document_number", "决定文书号", "行政决定的文书号"),
    Column("document_title", "办理结果", "行政决定的名称"),
    Column("inspect_by", "核查期限", "最迟核查日期"),
    Column("status", "履行状态", "监管中、全部履行、部分履行、全部未履行、监管完成"),
    Column("concluded_on", "认定日期", "作出履行结论的日期；监管中的没有"),
    Column("conclusion", "认定结论", "履行结论；监管中的没有"),
    Column("breach_found_on", "发现违诺日期", "只有失信公示才有，以下各项相同"),
    Column("ordered_on", "责令整改日期", "责令限期整改的日期"),
    Column("rectify_by", "整改期限", "责令整改的最后日期"),
    Column("sanctioned_on", "惩戒决定日期", "作出惩戒决定的日期"),
    Column("sanction_severity", "失信行为等级", "轻微、一般、严重"),
    Column("sanction_measures", "惩戒措施", "所采取的措施，一项或者几项"),
    Column("sanction_basis", "依据文书", "惩戒所依据的法律文书"),
    Column("unfulfilled_content", "未履行的承诺内容", "没有履行的部分"),
    Column("breach_consequence", "违诺责任追究内容", "已经追究的责任"),
    Column("public_from", "公示起始日期", "失信公示的第一天"),
    Column("public_earliest_end", "最短公示期截止日期", "此后可以申请信用修复"),
    Column("public_until", "公示截止日期", "失信公示的最后一天，次日起不得继续展示"),
    Column("updated_at", "最近更新", "公示内容最近一次变化的时刻"),
    Column("legal_representative", "法定代表人", "法定代表人或者负责人；受理时没有登记的没有"),
)
TITLES = tuple(column.title for column in COLUMNS)


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the row of an entry as programs read it: codes, and dates as ISO 8601."""
    return {column.name: row[column.name] for column in COLUMNS}


def texts(row: Mapping[str, Any]) -> list[str]:
    """Returns the cells of the row of an entry as people read it, in the order of TITLES."""
    return [_text(column.name, row[column.name]) for column in COLUMNS]


def _text(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case list():
            return "；".join(value)
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _:
            return str(_LABELS[name](value).label if name in _LABELS else value)
