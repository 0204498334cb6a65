"""Settings of requests that leave this process, and what such requests are for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec

from vedette.errors import BadData

PurposeName = Literal["scrape", "discovery", "oidc", "webhook"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Purpose(StrEnum):
    """What a request is for; it decides which addresses may be asked.

    Targets and their lists are where operators put them, so machines of one's own are as good as any; URLs for OIDC
    and webhooks are typed in by people with fewer rights, so that only public addresses are asked unless allowed.
    """

    SCRAPE = "scrape"
    DISCOVERY = "discovery"
    OIDC = "oidc"
    WEBHOOK = "webhook"


PURPOSES: Final = frozenset(Purpose)


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """Which addresses this server may ask, and how long and how much it listens to them."""

    allow_private: tuple[PurposeName, ...] = ("scrape", "discovery")
    """Purposes (scrape, discovery, oidc, webhook) for which this machine itself and private networks may be asked."""
    allow_hosts: tuple[str, ...] = ()
    """Names that may lead to this machine or a private network: `sso.internal`, `*.internal`, `oidc=sso.internal`."""
    allow_networks: tuple[str, ...] = ()
    """Networks that may be asked: `10.0.0.0/8`, `webhook=10.1.2.3/32`. Only so are link-local addresses allowed."""
    connect_timeout_s: Annotated[float, msgspec.Meta(gt=0, le=300)] = 5.0
    """How long one connection may take to be made. Scrapes have their own times, here and below."""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 15.0
    """How long a request may take from the name look-up to the last byte, redirects included."""
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1)] = 4 * 2**20
    """Size of an answer, also after decompression."""
    ca_file: Path | None = None
    """Certificates of the authorities to trust, in PEM; None trusts those of the system. Checks cannot be left out."""
    proxy_url: str = ""
    """A proxy (`http://user:password@host:port`) for OIDC and webhooks. Those of the environment are not used."""

    def __post_init__(self) -> None:
        for entry in self.allow_networks:
            network_of(entry)
        for entry in self.allow_hosts:
            host_of(entry)
        proxy = urlsplit(self.proxy_url)
        if self.proxy_url and (proxy.scheme != "http" or not proxy.hostname):
            raise BadData("proxy_url must be like http://host:port")


def network_of(entry: str) -> tuple[frozenset[Purpose], Network]:
    """An entry of `allow_networks`: the purposes it is for, and the network. Raises BadData."""
    purposes, text = _split(entry)
    try:
        return purposes, ipaddress.ip_network(text)
    except ValueError as error:
        raise BadData(f"allow_networks: {error}") from None


def host_of(entry: str) -> tuple[frozenset[Purpose], str]:
    """An entry of `allow_hosts`: the purposes it is for, and the name in lower case. Raises BadData."""
    purposes, text = _split(entry)
    name = text.lower().rstrip(".")
    if not name or "*" in name.removeprefix("*.") or "/" in name or ":" in name:
        raise BadData(f"allow_hosts: {text!r} is no host name, nor one that begins with *.")
    return purposes, name


def _split(entry: str) -> tuple[frozenset[Purpose], str]:
    name, equals, rest = entry.partition("=")
    if not equals:
        return PURPOSES, entry.strip()
    try:
        return frozenset((Purpose(name.strip()),)), rest.strip()
    except ValueError:
        known = ", ".join(Purpose)
        raise BadData(f"{entry!r}: what is before = must be one of {known}") from None
