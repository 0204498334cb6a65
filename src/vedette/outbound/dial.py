"""Opens connections to addresses that somebody else has chosen; names are only what certificates are checked for."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable, Sequence
from ssl import SSLContext, SSLError
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from vedette.errors import Unavailable
from vedette.outbound.connection import Connection
from vedette.outbound.resolver import Resolved

_PATIENCE_S: Final = 2.0
_MAX_PROXY_ANSWER_BYTES: Final = 65_536


async def dial(
    place: str,
    addresses: Sequence[Resolved],
    port: int,
    context: SSLContext | None = None,
    server_name: str | None = None,
    make: Callable[[], Connection] = Connection,
) -> Connection:
    """A connection to the first address that takes it. `place` is for messages. Raises Unavailable."""
    loop = asyncio.get_running_loop()
    failure: Exception | None = None
    for position, (family, address) in enumerate(addresses):
        # An address that swallows packets leaves time for the others.
        patience_s = None if position == len(addresses) - 1 else _PATIENCE_S
        try:
            async with asyncio.timeout(patience_s):
                _, connection = await loop.create_connection(
                    make, address, port, family=family, ssl=context, server_hostname=server_name if context else None
                )
                return connection
        except (OSError, ValueError) as error:
            failure = error
    raise Unavailable(f"cannot connect to {place}: {_reason(failure)}")


async def tunnel(
    connection: Connection,
    head: str,
    context: SSLContext,
    server_name: str,
    make: Callable[[], Connection] = Connection,
) -> Connection:
    """A TLS connection through a proxy that is asked by `head` (a CONNECT request). Raises Unavailable."""
    raw = await connection.request(head.encode("latin-1"), _MAX_PROXY_ANSWER_BYTES, is_connect=True)
    if raw.status != 200:
        connection.abort()
        raise Unavailable(f"the proxy refused to connect: HTTP status {raw.status}")
    inner = make()
    try:
        transport = await asyncio.get_running_loop().start_tls(
            connection.transport, inner, context, server_hostname=server_name
        )
    except (OSError, ValueError) as error:
        connection.abort()
        raise Unavailable(f"TLS through the proxy failed: {error}") from None
    inner.connection_made(cast("asyncio.Transport", transport))
    return inner


def proxy_auth(proxy: str) -> str:
    """The header line with a proxy's credentials, if its URL has any."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return ""
    return f"Proxy-Authorization: {basic(unquote(parts.username), unquote(parts.password or ''))}\r\n"


def basic(username: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _reason(failure: Exception | None) -> str:
    number = getattr(failure, "errno", None)
    if isinstance(failure, SSLError) or not isinstance(number, int):
        return str(failure) or type(failure).__name__
    # The event loop's own words repeat the address.
    return os.strerror(number)
