"""Prints the content of a document as PDF/A-2a; the same content gives the same bytes."""

import json
import re
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

import segno
import typst
from pylopdf_fonts_zh_cn import sans_path

from domain.documents.content import Content, verification_code
from domain.documents.kinds import Copy
from domain.documents.served import ServedDocument
from domain.values.workdays import in_chinese

LAYOUTS = Path(__file__).parent
UNPRINTABLE = re.compile(r'(?:text|codepoint) `"(.+?)"`')
"""Matches the compiler's error for characters that the font lacks; PDF/A forbids blank ones."""
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
REMARK = "〔U+〕是字库没有收的字的国际编码（GB 18030、ISO/IEC 10646），以身份证件、执照所载为准。"
VERIFY = "/verify/"


def printed(content: Content, pin: ServedDocument | None, at: datetime, copy: Copy | None) -> bytes:
    """Returns the document; a character that the font lacks is printed as its number."""
    data, layout = _data(content, pin, copy), f"letter_{content.template.layout}.typ"
    if from_the_right := "".join(filter(_runs_leftwards, json.dumps(data, ensure_ascii=False))):
        data = _numbered(data, from_the_right) | {"remark": REMARK}
    while True:
        try:
            text = json.dumps(data, ensure_ascii=False)
            return _compiled(text, LAYOUTS / layout, int(at.timestamp()))
        except typst.TypstError as error:
            if (match := UNPRINTABLE.search(str(error))) is None:
                raise
            lacking = ESCAPED.sub(lambda code: chr(int(code[1], 16)), match[1])
            if not lacking or (numbered := _numbered(data, lacking)) == data:
                raise
            data = numbered | {"remark": REMARK}


def verification_address(pin: ServedDocument) -> str:
    """Where the document is verified, as its square says; empty if nobody knew the address."""
    return f"{pin.site}{VERIFY}{verification_code(pin.sha256)}" if pin.site else ""


def _data(content: Content, pin: ServedDocument | None, copy: Copy | None) -> dict[str, Any]:
    served, address = content.served, verification_address(pin) if pin else ""
    return {
        "title": content.kind.label,
        "copy": copy.label if copy else "",
        "organ": content.organ,
        "number": content.number or f"案件 {content.case}",
        "addressee": content.addressee,
        "day": in_chinese(content.day),
        "case": str(content.case),
        "version": content.version,
        "template": content.template.name,
        "template_version": content.template.version,
        "sha256": served.sha256,
        "sm3": served.sm3,
        "address": address,
        "square": _square(address) if address else "",
        "blocks": [{"title": each.title, "lines": each.lines} for each in content.blocks],
        "remark": "",
    }


def _square(address: str) -> str:
    """Returns the QR code of an address as SVG."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", xmldecl=False)
    return drawn.getvalue().decode()


def _runs_leftwards(character: str) -> bool:
    """True for scripts that would turn the order of the line; the font has only parts of them."""
    return bidirectional(character) in ("R", "AL")


def _numbered(data: Any, lacking: str) -> Any:
    """The data with these characters as numbers."""
    if isinstance(data, str):
        return "".join(f"〔U+{ord(c):X}〕" if c in lacking else c for c in data)
    if isinstance(data, dict):
        return {name: _numbered(value, lacking) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_numbered(value, lacking) for value in data]
    return data


def _compiled(text: str, layout: Path, at: int) -> bytes:
    path: Any = str(layout)
    pdf: bytes = typst.compile(
        path,
        sys_inputs={"data": text},
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        pdf_standards=["a-2a"],
        timestamp=at,
    )
    return pdf


@cache
def _fonts() -> Path:
    return Path(sans_path()).parent
