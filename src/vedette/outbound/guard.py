"""Decides which addresses may be asked: every address of a name is judged, and only a judged address is connected to.

Public addresses may always be asked. This machine and private networks may for the purposes of `outbound.allow_private`
and for what `outbound.allow_hosts` and `outbound.allow_networks` list. Link-local addresses, metadata services,
multicast and reserved addresses need a network in `outbound.allow_networks` that holds nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from vedette.errors import BadData, Unavailable
from vedette.outbound.address import Address, Nature, nature_of, parse, unwrapped
from vedette.outbound.resolver import Resolved, look_up, numeric, reason_of
from vedette.outbound.settings import Network, OutboundSettings, Purpose, host_of, network_of
from vedette.outbound.url import Url, read_url

LookUp = Callable[[str], Sequence[Resolved]]
_NEAR: Final = frozenset((Nature.PRIVATE, Nature.LOOPBACK))


class Checked(Struct, frozen=True):
    """A URL that may be asked, at these addresses and no others."""

    url: Url
    addresses: tuple[Resolved, ...]


class Guard:
    """Judges addresses; thread-safe. `look_up` turns a name into its addresses and may raise OSError."""

    def __init__(self, settings: OutboundSettings, look_up: LookUp = look_up) -> None:
        self._look_up = look_up
        self._near = frozenset(Purpose(name) for name in settings.allow_private)
        self._networks = [network_of(entry) for entry in settings.allow_networks]
        self._hosts = [host_of(entry) for entry in settings.allow_hosts]

    def check(self, url: str, purpose: Purpose) -> Checked:
        """Read a URL, resolve its host once and judge what it leads to. Blocks: use a thread.

        Raises BadData when it must not be asked, Unavailable when its name has no address.
        """
        parts = read_url(url)
        return Checked(parts, self.admitted(parts.host, self.resolve(parts.host), purpose))

    def admit_through_proxy(self, host: str, purpose: Purpose) -> None:
        """Judge a host that is an address, however written. A proxy looks names up itself: where they may lead to is
        for its operator to say. Raises BadData.
        """
        addresses = numeric(host)
        if addresses:
            self.admitted(host, addresses, purpose)

    def resolve(self, host: str) -> Sequence[Resolved]:
        """All addresses of a name, at least one. Raises Unavailable. Blocks."""
        try:
            return self._look_up(host)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"no address for host {host!r}: {reason_of(error)}") from None

    def admitted(self, host: str, resolved: Sequence[Resolved], purpose: Purpose) -> tuple[Resolved, ...]:
        """Those of a host's addresses that may be asked, at least one. Raises BadData when none may."""
        near = purpose in self._near or self._is_listed(host, purpose)
        refusals = {}
        kept = []
        for family, text in resolved:
            nature = self._refusal(parse(text), near, purpose)
            if nature is None:
                kept.append((family, text))
            else:
                refusals[text] = nature
        if not kept:
            raise BadData(_words(host, refusals, purpose))
        return tuple(kept)

    def is_public(self, address: str) -> bool:
        """Whether an address is on the public network."""
        return nature_of(parse(address)) is Nature.PUBLIC

    def _refusal(self, address: Address, near: bool, purpose: Purpose) -> Nature | None:
        nature = nature_of(address)
        if nature is Nature.PUBLIC or (near and nature in _NEAR):
            return None
        plain = unwrapped(address)
        for purposes, network in self._networks:
            if purpose in purposes and (plain in network or address in network) and _names(network, nature):
                return None
        return nature

    def _is_listed(self, host: str, purpose: Purpose) -> bool:
        name = host.lower().rstrip(".")
        return any(
            purpose in purposes and (name.endswith(listed[1:]) if listed.startswith("*.") else name == listed)
            for purposes, listed in self._hosts
        )


def _names(network: Network, nature: Nature) -> bool:
    """Whether a listed network means addresses of this nature: a wide one does not mean what lies hidden in it."""
    return nature in _NEAR or nature_of(network[0]) is nature_of(network[-1]) is nature


def _words(host: str, refusals: dict[str, Nature], purpose: Purpose) -> str:
    address, nature = next(iter(refusals.items()), ("", Nature.RESERVED))
    where = f"{host} is" if host == address else f"{host} leads to {address},"
    setting = "outbound.allow_networks or outbound.allow_hosts" if nature in _NEAR else "outbound.allow_networks"
    return f"{where} {nature.value}, which may not be asked for {purpose.value}; allow it with {setting}"
