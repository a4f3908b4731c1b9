"""The connections of one server process: how many, from where, and how long each may take."""

import asyncio
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import NamedTuple, Protocol


class Limits(NamedTuple):
    """The bounds of connections and requests; each is for one process."""

    connections: int = 4096
    """If there are more, the oldest one without a request is closed for the new one."""
    per_address: int = 128
    """Connections from one address; a trusted proxy, from which all come, has no such bound."""
    requests: int = 512
    """Requests at work; further ones are answered 503."""
    head_bytes: int = 32 * 1024
    head_seconds: float = 10.0
    """From the connection, or the first byte of a later request, to the end of its head."""
    request_seconds: float = 25.0
    """The same to the end of its body; a large body has a second more for each `body_rate`."""
    body_rate: int = 16 * 1024
    """Bytes."""
    write_seconds: float = 20.0
    """How long a client may take nothing of its answer."""
    sweep_seconds: float = 1.0
    """How often the times are compared; all of it together stays below half a minute."""


class Bounded(Protocol):
    """What the table knows of a connection."""

    address: str
    """Empty if the address has no bound of its own."""

    @property
    def at_work(self) -> bool:
        """True if a request is being answered."""

    def check(self, now: float) -> None:
        """Closes the connection if it takes too long."""

    def drop(self) -> None:
        """Closes the connection at once."""


class ConnectionTable:
    def __init__(
        self, loop: asyncio.AbstractEventLoop, limits: Limits, is_proxy: Callable[[str], bool]
    ) -> None:
        self._loop, self._limits, self.is_proxy = loop, limits, is_proxy
        self._open: dict[Bounded, None] = {}
        self._per_address: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def admit(self, connection: Bounded) -> bool:
        """Adds a connection.  Returns False if it is one too many."""
        address = connection.address
        if address and self._per_address[address] >= self._limits.per_address:
            return False
        if len(self._open) >= self._limits.connections and not self._make_room():
            return False
        self._open[connection] = None
        self._per_address[address] += 1
        if self._timer is None:
            self._timer = self._loop.call_later(self._limits.sweep_seconds, self._sweep)
        return True

    def remove(self, connection: Bounded) -> None:
        if connection in self._open:
            del self._open[connection]
            self._per_address[connection.address] -= 1
            if not self._per_address[connection.address]:
                del self._per_address[connection.address]

    def _make_room(self) -> bool:
        """Closes the oldest connection that has no request at work."""
        oldest = next((each for each in self._open if not each.at_work), None)
        if oldest is None:
            return False
        self.remove(oldest)
        oldest.drop()
        return True

    def _sweep(self) -> None:
        """Lets every connection compare its times; ends when the last one is gone."""
        now = self._loop.time()
        for connection in list(self._open):
            connection.check(now)
        again = self._loop.call_later
        self._timer = again(self._limits.sweep_seconds, self._sweep) if self._open else None


def trusted(addresses: str | list[str]) -> Callable[[str], bool]:
    """Returns whether an address is one of these, which are addresses, networks, or `*`."""
    given = addresses.split(",") if isinstance(addresses, str) else addresses
    names = {each.strip() for each in given}
    networks = [ip_network(name, strict=False) for name in names if _is_network(name)]

    def contains(address: str) -> bool:
        if "*" in names or address in names:
            return True
        return _is_network(address) and any(ip_address(address) in each for each in networks)

    return contains


def _is_network(name: str) -> bool:
    try:
        ip_network(name, strict=False)
    except ValueError:
        return False
    return True
