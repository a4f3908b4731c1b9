"""No workbook can harm the service: each is refused in one line, with bounded memory and time."""

import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from infrastructure.spreadsheets.reader import SheetError, read_rows
from infrastructure.spreadsheets.reading import bounds
from tests.infrastructure.spreadsheets.raw_workbook import (
    MAIN,
    OFFICE,
    PACKAGE,
    SHEET,
    book,
    parts,
    sheet,
    texts,
    written,
)

MEGABYTE = 1 << 20
GOOD = texts(["编码"], ["01"])


def with_part(name: str, content: str | bytes = "", **more: str) -> dict[str, str | bytes]:
    return {**book(GOOD, **more), name: content}


def flat_bomb(path: Path) -> None:
    written(path, with_part("xl/media/zeros.bin", bytes(300 * MEGABYTE)))


def nested_bomb(path: Path) -> None:
    inner = io.BytesIO()
    with ZipFile(inner, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(200 * MEGABYTE))
    content = {f"xl/embeddings/{n}.zip": inner.getvalue() for n in range(16)}
    written(path, {**content, SHEET: sheet(GOOD)})


def sheet_bomb(path: Path) -> None:
    written(path, book("<row/>" * 20_000_000))


def blank_cells(path: Path) -> None:
    written(path, book(("<row>" + "<c/>" * 60 + "</row>") * 36_000))


def strings_bomb(path: Path) -> None:
    unique = "".join(f"<si><t>{n * 7919}</t></si>" for n in range(1_210_000))
    strings = f'<sst xmlns="{MAIN}">{unique}</sst>'
    written(path, parts({"名单": sheet(GOOD)}, strings=strings))


def wide_strings(path: Path) -> None:
    unique = "".join(f"<si><t>😀{str(n * 7919) * 30}</t></si>" for n in range(200_000))
    strings = f'<sst xmlns="{MAIN}">{unique}</sst>'
    written(path, parts({"名单": sheet(GOOD)}, strings=strings))


def one_string_for_ever(path: Path) -> None:
    strings = f"<sst xmlns='{MAIN}'><si><t>{'长' * 32_000}</t></si></sst>"
    rows = texts(["编码"]) + '<row><c t="s"><v>0</v></c></row>' * 150_000
    written(path, parts({"名单": sheet(rows)}, strings=strings))


def long_text(path: Path) -> None:
    written(path, book(texts(["编码"], ["x" * 12 * MEGABYTE])))


def long_tag(path: Path) -> None:
    written(path, book('<row r="1" x="' + "y" * 12 * MEGABYTE + '"/>'))


def many_parts(path: Path) -> None:
    written(path, book(GOOD) | {f"xl/media/{n}.png": "" for n in range(10_000)})


def very_many_parts(path: Path) -> None:
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for n in range(50_000):
            archive.writestr(str(n), "")


def doctype(path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n + 1} "' + f"&l{n};" * 10 + '">' for n in range(9))
    xml = f'<!DOCTYPE worksheet [<!ENTITY l0 "lol">{lol}]>{sheet(texts(["&l9;"]))}'
    written(path, with_part(SHEET, xml))


def external_entity(path: Path) -> None:
    declared = '<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    strings = f'{declared}<sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>'
    written(path, parts({"名单": sheet(GOOD)}, strings=strings))


def extent(cell: str, row: str = "") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        written(path, book(f"{texts(['编码'])}<row {row}><c {cell}><v>1</v></c></row>"))

    return write


def deep(path: Path) -> None:
    written(path, book("<row>" * 1_000_000))


def links(path: Path) -> None:
    written(path, with_part("xl/externalLinks/externalLink1.xml"))


def macros(path: Path) -> None:
    written(path, with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"))


def macros_by_type(path: Path) -> None:
    types = str(book(GOOD)["[Content_Types].xml"])
    main = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
    changed = types.replace(main, "vnd.ms-excel.sheet.macroEnabled.main")
    written(path, with_part("[Content_Types].xml", changed))


def with_password(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))


def old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + b"Workbook")


def truncated(path: Path) -> None:
    content = written(path, book(texts(*[[str(n)] for n in range(5000)]))).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def broken_part(path: Path) -> None:
    content = bytearray(written(path, book(GOOD)).read_bytes())
    content[content.index(b"sheet1.xml") + 20] ^= 0xFF
    path.write_bytes(content)


