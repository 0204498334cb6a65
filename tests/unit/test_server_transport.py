"""The transport that sends one turn's writes in one piece, and the loop that stays awake between questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from vedette.server.transport import CoalescingTransport, Vigil


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


class Clock:
    """A loop and its time: callbacks are collected, and run in turns of 10 microseconds each."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.due: list[Callable[[], None]] = []

    def call_soon(self, callback: Callable[[], None]) -> None:
        self.due.append(callback)

    def turns(self) -> int:
        """How many turns pass until the loop may sleep."""
        count = 0
        while self.due:
            due, self.due = self.due, []
            assert len(due) == 1
            count += 1
            self.now_s += 10e-6
            due[0]()
        return count


def _vigil() -> tuple[Clock, Vigil]:
    clock = Clock()
    return clock, Vigil(clock, lambda: clock.now_s)  # type: ignore[arg-type]  # all that it asks of a loop


def _question(clock: Clock, vigil: Vigil, after_s: float) -> None:
    clock.now_s += after_s
    vigil.end()
    clock.now_s += 50e-6
    vigil.begin()


def test_the_loop_stays_awake_for_who_asks_at_once() -> None:
    """The second question in quick succession is followed by a vigil of 200 microseconds, and no longer."""
    clock, vigil = _vigil()
    _question(clock, vigil, 1.0)
    assert clock.due == []
    _question(clock, vigil, 100e-6)
    assert clock.turns() == 20
    _question(clock, vigil, 100e-6)
    assert clock.due == []


def test_the_loop_sleeps_for_who_asks_now_and_then() -> None:
    """A client that takes its time costs nothing."""
    clock, vigil = _vigil()
    for _ in range(5):
        _question(clock, vigil, 0.001)
        assert clock.due == []


def test_a_request_ends_the_vigil_and_there_is_never_more_than_one() -> None:
    """However many questions come, one callback is due; while one is being answered another way, none."""
    clock, vigil = _vigil()
    for _ in range(50):
        _question(clock, vigil, 100e-6)
        assert len(clock.due) <= 1
    vigil.end()
    assert clock.turns() == 1
