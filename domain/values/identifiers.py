"""Official identifiers: each type tidies its input, then checks its form and check digits.

An error message never repeats the number, because the number may identify a person.  A number of
another kind is named: what was typed, and what is to be filled in instead.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.values.check_digits import (
    CREDIT_ALPHABET,
    citizen_id_check,
    credit_code_check,
    is_org_code,
    is_registration_number,
    org_code_check,
)
from domain.values.folding import tidy
from domain.values.labels import written_as

YIMA = "411281"
"""义马市 in GB/T 2260, the codes of administrative divisions."""

_LENGTH = 18  # of a credit code, and of a citizen's number
_OLD_LENGTH = 15  # of a citizen's number before 1999, and of a registration number before 2015
_PROVINCES = frozenset(
    str(first + number)
    for first, count in ((11, 5), (21, 3), (31, 7), (41, 6), (50, 5), (61, 5), (71, 1), (81, 2))
    for number in range(count)
)
"""The first two digits of GB/T 2260: 北京 11 … 新疆 65, 台湾 71, 香港 81, 澳门 82."""


def joined(text: str) -> str:
    """Returns a tidy code without the spaces and dashes between its groups."""
    return "".join(
        each
        for each in tidy(text)
        if each not in " −" and unicodedata.category(each) != "Pd"  # Pd: every kind of dash
    )


def typed_code(text: str, name: str) -> str:
    """Returns a code of ASCII characters.  Raises ValueError if a character only looks like one."""
    code = joined(text)
    if not code.isascii():
        raise ValueError(
            f"{name}含有形似数字或者英文字母的其他字符（如乘号“×”），请用英文输入法重新填写"
        )
    if "." in code or "E+" in code:
        raise ValueError(
            f"{name}被电子表格改成了数值，后几位已经丢失，请把单元格设为文本，对照原件重新填写"
        )
    return code


def day_of(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# --- 公民身份号码, GB 11643-1999 ---------------------------------------------------------------

_CITIZEN_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_RESIDENTS = _PROVINCES | {"83"}  # 83: 台湾居民居住证
FIRST_BORN = date(1890, 1, 1)


def citizen_id(text: str) -> str:
    """Validates the form of a 公民身份号码, also of a 港澳台居民居住证 (81, 82, 83).

    It does not check that the number was issued, nor that its date of birth is plausible today.
    """
    number = typed_code(text, "公民身份号码")
    if len(number) != _LENGTH:
        raise ValueError(_instead(number, "公民身份号码应为18位"))
    if not _identifies_a_person(number) and _is_credit_code(number):
        raise ValueError("这是统一社会信用代码，请选单位")
    if not _CITIZEN_ID.fullmatch(number):
        raise ValueError("公民身份号码应为17位数字加1位校验码")
    if (born := day_of(number[6:14])) is None:
        raise ValueError("公民身份号码中的出生日期不存在")
    if born < FIRST_BORN:
        raise ValueError(f"公民身份号码中的出生日期早于{FIRST_BORN.year}年，请核对")
    if number[17] != citizen_id_check(number[:17]):
        raise ValueError(_damaged(number, "公民身份号码"))
    return number


def _is_citizen_id(code: str) -> bool:
    """True for the number of a person of any time, with its right check character."""
    return _identifies_a_person(code) and code[17] == citizen_id_check(code[:17])


def _identifies_a_person(code: str) -> bool:
    """True for the form of a citizen's number, or of a 外国人永久居留身份证 (first digit 9).

    In a credit code that begins with 9, the digits at the place of a birth in 1800–2099 belong to
    a district of a capital or of 伊春 (01, 07); every other such number is a person's.
    """
    if not _CITIZEN_ID.fullmatch(code) or day_of(code[6:14]) is None:
        return False
    of_a_unit = code[0] == "9" and code[4:6] in ("01", "07")
    return code[6:8] in ("18", "19", "20") and not of_a_unit


# --- 统一社会信用代码, GB 32100-2015 -----------------------------------------------------------

_CREDIT_CODE = re.compile(rf"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")

# fmt: off
_REGISTERS = {
    # 登记管理部门   机构类别
    "1": "1239",    # 机构编制：机关、事业单位、群众团体、其他
    "2": "19",      # 外交：外国常驻新闻机构、其他
    "3": "123459",  # 司法行政：律师执业机构、公证处、基层法律服务所、司法鉴定机构、仲裁委员会、其他
    "4": "19",      # 文化：外国在华文化中心、其他
    "5": "123459",  # 民政：社会团体、民办非企业单位、基金会、村民委员会、居民委员会、其他
    "6": "129",     # 旅游：外国和港澳台旅游部门常驻代表机构、其他
    "7": "129",     # 宗教：宗教活动场所、宗教院校、其他
    "8": "19",      # 工会：基层工会、其他
    "9": "123",     # 市场监管：企业、个体工商户、农民专业合作社
    "A": "19",      # 中央军委改革和编制办公室：军队事业单位、其他
    "N": "1239",    # 农业农村：组级、村级、乡镇级集体经济组织，其他
    "Y": "1",       # 其他
}
# fmt: on
"""The registers that issue codes, with their classes of organisations (GB 32100-2015)."""
_BEYOND_PROVINCES = ("100000", "9900")  # 国家; 新疆生产建设兵团

_CONFIRM = "如果营业执照上确实如此，请核对后填写 code_confirmed（核对人员和依据）"


class BrokenCheck(ValueError):
    """Everything about the code is right but its check characters."""


@lru_cache(maxsize=4096)  # every event repeats the same departments; their codes are public
def credit_code(text: str) -> str:
    """Validates a 统一社会信用代码.  Raises BrokenCheck if only a check character is wrong."""
    code = _issued_code(text)
    organ_fits = code[16] == org_code_check(code[8:16])
    if organ_fits and code[17] == credit_code_check(code[:17]):
        return code
    if _identifies_a_person(code):
        raise ValueError("这像是公民身份号码：是自然人的，请选自然人；是单位的，请核对代码")
    name = "统一社会信用代码" if organ_fits else "统一社会信用代码中的主体标识码"
    raise BrokenCheck(_damaged(code, name))


def confirmed_credit_code(text: str) -> str:
    """Validates a code that an officer compared with the licence: its check may be wrong.

    What has the form of a citizen's number is refused, even if its check character is wrong too.
    """
    code = _issued_code(text)
    if _identifies_a_person(code):
        raise ValueError("这是公民身份号码，请选自然人")
    return code


def licence_code(text: str, *, confirmed: bool) -> str:
    """Validates the code of a unit; a broken check must be confirmed, and nothing else may be."""
    try:
        code = credit_code(text)
    except BrokenCheck as broken:
        if confirmed:
            return confirmed_credit_code(text)
        raise ValueError(f"{broken}；{_CONFIRM}") from None
    if confirmed:
        raise ValueError("统一社会信用代码校验相符，不需要确认，请去掉 code_confirmed")
    return code


def _issued_code(text: str) -> str:
    """The code in a form that some register issues."""
    code = typed_code(text, "统一社会信用代码")
    if len(code) != _LENGTH:
        raise ValueError(_instead(code, "统一社会信用代码应为18位"))
    if _is_citizen_id(code):
        raise ValueError("这是公民身份号码，请选自然人")
    if not _CREDIT_CODE.fullmatch(code):
        raise ValueError("统一社会信用代码只含数字和大写字母（不用I、O、S、V、Z），第3至8位为数字")
    if code[1] not in _REGISTERS.get(code[0], ""):
        raise ValueError("没有登记机关发放以这两位开头的统一社会信用代码，请核对前两位")
    if code[2:4] not in _PROVINCES and not code.startswith(_BEYOND_PROVINCES, 2):
        raise ValueError("统一社会信用代码的第3至8位不是行政区划代码，请核对")
    return code


def _is_credit_code(code: str) -> bool:
    try:
        return credit_code(code) == code
    except ValueError:
        return False


CREDIT_CODE = Field(
    description="统一社会信用代码 (GB 32100-2015)",
    examples=["91411281MA9KXNT179"],
    json_schema_extra=written_as(_CREDIT_CODE),
)
CreditCode = Annotated[str, AfterValidator(credit_code), CREDIT_CODE]


# --- numbers of other kinds ---------------------------------------------------------------------


def _damaged(number: str, name: str) -> str:
    """The reason for a wrong check character.  A spreadsheet keeps fifteen digits of a number."""
    if number.isdecimal() and number.endswith("000"):
        return f"{name}校验不符，末尾的000可能是电子表格造成的，请对照原件重新填写"
    return f"{name}校验不符"


def _instead(code: str, usual: str) -> str:
    """The reason why a number of another length is not the one asked for."""
    licence = "请填营业执照上的18位统一社会信用代码"
    if len(code) == _OLD_LENGTH and code.isdecimal():
        of_a_person = day_of(f"19{code[6:12]}") and code[:2] in _RESIDENTS
        if of_a_person and not is_registration_number(code):
            return "这是旧的15位公民身份号码，自然人请填18位公民身份号码"
        return f"这是旧的15位工商注册号，{licence}"
    if len(code) == _OLD_LENGTH and is_org_code(code[6:]):
        return f"这是旧的15位纳税人识别号，{licence}"
    if is_org_code(code):
        return f"这是9位组织机构代码，{licence}"
    if _COMMITMENT_CODE.fullmatch(code):
        return f"这是承诺编码，{usual}"
    return usual


# --- 承诺编码 and the catalogue's codes ----------------------------------------------------------

_REGION = re.compile(r"[1-9][0-9]{5}")
_COMMITMENT_CODE = re.compile(rf"{_REGION.pattern}[0-9]{{14}}")
_MAX_SERIAL = 999_999
_ITEM_CODE = re.compile(r"[0-9]{12}")
_MATERIAL_CODE = re.compile(r"[A-Z0-9-]{1,20}")


def commitment_code(region: str, day: date, serial: int) -> str:
    """Builds a 承诺编码: region of acceptance, day of commitment, serial within region and day."""
    if not _REGION.fullmatch(region):
        raise ValueError("行政区划代码应为6位数字")
    if not 1 <= serial <= _MAX_SERIAL:
        raise ValueError("承诺编码流水号应在1至999999之间")
    return f"{region}{day.year:04}{day.month:02}{day.day:02}{serial:06}"


def commitment_parts(code: str) -> tuple[str, date, int]:
    """Splits a commitment code into region, day and serial."""
    code = typed_code(code, "承诺编码")
    if not _COMMITMENT_CODE.fullmatch(code):
        raise ValueError("承诺编码应为20位数字")
    day, serial = day_of(code[6:14]), int(code[14:])
    if day is None:
        raise ValueError("承诺编码中的日期不存在")
    if serial == 0:
        raise ValueError("承诺编码流水号应从1开始")
    return code[:6], day, serial


def _commitment_code(text: str) -> str:
    return commitment_code(*commitment_parts(text))


CommitmentCode = Annotated[
    str,
    AfterValidator(_commitment_code),
    Field(
        description="承诺编码: 6位行政区划 + 8位承诺作出日期 + 6位流水号",
        examples=["41128120261122000001"],
        json_schema_extra=written_as(_COMMITMENT_CODE),
    ),
]


def item_code(text: str) -> str:
    """政务服务事项基本编码: level, kind, department, item and sub-item (GB/T 39554.1-2020)."""
    code = typed_code(text, "政务服务事项基本编码")
    if not _ITEM_CODE.fullmatch(code):
        raise ValueError("政务服务事项基本编码应为12位数字")
    return code


ItemCode = Annotated[
    str,
    AfterValidator(item_code),
    Field(
        description="政务服务事项基本编码 (GB/T 39554.1-2020)",
        examples=["000731401001"],
        json_schema_extra=written_as(_ITEM_CODE),
    ),
]


def material_code(text: str) -> str:
    """申请材料编码: a short code of this service, unique within its item."""
    code = "".join("-" if unicodedata.category(each) == "Pd" else each for each in tidy(text))
    code = code.replace("−", "-").replace(" ", "")
    if not _MATERIAL_CODE.fullmatch(code):
        raise ValueError("材料编码应为1至20位大写字母、数字或连字符")
    if _is_citizen_id(code.replace("-", "")):
        raise ValueError("这是公民身份号码，不能用作材料编码")
    return code


MaterialCode = Annotated[
    str,
    AfterValidator(material_code),
    Field(
        description="申请材料编码",
        examples=["M-01"],
        json_schema_extra=written_as(_MATERIAL_CODE),
    ),
]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="文件或者文本的 SHA-256")]
"""The hash of a file or of a text, as a digest that an event keeps."""
