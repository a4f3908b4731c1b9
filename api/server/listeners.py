"""The sockets of `xinnuo serve`: bound and listening before an address is announced."""

import errno
import socket
from pathlib import Path
from typing import NamedTuple

from infrastructure.settings import Settings

BACKLOG = 2048
LOOPBACK = "127.0.0.1"
MAX_PATH = 100
"""Bytes of the longest path that the name of a unix socket may have."""
_REASONS = {
    errno.EADDRINUSE: "已经被另一个程序占用，请先停止它，或者换一个端口",
    errno.EACCES: "没有权限在这个端口监听，请用1024以上的端口",
    errno.EADDRNOTAVAIL: "不是本机的地址",
}


class NotListening(RuntimeError):
    """An address cannot be listened at; the message names the setting and the remedy."""


class Listeners(NamedTuple):
    public: socket.socket
    operators: socket.socket | None
    """None if no place for it was found; `missing` says why."""
    missing: str = ""
    path: Path | None = None
    """The name of the operators' socket, if it is a unix socket."""

    @property
    def sockets(self) -> list[socket.socket]:
        return [each for each in (self.public, self.operators) if each]

    def forget(self) -> None:
        """Closes the sockets, and removes the name of the operators' socket."""
        if self.path:
            self.path.unlink(missing_ok=True)
        for each in self.sockets:
            each.close()

    @property
    def operators_address(self) -> str:
        """Where operators ask, as they would give it to curl."""
        if self.operators is None:
            return self.missing
        if self.path:
            return f"curl --unix-socket {self.path} http://localhost/metrics"
        host, port = self.operators.getsockname()
        return f"http://{host}:{port}/metrics"


def listen(settings: Settings) -> Listeners:
    """Opens the sockets for the public and for operators.  Raises NotListening."""
    public = _bound("XINNUO_PORT", settings.host, settings.port)
    if settings.operator_port:
        try:
            return Listeners(
                public, _bound("XINNUO_OPERATOR_PORT", LOOPBACK, settings.operator_port)
            )
        except NotListening:
            public.close()
            raise
    return _beside(public, settings.operator_socket)


def _beside(public: socket.socket, path: Path) -> Listeners:
    """The operators' unix socket in the data folder, unless its name is too long or taken."""
    otherwise = "请设置 XINNUO_OPERATOR_PORT"
    if len(str(path).encode()) > MAX_PATH:
        return Listeners(public, None, f"没有开启：{path} 的路径过长，{otherwise}")
    if answers(path):
        return Listeners(public, None, f"没有开启：{path} 已经被另一个进程占用，{otherwise}")
    path.unlink(missing_ok=True)  # left behind by a process that was killed
    operators = socket.socket(socket.AF_UNIX)
    operators.bind(str(path))
    path.chmod(0o600)
    return Listeners(public, _listening(operators), path=path)


def answers(path: Path) -> bool:
    """True if a process listens at this unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _bound(setting: str, host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise NotListening(f"XINNUO_HOST：{host}不是本机的地址，请改回 {LOOPBACK}") from None
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        return _listening(bound)
    except OSError as error:
        bound.close()
        reason = _REASONS.get(error.errno or 0, "不能在这里监听")
        name = "XINNUO_HOST" if error.errno == errno.EADDRNOTAVAIL else setting
        raise NotListening(f"{name}：{host}:{port} {reason}") from None


def _listening(bound: socket.socket) -> socket.socket:
    """Listens at once: two bound sockets that do not listen yet could share a port."""
    bound.listen(BACKLOG)
    bound.set_inheritable(True)
    return bound
