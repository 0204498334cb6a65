"""What an IP address leads to, whatever it is wrapped in: the public network, a private one, or somewhere special."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Nature(StrEnum):
    """Where an address leads to; the values are how a message says it."""

    PUBLIC = "public"
    PRIVATE = "a private address"
    LOOPBACK = "this machine itself"
    LINK_LOCAL = "a link-local address"
    METADATA = "the metadata service of a cloud"
    UNSPECIFIED = "the unspecified address"
    MULTICAST = "a multicast address"
    RESERVED = "a reserved address"


_METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)


def _v4(*texts: str) -> tuple[ipaddress.IPv4Network, ...]:
    return tuple(ipaddress.IPv4Network(text) for text in texts)


def _v6(*texts: str) -> tuple[ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.IPv6Network(text) for text in texts)


# Lists of our own, after IANA's registries: what the standard library calls private differs between its versions.
_NATURES_4: Final = (
    (Nature.LOOPBACK, _v4("127.0.0.0/8")),
    (Nature.PRIVATE, _v4("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
    (Nature.LINK_LOCAL, _v4("169.254.0.0/16")),
    (Nature.UNSPECIFIED, _v4("0.0.0.0/8")),
    (Nature.MULTICAST, _v4("224.0.0.0/4")),
    (
        Nature.RESERVED,
        _v4("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24")
        + _v4("240.0.0.0/4"),
    ),
)
_NATURES_6: Final = (
    (Nature.LOOPBACK, _v6("::1/128")),
    (Nature.UNSPECIFIED, _v6("::/128")),
    (Nature.PRIVATE, _v6("fc00::/7", "fec0::/10")),
    (Nature.LINK_LOCAL, _v6("fe80::/10")),
    (Nature.MULTICAST, _v6("ff00::/8")),
    (Nature.RESERVED, _v6("2001::/23", "2001:db8::/32", "3fff::/20")),
    (Nature.PUBLIC, _v6("2000::/3")),
)
# Where an IPv4 address stands in an IPv6 one, as bits to its right: mapped, compatible, translated (RFC 2765),
# NAT64 (RFC 6052, 8215) and 6to4.
_WRAPPED: Final = tuple(
    (ipaddress.IPv6Network(text), shift)
    for text, shift in (
        ("::ffff:0:0/96", 0),
        ("::/96", 0),
        ("::ffff:0:0:0/96", 0),
        ("64:ff9b::/96", 0),
        ("64:ff9b:1::/96", 0),
        ("2002::/16", 80),
    )
)
_FIRST_COMPATIBLE: Final = 2
"""`::` and `::1` are no IPv4 addresses."""


def parse(text: str) -> Address:
    """The address of a text as resolvers give it, without its zone. Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])


def unwrapped(address: Address) -> Address:
    """The IPv4 address that packets end up at, where an IPv6 address stands for one; else the address itself."""
    if isinstance(address, ipaddress.IPv4Address) or int(address) < _FIRST_COMPATIBLE:
        return address
    for network, shift in _WRAPPED:
        if address in network:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    return address


def nature_of(address: Address) -> Nature:
    """Where an address leads to."""
    address = unwrapped(address)
    if address in _METADATA:
        return Nature.METADATA
    if isinstance(address, ipaddress.IPv4Address):
        for nature, networks in _NATURES_4:
            if any(address in network for network in networks):
                return nature
        return Nature.PUBLIC
    for nature, networks_6 in _NATURES_6:
        if any(address in network for network in networks_6):
            return nature
    return Nature.RESERVED
