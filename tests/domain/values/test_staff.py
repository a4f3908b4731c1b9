"""Ids of staff: one form where identity enters, and one key for all spellings that print alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values.staff import is_among, person_key, staff_id

WANG = ["Wang", "wang", "Ｗang", "ＷＡＮＧ", "Wang\u200b", "\ufeffwang", "wang ", "\u3000wang"]
WANG += ["wa\u00adng", "\u202ewang\u202c", "𝐰ang", "ⓦang", "wang\ufe0f", "wa\u2060ng"]


@pytest.mark.parametrize("spelling", WANG)
def test_every_spelling_of_an_id_becomes_the_one_that_prints(spelling: str) -> None:
    assert staff_id(spelling) == "wang"


@pytest.mark.parametrize(
    "id", ["wang", "王三", "王san", "z-09", "a_b.c", "iss|sub", "a:b", "w@yima.gov.cn", "411-07"]
)
def test_an_id_of_the_usual_forms_is_kept(id: str) -> None:
    assert staff_id(id) == id


@pytest.mark.parametrize(
    "id", ["411281199001010014", "13800138000", "wang-138-0013-8000", "0398-5832345", "豫M12345"]
)
def test_the_number_of_a_person_is_no_id(id: str) -> None:
    with pytest.raises(ValueError, match="文字里有"):
        staff_id(id)


def test_the_dots_of_a_name_are_one_dot_in_an_id() -> None:
    dots = ("·", "•", "・", "‧", "･")
    assert {staff_id(f"阿依古丽{dot}热合曼") for dot in dots} == {"阿依古丽·热合曼"}
    assert staff_id("wang．li") == "wang.li"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u200b", "\u3164", "wang li", "王\u3000三", "wang\u00a0li", "w\tang", "w\0ang",
        "wаng", "ԝang", "wɑng", "Ꮃang", "wánɡ", "wàng", "ωang", "wan\u0261", "ﾜang", "왕",
        "wang!", "wang*", "wang/1", "wang\\1", "#1", "😀", "⻢三", "\ue000", "w\u0300ang",
        "ward\n1", "x" * 201,
    ],
)  # fmt: skip
def test_an_id_that_may_print_like_another_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match=r"人员编号|不可见") as refused:
        staff_id(text)
    assert not text.strip() or text not in str(refused.value)


@given(st.text(max_size=12))
def test_an_id_is_read_once_and_identifies_the_same_person_afterwards(text: str) -> None:
    try:
        canonical = staff_id(text)
    except ValueError:
        return
    assert staff_id(canonical) == canonical
    assert person_key(canonical) == person_key(text)


ALIKE = """
wang  Wang  Ｗang  wаng  ԝang  wɑng  WANG
i-01  I-01  l-01  1-01  |-01  i-o1  i—01  ı-01  і-01  i‑01
lin-10  1in-1o  iin-lO  Iin-l0
王三  王\u200b三  ⺩三  王 三
马一  ⻢一  马⼀  马ー  马—
阿依古丽·热合曼  阿依古丽•热合曼  阿依古丽．热合曼
poc  рос  ρoc
""".strip().splitlines()


@pytest.mark.parametrize("line", ALIKE)
def test_ids_that_print_alike_are_one_person(line: str) -> None:
    first, *others = line.split("  ")
    assert all(is_among(other, {first, "somebody else"}) for other in others), others


DIFFERENT = ["wang  wong", "wang.li  wangli", "i-01  i-02", "i-01  i01", "王三  王二", "a_b  a-b"]


@pytest.mark.parametrize("pair", DIFFERENT)
def test_ids_that_print_differently_are_two_persons(pair: str) -> None:
    one, other = pair.split("  ")
    assert person_key(one) != person_key(other)


def test_nobody_is_among_nobody() -> None:
    assert not is_among("wang", set())