def twice(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(path, "w") as archive:
        for name, part in [*book(GOOD).items(), (SHEET, sheet(texts(["编码"], ["02"])))]:
            archive.writestr(name, part)


def twice_but_for_case(path: Path) -> None:
    written(path, with_part(SHEET.upper(), sheet(texts(["编码"], ["02"]))))


def one_part_as_two_sheets(path: Path) -> None:
    content = parts({"甲": sheet(GOOD), "乙": sheet(GOOD)})
    relations = "xl/_rels/workbook.xml.rels"
    content[relations] = content[relations].replace("sheet2.xml", "sheet1.xml")
    written(path, content)


def outside(path: Path) -> None:
    written(path, with_part("../../etc/cron.d/x"))


def outside_by_relation(path: Path) -> None:
    name = "_rels/.rels"
    relations = str(book(GOOD)[name]).replace("xl/workbook.xml", "../../../etc/passwd")
    written(path, with_part(name, relations))


def broken_styles(path: Path) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="-x"/></cellXfs></styleSheet>'
    written(path, parts({"名单": sheet(GOOD)}, styles=styles))


def no_such_string(path: Path) -> None:
    written(path, book(texts(["编码"]) + '<row><c t="s"><v>99</v></c></row>'))


def no_number(path: Path) -> None:
    written(path, book(texts(["编码"]) + "<row><c><v>1e999</v></c></row>"))


def relations_without_ids(path: Path) -> None:
    relations = (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Type="{OFFICE}/officeDocument"/></Relationships>'
    )
    written(path, with_part("_rels/.rels", relations))


def csv_of_commas(path: Path) -> None:
    path.write_bytes(b"," * 49 * MEGABYTE)


def csv_of_one_cell(path: Path) -> None:
    path.write_bytes(b'"' + b"x" * 49 * MEGABYTE)


LAST = 'r="XFD1048576"'
BROKEN = "文件不是完好的 .xlsx 工作簿，或者设有密码"
MISPLACED = "工作表的行号或者列号不合规定"
FAR = "表格不能超过200000行、64列：XFD1048576处还有内容"
HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    # what is in the file             who writes it           what the person is told
    "a part of 300 MB":               (flat_bomb, "工作簿展开后过大"),
    "archives in the archive":        (nested_bomb, BROKEN),
    "20,000,000 rows of nothing":     (sheet_bomb, "工作簿的压缩比过大"),
    "2,160,000 blank cells":          (blank_cells, "工作簿中的单元格过多"),
    "1,210,000 shared texts":         (strings_bomb, "工作簿中不同的文字过多"),
    "four bytes a character":         (wide_strings, "表格过大"),
    "a long text in every row":       (one_string_for_ever, "表格过大"),
    "a text of 12 MB":                (long_text, "一个单元格不能超过32767字"),
    "a tag of 12 MB":                 (long_tag, "工作簿中有过长的标记"),
    "10,000 parts":                   (many_parts, "工作簿的部件不能超过1000个"),
    "50,000 parts":                   (very_many_parts, "工作簿的部件不能超过1000个"),
    "a billion laughs":               (doctype, "工作簿的XML中含有文档类型声明"),
    "an external entity":             (external_entity, "工作簿的XML中含有文档类型声明"),
    "the last cell in the second row": (extent(LAST), MISPLACED),
    "the last cell":                  (extent(LAST, 'r="1048576"'), FAR),
    "the last cell with blanks":      (extent('r = "XFD1048576"', 'r\n=\t"1048576"'), FAR),
    "the last cell in other quotes":  (extent("r='XFD1048576'", "r='1048576'"), FAR),
    "the last cell by references":    (extent('r="&#88;F&#x44;1048576"', 'r="&#49;048576"'), FAR),
    "the last row, without a cell's":  (extent("", 'r="1048576"'), "表格不能超过200000行"),
    "a negative row":                 (extent('r="A-1"', 'r="-1"'), BROKEN),
    "row 0":                          (extent('r="A0"', 'r="0"'), MISPLACED),
    "a row beyond the last":          (extent('r="A4294967297"', 'r="4294967297"'), MISPLACED),
    "a column beyond the last":       (extent('r="ZZZ2"', 'r="2"'), MISPLACED),
    "a column of many letters":       (extent('r="AAAAAAAAA2"', 'r="2"'), MISPLACED),
    "a cell twice":                   (extent('r="A2"/><c r="A2"', 'r="2"'), MISPLACED),
    "a million levels":               (deep, "工作簿的XML嵌套过深"),
    "a link to another workbook":     (links, "工作簿含有对其他文件的链接"),
    "a macro":                        (macros, "工作簿含有宏"),
    "macros by the content type":     (macros_by_type, "工作簿含有宏"),
    "a password":                     (with_password, f"{BROKEN}：这个文件设有密码"),
    "an old .xls":                    (old_excel, f"{BROKEN}：这是旧版的 .xls"),
    "half of a file":                 (truncated, BROKEN),
    "a broken part":                  (broken_part, BROKEN),
    "a part twice":                   (twice, "工作簿中有重名的部件"),
    "a part twice but for case":      (twice_but_for_case, "工作簿中有重名的部件"),
    "one part as two sheets":         (one_part_as_two_sheets, "工作簿中有重名的工作表"),
    "a part outside of the folder":   (outside, "工作簿中有部件的名称不合规定"),
    "a relation to the outside":      (outside_by_relation, BROKEN),
    "broken styles":                  (broken_styles, BROKEN),
    "a text that is not there":       (no_such_string, BROKEN),
    "an infinite number":             (no_number, BROKEN),
    "a relation without a target":    (relations_without_ids, BROKEN),
}  # fmt: skip
CSV = {
    "49 million commas": (csv_of_commas, "表格过大"),
    "a cell of 49 MB": (csv_of_one_cell, "第1行附近：一个单元格不能超过32767字"),
}

