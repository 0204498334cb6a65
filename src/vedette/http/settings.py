"""Settings of the HTTP server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where to listen and what a request may be."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but this machine's own loopback needs `no_auth`."""
    port: Port = 9000
    """Port to listen on; 0 takes a free one."""
    no_auth: bool = False
    """Serve everybody who can reach the port, also beyond this machine. Without it only loopback is served."""
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
