"""Security headers of every answer; a page that needs more than nothing brings a policy of its own.

Answers for programs are no documents: nothing runs, is embedded or is loaded from them.
"""

from starlette.datastructures import MutableHeaders

CONTENT_POLICY = "Content-Security-Policy"
_EVERYWHERE = {
    CONTENT_POLICY: (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"
"""A year; subdomains are not ours to bind."""


def secure(headers: MutableHeaders, scheme: str) -> None:
    """Adds the headers that the answer does not have."""
    for name, value in _EVERYWHERE.items():
        headers.setdefault(name, value)
    if scheme == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)
