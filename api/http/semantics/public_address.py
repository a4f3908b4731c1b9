"""The address of the service as its users see it, whatever a proxy made of the request.

With a public address in the settings, scheme and host of every request become that address before
anything reads them, so that the session's cookie, the check of the origin and all links obey it.
Its path, if any, is taken off the request and put before every Location.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.http.problems import problem
from infrastructure.settings import Settings
from infrastructure.web_address import DEFAULT_PORTS

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._~%!$&'()*+,;=-]*)(?::(?P<port>\d*))?")


class PublicAddress(NamedTuple):
    """Scheme, host with port unless it is the default one, and the path before our own paths."""

    scheme: str
    host: str
    root: str = ""

    @classmethod
    def of(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc, parts.path)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"


def folded_host(host: str, scheme: str) -> str | None:
    """Returns the host in lower case without the default port, or None if it is no host."""
    if (match := _HOST.fullmatch(host.lower())) is None:
        return None
    name, port = match["name"], match["port"]
    return name if not port or int(port) == DEFAULT_PORTS.get(scheme) else f"{name}:{int(port)}"


def _name(host: str) -> str:
    """Returns the host without its port, which proxies drop (`proxy_set_header Host $host`)."""
    return re.sub(r":\d+$", "", host)


def _is_local(host: str) -> bool:
    """True for an IP address and a name without a dot: only machines of our own use these.

    A name that a stranger can point at us (DNS rebinding) has a dot.
    """
    try:
        return bool(ip_address(_name(host).strip("[]")))
    except ValueError:
        return "." not in _name(host)


class Forwarded(ProxyHeadersMiddleware):
    """Middleware: believes X-Forwarded-For, -Proto and -Host, but only of trusted proxies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        client = scope.get("client")
        if scope["type"] == "http" and client and client[0] in self.trusted_hosts:
            headers = MutableHeaders(scope=scope)
            if host := headers.get("x-forwarded-host"):
                headers["host"] = host.partition(",")[0].strip()
        await super().__call__(scope, receive, send)  # type: ignore[arg-type]


class AtPublicAddress:
    """Middleware: places every request at the public address, or refuses a foreign host (421)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        urls = (settings.public_url, *settings.other_urls) if settings.public_url else ()
        self._app, self._public_url = app, settings.public_url
        self._addresses: Sequence[PublicAddress] = [PublicAddress.of(url) for url in urls if url]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fields = MutableHeaders(scope=scope)
        host = folded_host(fields.get("host", ""), scope["scheme"])
        if host is None:
            refusal = problem(Request(scope), "bad-request", "Host 不是主机名")
            await refusal(scope, receive, send)
            return
        state = scope["state"]
        state["origins"] = {each.origin for each in self._addresses} or {
            f"{scope['scheme']}://{host}"
        }
        address = self._at(host, scope["scheme"])
        if address is None:
            await self._misdirected(scope, receive, send)
            return
        state["root"], scope["scheme"] = address.root, address.scheme
        state["public_url"] = self._public_url
        if address.host:
            fields["host"] = address.host
        _strip(scope, address.root)
        await self._app(scope, receive, _Placed(send, address.root).send)

    def _at(self, host: str, scheme: str) -> PublicAddress | None:
        """Returns the address at which a host is asked, or None if it is not ours."""
        if not self._addresses:
            return PublicAddress(scheme, host)
        same_port = [at for at in self._addresses if folded_host(host, at.scheme) == at.host]
        same_name = [at for at in self._addresses if _name(host) == _name(at.host)]
        local = self._addresses[:1] if _is_local(host) else []
        return next(iter([*same_port, *same_name, *local]), None)

    async def _misdirected(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"请用 {self._addresses[0].origin} 访问；另外的主机名要填进 XINNUO_OTHER_URLS"
        scope["state"]["root"] = self._addresses[0].root
        await problem(Request(scope), "misdirected", detail)(scope, receive, send)


def _strip(scope: Scope, root: str) -> None:
    """Takes the public path off the path of the request, unless the proxy has done so."""
    if root and f"{scope['path']}/".startswith(f"{root}/"):
        scope["path"] = scope["path"].removeprefix(root) or "/"


class _Placed:
    """Puts the public path before a Location of ours, which is always relative to the host."""

    def __init__(self, send: Send, root: str) -> None:
        self._send, self._root = send, root

    async def send(self, message: Message) -> None:
        if self._root and message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if (location := headers.get("location", "")).startswith("/"):
                headers["location"] = self._root + location
        await self._send(message)


def same_origin(scope: Scope) -> bool:
    """True if the field Origin names the service; case and default ports make no difference."""
    parts = urlsplit(Headers(scope=scope).get("origin", ""))
    try:
        host = folded_host(parts.netloc, parts.scheme)
    except ValueError:
        return False
    return f"{parts.scheme}://{host}" in scope["state"]["origins"]
