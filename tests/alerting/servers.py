"""Real servers on this machine that notifications are sent to: they note what they get and answer as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Hook:
    """An HTTP receiver."""

    port: int = 0
    answers: list[bytes] = field(default_factory=list)
    """What to say, one after the other; afterwards 200."""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    """Request line, headers in lower case and body of each."""
    hang: bool = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((head[0], headers, body))
        if self.hang:
            await asyncio.sleep(30)
        writer.write(self.answers.pop(0) if self.answers else reply(200))
        await writer.drain()
        writer.close()


def reply(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer."""
    return "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


@asynccontextmanager
async def hook() -> AsyncIterator[Hook]:
    """A receiver."""
    it = Hook()
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()


@dataclass
class Postbox:
    """An SMTP server without TLS."""

    port: int = 0
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    """Sender, recipients and message of each."""
    refuse: dict[str, str] = field(default_factory=dict)
    """What to say to a command that begins so."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        sender, recipients = "", list[str]()

        def say(text: str) -> None:
            writer.write(f"{text}\r\n".encode())

        say("220 postbox")
        while line := (await reader.readline()).decode("utf-8", "replace").strip():
            refusal = next((said for start, said in self.refuse.items() if line.upper().startswith(start)), "")
            verb = line.upper().split(" ")[0].split(":")[0]
            if refusal:
                say(refusal)
            elif verb == "EHLO":
                say("250-postbox\r\n250 SIZE 1000000")
            elif verb == "MAIL":
                sender, recipients = line.split("<")[1].split(">")[0], []
                say("250 ok")
            elif verb == "RCPT":
                recipients.append(line.split("<")[1].split(">")[0])
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                message = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append((sender, recipients, message[:-5]))
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say("250 ok")
        writer.close()


@asynccontextmanager
async def postbox() -> AsyncIterator[Postbox]:
    """A mail server."""
    it = Postbox()
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0, limit=2**22)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
