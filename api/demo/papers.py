"""Papers of the demonstration: one page for each title, which says that it is a sample."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path

from application.execution.command import Command
from domain.values.parties import Actor
from infrastructure.container import Container

_PAGE = """#set page(width: 148mm, height: 105mm)
#set text(size: 18pt, lang: "zh")
#align(center + horizon)[*测试样张* #linebreak() #sys.inputs.title]
"""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_papers: dict[str, bytes] = {}


@cache
def paper(title: str) -> str:
    """Returns the SHA-256 of the sample page with this title."""
    page: Any = _PAGE.encode()
    content: bytes = typst.compile(
        page,
        sys_inputs={"title": title},
        font_paths=[Path(sans_path()).parent],
        ignore_system_fonts=True,
        timestamp=0,
    )
    named = sha256(content).hexdigest()
    _papers[named] = content
    return named


def hand_in(container: Container, by: Actor, command: Command) -> None:
    """Uploads the sample pages that the command names."""
    for named in _DIGEST.findall(command.model_dump_json()):
        if named in _papers:
            container.files.upload(by, _papers[named])
