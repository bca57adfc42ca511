"""Where a webhook may go: public addresses, and the networks that the administrator names; nowhere else.

A URL has one strict form, so that everybody reads the same host in it. A name is resolved once, at the moment of
connecting, and what was checked is what is connected to.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

MAX_URL = 2000
# Printable ASCII; no userinfo, fragment, backslash, zone or escaped host.
_URL = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::([0-9]{1,5}))?((?:[/?][!\"$-\[\]-~]*)?)", re.ASCII | re.IGNORECASE
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)

# IANA's special-purpose registries. Of IPv6 only 2000::/3 is global at all.
_SPECIAL_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16")
)


class Forbidden(Exception):
    """The address is not one that webhooks may go to."""


class Malformed(Exception):
    """The URL is not of the one form that webhooks take."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart. `host` is a lower-case name or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def networks(text: str) -> tuple[Network, ...]:
    """Networks in CIDR form, comma-separated. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def target(url: str, allowed: Sequence[Network]) -> Target:
    """The URL, if webhooks may go there as far as it tells by itself. Raises Malformed, Forbidden."""
    form = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if form is None:
        raise Malformed
    scheme, host, port = form[1].lower(), form[2].lower().strip("[]"), int(form[3] or 0)
    path = form[4] if form[4].startswith("/") else f"/{form[4]}"
    found = Target(scheme, host, port or {"http": 80, "https": 443}[scheme], path)
    if form[3] is not None and not 1 <= port <= 65535:
        raise Malformed
    literal = _literal(form[2].lower())
    if literal is None:
        _check_name(host)
        if scheme == "http" and not allowed:
            raise Forbidden
    else:
        check([str(literal)], scheme, allowed)
    return found


def _literal(host: str) -> Address | None:
    """The address that a host is; None for a name. Whatever some reader takes for an address must be a plain one."""
    try:
        if host.startswith("["):
            return ipaddress.IPv6Address(host[1:-1])
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            # 2130706433, 0x7f.1, 0177.0.0.1 and 127.1 are addresses to some, and this raises for them.
            return ipaddress.IPv4Address(host)
    except ValueError:
        raise Forbidden from None
    return None


def _check_name(host: str) -> None:
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Malformed
    if labels[-1] in ("localhost", "localdomain"):
        raise Forbidden


def check(addresses: Iterable[str], scheme: str, allowed: Sequence[Network]) -> list[str]:
    """The addresses, if webhooks may go to every one of them; plain http only within `allowed`. Raises Forbidden."""
    found = list(addresses)
    for text in found:
        address = _unwrapped(ipaddress.ip_address(text))
        within = any(address in network for network in allowed if network.version == address.version)
        if not (within or (scheme == "https" and is_public(address))):
            raise Forbidden
    if not found:
        raise Forbidden
    return found


def _unwrapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet's. What merely wraps an IPv4 address is not."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    return address in _GLOBAL_6 and not any(address in network for network in _SPECIAL_6) and address.scope_id is None


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, or the address that it is. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
