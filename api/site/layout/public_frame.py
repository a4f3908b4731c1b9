"""What stands around every public page: the large size (长者模式), and who answers for the site.

The size is part of the address and of every link, so that no cookie is needed.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from fastapi import Request

from infrastructure.settings import Settings

LARGE = "large"
_ANCHOR = re.compile(r'(<a\s(?:[^>]*?\s)?href=")(/[^"#]*)')
_NO_PAGES = ("/api/", "/data/", "/docs", "/download.", "/feed.", "/log/", "/sign-in")
"""Links to files and to other rooms, which know no size."""

_INVENTED = {
    "主办单位": "义马市政务服务和大数据管理局（演示，虚构）",
    "联系方式": "0398-5830000（虚构）",
    "备案号": "豫ICP备00000000号（虚构）",
    "网站标识码": "4112810000（虚构）",
}
"""The foot of the demonstration, where nothing is set."""


def is_large(request: Request) -> bool:
    return request.query_params.get(LARGE) == "1"


def other_size(query: Mapping[str, str], large: bool) -> str:
    """Returns the link to the same page in the other size."""
    kept = {name: value for name, value in query.items() if name != LARGE}
    return f"?{urlencode(kept if large else {**kept, LARGE: '1'})}"


def kept_large(html: str, root: str) -> str:
    """Returns the page with the size in every link to another public page."""

    def kept(match: re.Match[str]) -> str:
        if match[2].removeprefix(root).startswith(_NO_PAGES):
            return match[0]
        return f"{match[0]}{'&amp;' if '?' in match[2] else '?'}{LARGE}=1"

    return _ANCHOR.sub(kept, html)


def foot(request: Request) -> Sequence[tuple[str, str]]:
    """Returns who answers for the site (国办发〔2017〕47号), as far as it is set."""
    settings: Settings = request.app.state.container.settings
    stated = {
        "主办单位": settings.site_organiser,
        "联系方式": settings.site_contact,
        "备案号": settings.site_record,
        "网站标识码": settings.site_code,
    }
    words = {name: value for name, value in stated.items() if value}
    return [*(_INVENTED if not words and request.app.state.demo else words).items()]
