"""What a person must know of each column of an importable table, to fill it in.

The form of a column is derived from its row model; who issues its content, and two examples, are
notes in a table.  A new column of a row model appears with its form; a test asks for its note.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeGuard, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic.fields import FieldInfo

from application.imports.cells import Label
from application.imports.row_model import Row
from application.imports.rows import (
    OPTIONAL_COLUMNS,
    CatalogueRow,
    CreditRow,
    ListedItemRow,
)
from domain.catalogue.terms import Material
from domain.values.labels import Labelled

SEPARATOR = "；"
YES_NO = ("是", "否")
_BY_LABEL: object = get_args(Label)[1]
"""What marks a type whose members are given by their labels, not by their codes."""


class ImportTable(Labelled):
    """Tables that can be imported."""

    CATALOGUE = "catalogue", "信用承诺事项清单"
    CREDIT = "credit", "信用记录"


class Kind(Enum):
    """How a spreadsheet holds the cells of a column."""

    TEXT = auto()
    DATE = auto()


class Note(NamedTuple):
    """What no type says: what the column is, who issues it, and its cell in two example rows."""

    about: str
    issuer: str
    examples: tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column as a person sees it."""

    name: str
    kind: Kind
    required: str
    """In words: 必填, 选填, or when."""
    form: str
    choices: tuple[str, ...]
    several: bool
    """True if a cell holds several items, separated by SEPARATOR."""
    note: Note


# --- notes ---------------------------------------------------------------------------------------

_REGISTRY = "市场监管、民政或者机构编制部门，见营业执照或者登记证书"
_MEASURE = "责任单位，见本事项的管理办法"
_PLATFORM = "信用信息共享平台"
_DECIDER = "作出认定或者处罚的机关，见文书"
_CONSEQUENCE = "承诺与实际情况不符的，先责令限期整改，整改不到位或者拒绝整改的，依法撤销所作决定"

NOTES: Mapping[str, Note] = {
    "事项编码": Note(
        "政务服务事项基本编码", "省政务服务事项管理平台", ("000731401001", "000714101001")
    ),
    "事项名称": Note(
        "事项的规范名称", "省政务服务事项管理平台", ("企业简易注销登记", "就业困难人员认定")
    ),
    "领域": Note("改革的领域", "改革工作方案", ("便企服务·简易注销", "便民服务")),
    "责任单位": Note(
        "受理承诺并作出决定的单位", "本单位", ("义马市市场监督管理局", "义马市人力资源和社会保障局")
    ),
    "责任单位代码": Note(
        "责任单位的统一社会信用代码", _REGISTRY, ("114112810058000150", "11411281005802440Q")
    ),
    "监管单位": Note(
        "事后核查承诺的单位，可以与责任单位相同",
        "本单位的上级，见职责分工文件",
        ("义马市市场监督管理局", "义马市人力资源和社会保障局"),
    ),
    "监管单位代码": Note(
        "监管单位的统一社会信用代码", _REGISTRY, ("114112810058000150", "11411281005802440Q")
    ),
    "承诺类型": Note("可以采用的承诺类型", _MEASURE, ("告知承诺型；容缺受理型", "")),
    "替代内容": Note("承诺代替审批还是证明", _MEASURE, ("审批", "")),
    "决定时点": Note("容缺受理的案件何时作决定", _MEASURE, ("先作决定后补材料", "")),
    "主要材料": Note(
        "受理时必须齐全的材料", _MEASURE, ("M-01:简易注销登记申请书；M-02:全体投资人承诺书", "")
    ),
    "次要材料": Note("可以承诺后补的材料，容缺受理型至少一项", _MEASURE, ("S-01:清税证明", "")),
    "办理条件": Note(
        "告知申请人的条件", _MEASURE, ("未发生债权债务或者债权债务已经清偿；未被列入异常名录", "")
    ),
    "办理标准": Note("告知申请人的标准", _MEASURE, ("申请书填写完整，签字与身份证件一致", "")),
    "违诺后果": Note("告知申请人的违诺后果", _MEASURE, (_CONSEQUENCE, "")),
    "补交期限": Note("补交材料的工作日数", _MEASURE, ("10", "")),
    "核查期限": Note("核查承诺的工作日数", _MEASURE, ("20", "")),
    "整改期限": Note("限期整改的工作日数", _MEASURE, ("10", "")),
    "惩戒措施": Note("违诺后可以采取的惩戒措施", _MEASURE, ("H1；H5", "")),
    "管理办法": Note(
        "规定以上条款的文件的名称",
        "责任单位制定",
        ("义马市企业简易注销信用承诺管理办法（示例）", ""),
    ),
    "设定依据": Note(
        "设定本事项的法律、法规、规章", "立法机关", ("中华人民共和国市场主体登记管理条例", "")
    ),
    "是否实质核查": Note(
        "准予以前是否须由两名以上工作人员核查材料的实质内容；留空的，新事项不核查，已有的事项不变",
        _MEASURE,
        ("否", ""),
    ),
    "主体类别": Note("记录涉及单位还是个人", _PLATFORM, ("单位", "自然人")),
    "主体代码": Note(
        "单位填统一社会信用代码，自然人填公民身份号码或者所填证件的号码；按文本填写",
        "登记机关或者公安机关，见证照",
        ("91411281MA9KXNT179", "411281190310079671"),
    ),
    "记录类型": Note("记录的种类", _PLATFORM, ("行政处罚", "严重失信主体名单")),
    "文书号": Note("文书的编号", _DECIDER, ("义测罚〔2026〕1号", "义测认〔2025〕2号")),
    "认定日期": Note("文书的落款日期", _DECIDER, ("2026-01-02", "2025-05-23")),
    "处罚程序": Note(
        "行政处罚适用的程序，只有行政处罚填写；不填按普通程序", _DECIDER, ("普通程序", "")
    ),
    "义务已履行": Note("文书确定的义务是否已经履行", _DECIDER, ("否", "否")),
    "已修复": Note("信用是否已经修复", _PLATFORM, ("否", "否")),
    "证件类型": Note(
        "自然人持其他证件的填写；不填的，主体代码是18位号码", "发证机关，见证件", ("", "居民身份证")
    ),
    "护照签发国家": Note(
        "只有护照填写，护照上印的国家（地区）三字代码", "发证机关，见护照", ("", "")
    ),
    "代码核对人": Note(
        "主体代码与校验规则不符、但证照上确实如此时，核对证照的人员编号；其他情形留空",
        "导入单位",
        ("", ""),
    ),
    "代码核对依据": Note("核对了哪一份证照；与代码核对人一起填写", "导入单位", ("", "")),
    "撤销原因": Note("填写后撤销登记册里已有的这条记录；记录仍在的留空", _DECIDER, ("", "")),
}
"""By the name of the column."""


