"""Parsing of table rows: a row becomes a domain value, or every error in it is reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.imports.row_model import Parsed, RowError
from application.imports.rows import (
    CREDIT_COLUMNS,
    ITEM_COLUMNS,
    OPTIONAL_ITEM_COLUMNS,
    ItemEntry,
    parse_credit,
    parse_item,
)
from domain.catalogue.terms import (
    CommitmentType,
    DecisionGate,
    ItemField,
    ListedItem,
    Material,
    Periods,
    Replaces,
    SanctionMeasure,
    Terms,
    Weight,
)
from domain.values.credit import CreditEntry
from domain.values.parties import Department
from tests.application.imports.test_credit_rows import CREDIT

HOW = "如果登记证照上确实如此，请在这一行填写“代码核对人”和“代码核对依据”"
OFFICE = Department(code="114112810058000150", name="义马市市场监督管理局")

IDENTITY = {
    "事项编码": "000131001001",
    "事项名称": "出版物零售经营许可",
    "领域": "便企服务·企业开办",
    "责任单位": "义马市市场监督管理局",
    "责任单位代码": "114112810058000150",
    "监管单位": "义马市市场监督管理局",
    "监管单位代码": "114112810058000150",
}
ITEM = IDENTITY | {
    "承诺类型": "告知承诺型；容缺受理型",
    "替代内容": "审批",
    "决定时点": "补齐材料后作决定",
    "主要材料": "M-01:申请表；M-02：营业执照",
    "次要材料": "S-01:场所说明",
    "办理条件": "有固定场所；有经营范围",
    "办理标准": "场所与申请一致",
    "违诺后果": "限期整改；撤销决定",
    "补交期限": "15",
    "核查期限": "30",
    "整改期限": "20",
    "惩戒措施": "H1；H5",
    "管理办法": "信用承诺管理办法",
    "设定依据": "出版管理条例第三十五条",
}


def item_errors(**cells: str) -> dict[str, str]:
    parsed = parse_item(7, ITEM | cells)
    assert parsed.value is None
    assert {error.row for error in parsed.errors} == {7}
    return {error.column: error.reason for error in parsed.errors}


THE_TERMS = Terms(
    types=(CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS),
    replaces=Replaces.APPROVAL,
    gate=DecisionGate.AFTER_SUPPLEMENT,
    materials=(
        Material(code="M-01", name="申请表", weight=Weight.PRIMARY),
        Material(code="M-02", name="营业执照", weight=Weight.PRIMARY),
        Material(code="S-01", name="场所说明", weight=Weight.SECONDARY),
    ),
    conditions=("有固定场所", "有经营范围"),
    standards=("场所与申请一致",),
    consequences=("限期整改", "撤销决定"),
    periods=Periods(supplement=15, inspection=30, rectification=20),
    measures=(SanctionMeasure.KEY_REVIEW, SanctionMeasure.KEY_SUPERVISION),
    measure_document="信用承诺管理办法",
    legal_basis=("出版管理条例第三十五条",),
)


def test_a_row_of_the_catalogue_is_an_item_with_its_terms() -> None:
    parsed = parse_item(2, ITEM)
    assert parsed.errors == ()
    assert parsed.value == ItemEntry(
        ListedItem(
            code="000131001001",
            name="出版物零售经营许可",
            field=ItemField.COMPANY_SETUP,
            department=OFFICE,
            supervisor=OFFICE,
        ),
        THE_TERMS,
        leaves_the_check=True,
    )


@pytest.mark.parametrize(
    ("cell", "needed", "left"), [("是", True, False), ("否", False, False), ("", False, True)]
)
def test_a_row_says_whether_an_item_needs_a_check_or_leaves_it(cell, needed, left) -> None:
    entry = parse_item(2, ITEM | {"是否实质核查": cell}).value
    assert entry is not None
    assert entry.terms is not None
    assert (entry.terms.substantive_check, entry.leaves_the_check) == (needed, left)


def test_an_item_that_needs_a_check_has_terms() -> None:
    errors = parse_item(2, IDENTITY | {"是否实质核查": "是"}).errors
    assert {each.reason for each in errors} == {"不能为空"}


def test_whether_an_item_needs_a_check_is_yes_or_no() -> None:
    (error,) = parse_item(2, ITEM | {"是否实质核查": "现场"}).errors
    assert (error.column, error.reason) == ("是否实质核查", "应为“是”或“否”")


def test_the_supervisor_may_be_another_department() -> None:
    other = Department(code="11411281005802440Q", name="义马市人力资源和社会保障局")
    entry = parse_item(2, ITEM | {"监管单位": other.name, "监管单位代码": other.code}).value
    assert entry is not None
    assert (entry.item.department, entry.item.supervisor) == (OFFICE, other)


def test_only_the_first_colon_ends_the_code_of_a_material() -> None:
    entry = parse_item(2, ITEM | {"次要材料": "S-01：说明：附图"}).value
    assert entry is not None
    assert entry.terms is not None
    assert entry.terms.of(Weight.SECONDARY) == (
        Material(code="S-01", name="说明：附图", weight=Weight.SECONDARY),
    )


def test_a_row_without_terms_is_an_item_listed_only() -> None:
    for cells in (IDENTITY, ITEM | dict.fromkeys(set(ITEM) - set(IDENTITY), " ")):
        value = parse_item(2, cells).value
        assert value is not None
        assert value.terms is None


def test_a_row_with_some_terms_must_have_all_of_them() -> None:
    begun = parse_item(2, IDENTITY | {"管理办法": "信用承诺管理办法"})
    left_open = set(ITEM) - set(IDENTITY) - {"管理办法", "主要材料", "次要材料"}
    assert {error.column for error in begun.errors} == left_open
    assert {error.reason for error in begun.errors} == {"不能为空"}


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("事项编码", "131001", "政务服务事项基本编码应为12位数字"),
        ("事项名称", "", "不能为空"),
        ("事项名称", "名" * 201, "文字不能超过200字"),
        ("领域", "便企服务", "应为：便民服务、便企服务·企业开办、便企服务·工程建设、"
         "便企服务·简易注销、其他高频·社会组织、其他高频"),
        ("领域", "citizen", "应为：便民服务、便企服务·企业开办、便企服务·工程建设、"
         "便企服务·简易注销、其他高频·社会组织、其他高频"),
        ("责任单位", "", "不能为空"),
        ("责任单位代码", "114112810058000151", f"统一社会信用代码校验不符；{HOW}"),
        ("监管单位", "", "不能为空"),
        ("监管单位代码", "11411281", "统一社会信用代码应为18位"),
        ("承诺类型", "告知承诺型；容缺办理", "第2项应为：告知承诺型、容缺受理型"),
        ("承诺类型", "告知承诺型；告知承诺型", "有重复的项"),
        ("承诺类型", "；", "不能为空"),
        ("承诺类型", "告知承诺型；；其他 ; 其他", "第2项应为：告知承诺型、容缺受理型；"
         "第3项应为：告知承诺型、容缺受理型"),
        ("承诺类型", "notice_commitment", "第1项应为：告知承诺型、容缺受理型"),
        ("替代内容", "许可", "应为：审批、证明"),
        ("决定时点", "以后", "应为：先作决定后补材料、补齐材料后作决定"),
        ("主要材料", "申请表；M_2:营业执照",
         "第1项应写作“编号:名称”；第2项材料编码应为1至20位大写字母、数字或连字符"),
        ("主要材料", "M-01:申请表；M-01:营业执照", "材料编号有重复"),
        ("主要材料", "M-01:申请表；m-01：申请表", "有重复的项"),
        ("主要材料", "M_1:", "第1项材料编码应为1至20位大写字母、数字或连字符"),
        ("主要材料", "；".join(f"M-{n}:表" for n in range(60)), "最多60项"),
        ("次要材料", "S-01:", "第1项文字不能为空"),
        ("次要材料", "M-02:场所说明", "材料编号有重复"),
        ("次要材料", "S-01:场所说明；S-01:平面图", "材料编号有重复"),
        ("次要材料", "", "容缺受理型须至少有一份次要材料"),
        ("办理条件", "", "不能为空"),
        ("办理条件", "好；" + "长" * 4001, "第2项文字不能超过4000字"),
        ("办理标准", "", "不能为空"),
        ("违诺后果", "；".join(f"后果{n}" for n in range(41)), "最多40项"),
        ("违诺后果", "；".join(["长" * 4001, *map(str, range(41))]), "第1项文字不能超过4000字"),
        ("违诺后果", "；".join(["0", *map(str, range(41))]), "有重复的项"),
        ("补交期限", "十天", "应为工作日数，只写整数"),
        ("补交期限", "15.0", "应为工作日数，只写整数"),
        ("补交期限", "+15", "应为工作日数，只写整数"),
        ("核查期限", "0", "不能小于1"),
        ("整改期限", "251", "不能大于250"),
        ("惩戒措施", "H1；H8；H9",
         "第2项应为：H1、H2、H3、H4、H5、H6、H7；第3项应为：H1、H2、H3、H4、H5、H6、H7"),
        ("管理办法", "", "不能为空"),
        ("设定依据", "；".join(f"条例{n}" for n in range(21)), "最多20项"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_column_and_row(column: str, cell: str, reason: str) -> None:
    assert item_errors(**{column: cell}) == {column: reason}


def test_unreadable_materials_are_reported_once_and_only_in_their_columns() -> None:
    errors = item_errors(主要材料="申请表", 次要材料="场所说明")
    assert errors == dict.fromkeys(("主要材料", "次要材料"), "第1项应写作“编号:名称”")


def test_one_code_is_not_used_for_materials_of_both_columns_nor_twice_in_one() -> None:
    faults = {"主要材料": "M-01:申请表；M-01:营业执照", "次要材料": "M-01:场所说明"}
    assert item_errors(**faults) == dict.fromkeys(faults, "材料编号有重复")


def test_both_columns_of_materials_hold_60_items_together() -> None:
    primary = "；".join(f"M-{n}:表" for n in range(30))
    secondary = "；".join(f"S-{n}:表" for n in range(31))
    enough = secondary.rpartition("；")[0]
    assert parse_item(2, ITEM | {"主要材料": primary, "次要材料": enough}).errors == ()
    assert item_errors(主要材料=primary, 次要材料=secondary) == {"主要材料": "最多60项"}
    assert item_errors(主要材料=primary, 次要材料=f"{secondary}；M-1:表", 核查期限="0") == {
        "主要材料": "最多60项",
        "次要材料": "材料编号有重复",
        "核查期限": "不能小于1",
    }
    repeated = f"{primary}；M-1:别的表"
    assert item_errors(主要材料=repeated, 次要材料=secondary) == {"主要材料": "材料编号有重复"}


def test_secondary_materials_are_not_required_if_the_types_are_unreadable() -> None:
    assert list(item_errors(承诺类型="容缺", 次要材料="")) == ["承诺类型"]


def test_an_unknown_column_is_ignored_whatever_its_header() -> None:
    unknown = dict.fromkeys(("备注", "code", "materials"), "M-01")
    assert parse_item(2, ITEM | unknown) == parse_item(2, ITEM)
    assert parse_credit(2, CREDIT | unknown) == parse_credit(2, CREDIT)


TYPED = st.text("MSH-12３:：；; /年\x00是表") | st.sampled_from([*ITEM.values(), *CREDIT.values()])


def check_whole(parsed: Parsed[ItemEntry] | Parsed[CreditEntry], columns: tuple[str, ...]) -> None:
    assert (parsed.value is None) == bool(parsed.errors)
    at_fault = [error.column for error in parsed.errors]
    assert at_fault == [column for column in columns if column in at_fault]


ALL_ITEM_COLUMNS = (*ITEM_COLUMNS, *OPTIONAL_ITEM_COLUMNS)


@given(cells=st.dictionaries(st.sampled_from(ALL_ITEM_COLUMNS), TYPED))
def test_whatever_is_typed_a_row_is_an_item_or_has_errors(cells: dict[str, str]) -> None:
    check_whole(parse_item(2, ITEM | cells), ALL_ITEM_COLUMNS)


@given(cells=st.dictionaries(st.sampled_from(CREDIT_COLUMNS), TYPED))
def test_whatever_is_typed_a_row_is_a_credit_entry_or_has_errors(cells: dict[str, str]) -> None:
    check_whole(parse_credit(2, CREDIT | cells), CREDIT_COLUMNS)


@pytest.mark.parametrize("cell", ["机密", "机密；机密", "机密:机密", "M-1:机密；M-1:机密\a"])
def test_no_reason_repeats_its_cell(cell: str) -> None:
    item = parse_item(2, dict.fromkeys(ITEM_COLUMNS, cell))
    credit = parse_credit(2, dict.fromkeys(CREDIT_COLUMNS, cell))
    assert len(item.errors + credit.errors) >= 15
    assert not any("机密" in error.reason for error in item.errors + credit.errors)


def test_all_faults_of_a_row_are_reported_together_in_the_order_of_its_columns() -> None:
    faults = {"事项编码": "1", "监管单位": "", "次要材料": "", "核查期限": "0", "惩戒措施": "H9"}
    errors = item_errors(**faults)
    assert list(errors) == list(faults)
    assert errors["次要材料"] == "容缺受理型须至少有一份次要材料"


def test_an_empty_row_lacks_each_cell_of_its_identity() -> None:
    errors = parse_item(3, {}).errors
    assert errors == tuple(RowError(3, column, "不能为空") for column in IDENTITY)


def test_an_error_reads_as_a_sentence() -> None:
    assert str(RowError(12, "领域", "不能为空")) == "第12行“领域”：不能为空"


def test_full_width_and_spaced_cells_are_normalized() -> None:
    tidied = {"事项编码": "０００１３１００１００１", "补交期限": "１５", "惩戒措施": "h1;Ｈ5；"}
    tidied |= {"承诺类型": " 告知承诺型 ; 容缺受理型", "领域": "\u3000便企服务·企业开办 "}
    assert parse_item(2, ITEM | tidied) == parse_item(2, ITEM)
