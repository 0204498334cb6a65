"""Settings of the HTTP server."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from vedette.errors import BadData
from vedette.http.rates import RateSettings

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where to listen and what a request may be."""

    host: str = "127.0.0.1"
    """Address to listen on; other machines reach only what is not this machine's own loopback."""
    port: Port = 9000
    """Port to listen on; 0 takes a free one."""
    no_auth: bool = False
    """Let everybody in who reaches the port, with all rights. Only on this machine's own loopback."""
    tls_cert_file: Path | None = None
    """The server's certificate in PEM, with those that lead to its authority; read again when it changes."""
    tls_key_file: Path | None = None
    """The key of that certificate in PEM, without a password. With both files the server speaks https only."""
    tls_min_version: Literal["1.2", "1.3"] = "1.3"
    """The oldest version of TLS that clients may speak."""
    hsts_max_age_s: Annotated[int, msgspec.Meta(ge=0)] = 31_536_000
    """How long browsers that came over https come no other way, to any port of this host; 0 does not tell them."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of reverse proxies, such as `10.0.0.7/32`, whose X-Forwarded-For, -Proto and -Host are believed."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names by which browsers may address this server (`Host` header); protects from DNS rebinding."""
    allowed_origins: tuple[str, ...] = ()
    """Pages of other origins, such as `https://grafana.example`, that may send requests from a browser."""
    max_body_bytes: int = 64 * 2**20
    """Size of a request's body as it is on the wire, before decompression."""
    max_message_bytes: int = 16 * 2**20
    """Size of one WebSocket message."""
    max_connections: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    """Connections at one time, sockets included; requests on further ones are answered with status 503."""
    drain_timeout_s: float = 3.0
    """How long running requests may take to end when the server stops."""
    access_log: bool = False
    """Log every request, not only those that fail by our own fault."""
    rates: RateSettings = field(default_factory=RateSettings)
    """Requests that one key, user or address may send."""

    def __post_init__(self) -> None:
        read_networks(self.trusted_proxies)
        if self.no_auth and self.trusted_proxies:
            raise BadData("no_auth is for this machine alone, trusted_proxies let others in: leave out one of them")
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise BadData("tls_cert_file and tls_key_file are needed both")


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks of `trusted_proxies`; an address alone is a network of one. Raises BadData."""
    try:
        return tuple(ipaddress.ip_network(text) for text in texts)
    except ValueError as error:
        raise BadData(f"trusted_proxies: {error}") from None
