"""One live connection, seen without its transport: its subscriptions and the bounded queue of messages for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from msgspec import Struct, field

from vedette.clock import Clock
from vedette.live.protocol import message, series_tail, with_head
from vedette.live.question import QuestionState
from vedette.live.settings import LiveSettings
from vedette.model.matcher import Matcher


class Subscription(Struct, eq=False):
    """One client's interest in one question."""

    id: str
    client: Client
    state: QuestionState
    announced: int = 0
    """How many of the question's series this client has been told."""
    dropped: int = 0
    held: list[str] | None = field(default_factory=list)
    """Frames that came while the missed ones are still being read; None once the client is up to date."""

    def publish(self, text: str) -> None:
        """Queue a frame, after the series it needs."""
        if self.held is not None:
            self.held.append(text)
            return
        self.announce()
        self.client.push_frame(self, text)

    def announce(self) -> None:
        """Tell the client of series it has not heard of."""
        labels = self.state.labels
        if self.announced < len(labels):
            news = [(key, labels[key]) for key in range(self.announced, len(labels))]
            self.announced = len(labels)
            self.client.push(with_head("series", self.id, series_tail(news)))

    def release(self) -> None:
        """Send what was held back and go live."""
        held, self.held = self.held or [], None
        for text in held:
            self.publish(text)


class Client:
    """A connection. Frames are dropped oldest first when it is slow, and it is told how many; nothing else is."""

    def __init__(
        self,
        project: str,
        matchers: tuple[Matcher, ...],
        may_stay: Callable[[], bool],
        clock: Clock,
        settings: LiveSettings,
    ) -> None:
        self.project = project
        self.matchers = matchers
        self.may_stay = may_stay
        self.subscriptions: dict[str, Subscription] = {}
        self.frames_dropped = 0
        self._clock = clock
        self._settings = settings
        self._queue: deque[tuple[Subscription | None, str]] = deque()
        self._frames = 0
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()
        self._allowance_bytes = float(settings.max_bytes_per_s)
        self._message_allowance = settings.max_messages_per_s * 10
        self._allowance_at_s = self._message_at_s = clock.monotonic_s()

    def push(self, text: str) -> None:
        """Queue a message that must not be lost."""
        self._queue.append((None, text))
        self._wake.set()

    def push_frame(self, subscription: Subscription, text: str) -> None:
        """Queue a frame; the oldest waiting frame makes room when the queue is full."""
        if self._frames >= self._settings.max_queue_frames:
            self._drop_oldest()
        self._queue.append((subscription, text))
        self._frames += 1
        self._wake.set()

    def _drop_oldest(self) -> None:
        for index, (subscription, _) in enumerate(self._queue):
            if subscription is not None:
                del self._queue[index]
                subscription.dropped += 1
                self.frames_dropped += 1
                self._frames -= 1
                return

    def close(self) -> None:
        """End the connection: what waits for messages is told that there are no more."""
        self._ended.set()
        self._wake.set()

    def may_send(self) -> bool:
        """Whether the client keeps to its message rate; each call counts as one message."""
        now_s = self._clock.monotonic_s()
        rate = self._settings.max_messages_per_s
        self._message_allowance = min(rate * 10, self._message_allowance + (now_s - self._message_at_s) * rate)
        self._message_at_s = now_s
        self._message_allowance -= 1
        return self._message_allowance >= 0

    async def next_message(self) -> str | None:
        """The next message to send; a heartbeat when there was none for a while. Waits for bandwidth.

        None when the connection is to end; what was not sent by then a client asks for when it comes back.
        """
        while not self._queue and not self._ended.is_set():
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self._settings.heartbeat_s)
            except TimeoutError:
                return message("heartbeat", now_ms=self._clock.now_ms())
        if self._ended.is_set():
            return None
        await self._wait_for_bandwidth()
        return None if self._ended.is_set() else self._take()

    def more_messages(self, max_bytes: int) -> Iterator[str]:
        """What else waits to be sent and may be sent at once: about as many bytes, and what the bandwidth allows."""
        size_bytes = 0
        while self._queue and size_bytes < max_bytes and self._allowance_bytes >= 0 and not self._ended.is_set():
            text = self._take()
            size_bytes += len(text)
            yield text

    def _take(self) -> str:
        """The first of the queue, or that frames of its subscription were dropped before it."""
        subscription, text = self._queue[0]
        if subscription is not None and subscription.dropped:
            frames, subscription.dropped = subscription.dropped, 0
            return message("dropped", id=subscription.id, frames=frames)
        self._queue.popleft()
        self._frames -= subscription is not None
        self._allowance_bytes -= len(text)
        return text

    async def _wait_for_bandwidth(self) -> None:
        rate = self._settings.max_bytes_per_s
        now_s = self._clock.monotonic_s()
        self._allowance_bytes = min(rate, self._allowance_bytes + (now_s - self._allowance_at_s) * rate)
        self._allowance_at_s = now_s
        if self._allowance_bytes < 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), -self._allowance_bytes / rate)