_MEASURED = """
import sys
from infrastructure.spreadsheets.reading import process
process.main()
sys.stdout.flush()
sys.stderr.write(open("/proc/self/status").read())
"""
"""The reading process, which says at its end how much memory it had at most."""


def slowness() -> float:
    """How much slower this machine is now than an idle one, which runs the loop in 0.15 s.

    Neighbours on the same processor make it slower, and with it every second that is measured.
    """
    began = time.process_time()
    sum(number * number % 7 for number in range(3_000_000))
    return max(1.0, (time.process_time() - began) / 0.15)


def check(path: Path, reason: str) -> None:
    slow = slowness()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with path.open("rb") as file:
        command = [sys.executable, "-c", _MEASURED, path.suffix, "", "1", "编码"]
        run = subprocess.run(command, stdin=file, capture_output=True, check=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(run.stdout.splitlines()[-1])["refused"]
    assert told.startswith(reason)
    assert "\n" not in told
    (peak,) = (line.split() for line in run.stderr.splitlines() if line.startswith("VmHWM"))
    assert int(peak[1]) <= 256 * 1024
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used <= 5 * max(slow, slowness())


@pytest.mark.parametrize(("write", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_is_refused_in_one_line_with_little_memory_and_time(
    tmp_path: Path, write: Callable[[Path], None], reason: str
) -> None:
    write(tmp_path / "table.xlsx")
    check(tmp_path / "table.xlsx", reason)


@pytest.mark.parametrize(("write", "reason"), CSV.values(), ids=CSV)
def test_a_hostile_csv_is_refused_in_one_line_with_little_memory_and_time(
    tmp_path: Path, write: Callable[[Path], None], reason: str
) -> None:
    write(tmp_path / "table.csv")
    check(tmp_path / "table.csv", reason)


def test_who_reads_hostile_workbooks_reads_good_ones_afterwards(tmp_path: Path) -> None:
    good = written(tmp_path / "good", book(GOOD))
    for write in (wide_strings, doctype, long_tag, truncated):
        write(tmp_path / "hostile.xlsx")
        with pytest.raises(SheetError):
            read_rows(tmp_path / "hostile.xlsx")
        assert [dict(cells) for _, cells in read_rows(good)] == [{"编码": "01"}]


def test_a_reading_process_that_is_killed_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = written(tmp_path / "good", book(GOOD))
    monkeypatch.setattr(bounds, "PATIENCE", 0)
    with pytest.raises(SheetError, match="表格过大，无法读取，请分成几个文件"):
        read_rows(good)
