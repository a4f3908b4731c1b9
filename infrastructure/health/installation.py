"""Checks of the machine around the service: settings, permissions, the address it listens at."""

import os
from collections.abc import Iterator
from ipaddress import ip_address

from infrastructure import data_folder
from infrastructure.container import Container
from infrastructure.health import settings as wrong_settings
from infrastructure.health.findings import Severity


def unknown_settings(_: Container) -> Iterator[tuple[Severity, str]]:
    """A newer release's settings do not stop an older one, and a misspelt one is told."""
    for line in wrong_settings.unknown(os.environ):
        yield Severity.WARNS, line


def permissions(container: Container) -> Iterator[tuple[Severity, str]]:
    for line in data_folder.open_to_others(container.settings):
        yield Severity.WARNS, line


def plain_http(container: Container) -> Iterator[tuple[Severity, str]]:
    host = container.settings.host
    if not _is_loopback(host):
        yield (
            Severity.WARNS,
            f"XINNUO_HOST：在{host}上用不加密的 HTTP 接受其他机器的连接，令牌和个人信息可能泄露；"
            "请改回 127.0.0.1，在前面放一个 HTTPS 反向代理",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
