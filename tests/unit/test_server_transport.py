"""The transport that sends one turn's writes in one piece."""

from __future__ import annotations

import asyncio

from vedette.server.transport import CoalescingTransport


class Wire(asyncio.Transport):
    """Remembers what reaches the socket."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:  # type: ignore[type-arg]
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 5

    def close(self) -> None:
        self.closed = True


def _on_wire() -> tuple[Wire, CoalescingTransport]:
    wire = Wire()
    return wire, CoalescingTransport(wire, asyncio.get_running_loop())


async def test_writes_of_one_turn_leave_together() -> None:
    """Head and body of an answer are one piece, those of the next turn another."""
    wire, transport = _on_wire()
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.pieces == []
    assert transport.get_write_buffer_size() == 14
    await asyncio.sleep(0)
    transport.writelines([b"x", b"y"])
    await asyncio.sleep(0)
    assert wire.pieces == [b"head body", b"xy"]


async def test_much_data_is_not_held_back() -> None:
    """Large bodies go out at once, so that little is copied and back-pressure is seen."""
    wire, transport = _on_wire()
    transport.write(b"head")
    transport.write(b"b" * 100_000)
    assert [len(piece) for piece in wire.pieces] == [100_004]


async def test_closing_sends_what_is_held_first() -> None:
    """Nothing that was written is lost by a close in the same turn; nothing is written after it."""
    wire, transport = _on_wire()
    transport.write(b"last words")
    transport.close()
    transport.write(b"too late")
    await asyncio.sleep(0)
    assert wire.closed
    assert wire.pieces == [b"last words"]