# --- derivation from the row models --------------------------------------------------------------

_MODELS: dict[ImportTable, tuple[type[Row[Any]], type[Row[Any]]]] = {
    ImportTable.CATALOGUE: (CatalogueRow, ListedItemRow),
    ImportTable.CREDIT: (CreditRow, CreditRow),
}
"""The model of a full row and the model of the shortest row that a table takes."""


def columns(table: ImportTable) -> tuple[Column, ...]:
    """Returns the columns of a table, those that it may lack last."""
    full, shortest = _MODELS[table]
    always = {field.alias for field in shortest.model_fields.values() if field.is_required()}
    fields = [field for field in full.model_fields.values() if field.alias]
    fields.sort(key=lambda field: field.alias in OPTIONAL_COLUMNS)
    return tuple(_column(field, field.alias in always) for field in fields)


def _column(field: FieldInfo, always: bool) -> Column:
    assert field.alias
    parts = [*_parts(field.annotation), *field.metadata, field]
    needed = "制定条款时必填，只列入清单时留空" if field.is_required() else "选填"
    return Column(
        name=field.alias,
        kind=Kind.DATE if date in parts else Kind.TEXT,
        required="必填" if always else needed,
        form="；".join(_forms(parts)) or "文字",
        choices=_choices(parts),
        several=tuple in parts,
        note=NOTES.get(field.alias, Note("", "", ("", ""))),
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """Yields the types and the metadata of which an annotation is made, from outside to inside."""
    origin = get_origin(annotation)
    if origin is tuple:
        yield tuple
        yield from _parts(get_args(annotation)[0])
    elif origin is Annotated:
        inner, *metadata = get_args(annotation)
        yield from _parts(inner)
        yield from metadata
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _parts(each)
    else:
        yield annotation


def _choices(parts: list[Any]) -> tuple[str, ...]:
    if bool in parts:
        return YES_NO
    members = [member for part in parts if _is_enumeration(part) for member in part]
    return tuple(member.label if _BY_LABEL in parts else member.value for member in members)


def _is_enumeration(part: Any) -> TypeGuard[type[Labelled]]:
    return isinstance(part, type) and issubclass(part, Labelled)


_FORMS: Mapping[Any, str] = {
    tuple: f"多项之间用“{SEPARATOR}”分隔",
    date: "日期，如2026-03-05",
    bool: "“是”或者“否”",
    int: "整数",
    Material: "写作“编号:名称”，后面可以加标注，如S-01:清税证明｜承诺替代",
}


def _forms(parts: list[Any]) -> Iterator[str]:
    """Yields what a person must know of the form, one phrase for each part that says something."""
    for part in parts:
        match part:
            case type() if part in _FORMS:
                yield _FORMS[part]
            case type() if _is_enumeration(part):
                yield _members(part, _BY_LABEL in parts)
            case Ge(ge=low):
                yield f"不小于{low}"
            case Le(le=high):
                yield f"不大于{high}"
            case MaxLen(max_length=most):
                yield f"最多{most}{'项' if tuple in parts else '字'}"
            case FieldInfo(description=str(description)):
                yield description


def _members(of: Iterable[Labelled], by_label: bool) -> str:
    if by_label:
        return f"填：{'、'.join(member.label for member in of)}"
    return f"填代码：{'、'.join(f'{member.value}（{member.label}）' for member in of)}"
