"""Addresses against the standard library's own tables, read naively."""

from __future__ import annotations

import ipaddress

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.outbound.address import Nature, nature_of, unwrapped

V4 = ipaddress.IPv4Address
V6 = ipaddress.IPv6Address
SPECIAL_4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
SPECIAL_4 += ["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"]
SPECIAL_4 += ["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"]
SPECIAL_6 = ["::/127", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16"]
SPECIAL_6 += ["2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2000::/3"]
# Ours although the library takes them for public: a relay of 6to4, and a metadata service.
STRICTER = [ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("168.63.129.16/32")]


def edges(networks: list[str], bits: int) -> list[int]:
    """The first and last address of each network and those just outside."""
    found = set()
    for network in map(ipaddress.ip_network, networks):
        for at in (int(network[0]), int(network[-1])):
            found |= {at - 1, at, at + 1}
    return sorted(at for at in found if 0 <= at < 1 << bits)


v4 = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from(edges(SPECIAL_4, 32))).map(V4)
v6 = st.one_of(st.integers(0, 2**128 - 1), st.sampled_from(edges(SPECIAL_6, 128))).map(V6)
WRAPS = [
    lambda at: V6(0xFFFF << 32 | at),
    lambda at: V6(0xFFFF << 48 | at),
    lambda at: V6(0x64FF9B << 96 | at),
    lambda at: V6(0x64FF9B0001 << 80 | at),
    lambda at: V6(0x2002 << 112 | at << 80 | 0x1234),
]


def is_public(address: V4 | V6) -> bool:
    """What the library says of an address that wraps no other."""
    if any(address in network for network in STRICTER):
        return False
    odd = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    return address.is_global and not odd and not (isinstance(address, V6) and address.is_site_local)


@settings(max_examples=400, deadline=None)
@given(v4)
def test_plain_addresses_agree_with_the_library(address: V4) -> None:
    """Public is what the library calls global, except for what only newer versions of it do."""
    if not is_public(address):
        assert nature_of(address) is not Nature.PUBLIC
    elif address not in ipaddress.ip_network("192.0.0.0/24"):
        assert nature_of(address) is Nature.PUBLIC


@settings(max_examples=400, deadline=None)
@given(v6)
def test_long_addresses_are_never_opener_than_the_library(address: V6) -> None:
    """What the library does not call global is not public, once unwrapped."""
    plain = unwrapped(address)
    if nature_of(address) is Nature.PUBLIC:
        assert is_public(plain)
        assert plain != address or address in ipaddress.ip_network("2000::/3")


@settings(max_examples=400, deadline=None)
@given(v4, st.sampled_from(WRAPS))
def test_wrapping_changes_nothing(address: V4, wrap: object) -> None:
    """An IPv4 address is judged the same in every IPv6 form that leads to it."""
    wrapped = wrap(int(address))  # type: ignore[operator]  # one of the lambdas above
    assert unwrapped(wrapped) == address
    assert nature_of(wrapped) is nature_of(address)
