"""QR codes of addresses, as SVG in the page: no script, no request, sharp on paper."""

from markupsafe import Markup
from segno import make


def square_of(address: str) -> Markup:
    """Returns the QR code of an address; the page states the same address in words beside it."""
    code = make(address, error="m", micro=False)
    drawn = code.svg_inline(border=4, svgclass="square", lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 - made of an address of ours, and of nothing else
