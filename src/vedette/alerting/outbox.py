"""Delivers what waits in the outbox: at least once, with the same key each time, in order for each target.

Failures are tried again, ever later; what is refused for good, or fails too often, becomes a dead letter that people
can revive. A target gets so many messages a minute; when more wait than anybody reads, they become one.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import structlog

from vedette.alerting.config import Configs
from vedette.alerting.contact_points.registry import CONTACT_KINDS
from vedette.alerting.counters import AlertingCounters
from vedette.alerting.notification import Notification, digest, id_of
from vedette.alerting.sending import Requests, Sender, Sent
from vedette.alerting.settings import AlertingSettings
from vedette.catalog.alert_records import OutboxRow
from vedette.clock import Clock
from vedette.errors import Timeout, TooBusy, Unavailable, VedetteError

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 16
_PAGE: Final = 1_000
_MAX_LOADED: Final = 20_000
_MAX_DIGEST: Final = 200
_MAX_ERROR: Final = 500
_BURST: Final = 10
_IDLE_S: Final = 5.0
_PAYLOADS: Final = msgspec.json.Decoder(Notification)
Key = tuple[str, str]
"""Project and target."""
T = TypeVar("T")


class Lane:
    """What waits for one target, oldest first."""

    __slots__ = ("allowance", "filled_s", "is_busy", "rows")

    def __init__(self, now_s: float) -> None:
        self.rows: deque[OutboxRow] = deque()
        self.is_busy = False
        self.allowance = float(_BURST)
        self.filled_s = now_s


class Deliverer:
    """Works in the event loop; the catalog is asked in a thread of its own."""

    def __init__(
        self,
        catalog: Catalog,
        configs: Configs,
        requests: Requests,
        sender: Sender,
        clock: Clock,
        settings: AlertingSettings,
        counters: AlertingCounters,
        leads: Callable[[], bool],
    ) -> None:
        """`leads` tells whether this process is in charge."""
        self._catalog = catalog
        self._configs = configs
        self._requests = requests
        self._sender = sender
        self._clock = clock
        self._settings = settings
        self._leads = leads
        self._lanes: dict[Key, Lane] = {}
        self._seq = 0
        self._led = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._counters = counters

    def wake(self) -> None:
        """Something new waits, or may be tried again. For the event loop's thread."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._wake.clear()
            try:
                wait_s = await self.deliver_due()
            except VedetteError as error:
                _log.warning("outbox_not_read", error=error.message, code=error.code)
                wait_s = 1.0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait_s)

    async def stop(self) -> None:
        """End `run` soon; what is under way has a moment to arrive."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=3)
            for task in late:
                task.cancel()

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=True)

    async def settled(self) -> None:
        """Until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def deliver_due(self) -> float:
        """Begin to send all that is due; in how many seconds there is more to do. Raises VedetteError."""
        if not self._leads():
            self._led = False
            return _IDLE_S
        if not self._led:
            # Somebody else may have sent meanwhile: look at all that waits.
            self._lanes = {key: lane for key, lane in self._lanes.items() if lane.is_busy}
            for lane in self._lanes.values():
                lane.rows.clear()
            self._seq = 0
            self._led = True
        await self._load()
        wait_s = _IDLE_S
        for key, lane in list(self._lanes.items()):
            if not lane.rows and not lane.is_busy:
                if lane.allowance >= _BURST:
                    del self._lanes[key]
                continue
            if lane.is_busy:
                continue
            if len(self._tasks) >= _AT_ONCE:
                # Whoever is done wakes this up.
                break
            due_s = self._due_s(lane)
            if due_s > 0:
                wait_s = min(wait_s, due_s)
                continue
            lane.allowance -= 1
            lane.is_busy = True
            task = asyncio.create_task(self._deliver(key, lane))
            self._tasks.add(task)
            task.add_done_callback(self._finished)
        return wait_s

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            _log.error("delivery_broke", exc_info=task.exception())

    def _due_s(self, lane: Lane) -> float:
        now_s, now_ms = self._clock.monotonic_s(), self._clock.now_ms()
        per_s = self._settings.rate_per_minute / 60
        lane.allowance = min(_BURST, lane.allowance + (now_s - lane.filled_s) * per_s)
        lane.filled_s = now_s
        for_rate_s = 0.0 if lane.allowance >= 1 else (1 - lane.allowance) / per_s
        ahead_ms = lane.rows[0].next_ms - now_ms
        # Nobody waits longer than that: the clock was set back.
        for_retry_s = ahead_ms / 1000 if 0 < ahead_ms <= 2 * self._settings.max_backoff_ms else 0.0
        return max(for_rate_s, for_retry_s)

    async def _load(self) -> None:
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - SQLAlchemy must not delay the start

        def read(after_seq: int) -> list[OutboxRow]:
            with self._catalog.read() as connection:
                return outbox_rows.waiting(connection, after_seq, _PAGE)

        while True:
            rows = await self._in_thread(lambda: read(self._seq))
            for row in rows:
                key = (row.project, row.target)
                lane = self._lanes.get(key)
                if lane is None:
                    lane = self._lanes[key] = Lane(self._clock.monotonic_s())
                if not lane.is_busy or all(known.id != row.id for known in lane.rows):
                    lane.rows.append(row)
                self._seq = max(self._seq, row.seq)
            # The rest is read when there is room again.
            if len(rows) < _PAGE or sum(len(lane.rows) for lane in self._lanes.values()) >= _MAX_LOADED:
                return

    async def _deliver(self, key: Key, lane: Lane) -> None:
        """The oldest of a lane, or a digest of many."""
        try:
            rows = await self._batch(key, lane)
            try:
                sent = await self._send(rows)
            except VedetteError as error:
                await self._note_failure(lane, rows, error)
            except Exception as error:  # noqa: BLE001 - whatever breaks, the others are delivered
                _log.exception("notification_broke", type=rows[0].type)
                await self._note_failure(lane, rows, Unavailable(f"internal error: {type(error).__name__}"))
            else:
                await self._note_sent(lane, rows, sent)
        finally:
            lane.is_busy = False

    async def _batch(self, key: Key, lane: Lane) -> list[OutboxRow]:
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        first = lane.rows[0]
        if first.digest:
            return [row for row in lane.rows if row.digest == first.digest]
        kind = CONTACT_KINDS.get(first.type)
        if kind is None or not kind.has_digest or len(lane.rows) < self._settings.digest_from:
            return [first]
        rows = [row for row in lane.rows if not row.digest][:_MAX_DIGEST]
        # What is sent together is settled before it is sent, so that a second try has the same key.
        name = id_of("digest", *key, *(row.id for row in rows))

        def note() -> None:
            with self._catalog.begin() as connection:
                outbox_rows.mark(connection, [row.id for row in rows], digest=name)

        await self._in_thread(note)
        together = {row.id for row in rows}
        marked = [msgspec.structs.replace(row, digest=name) if row.id in together else row for row in lane.rows]
        # Those together come first, or the next look would not find them as one.
        lane.rows = deque(
            [*(row for row in marked if row.digest == name), *(row for row in marked if row.digest != name)]
        )
        return [row for row in lane.rows if row.digest == name]

    async def _send(self, rows: list[OutboxRow]) -> Sent:
        from vedette.catalog import alert_rows  # noqa: PLC0415 - as above

        first = rows[0]
        parts = [_PAYLOADS.decode(row.payload) for row in rows]

        def thread() -> str:
            with self._catalog.read() as connection:
                return alert_rows.thread_of(connection, first.project, first.group_key, first.target)

        known = await self._in_thread(thread) if len(rows) == 1 else ""
        notification = parts[0]
        if first.digest:
            notification = digest(first.target, first.digest, parts, self._clock.now_ms())
        config = self._configs.of(first.project)
        integration = self._requests.found(config, first.contact_point, first.integration, first.type)
        prepared = await self._in_thread(lambda: self._requests.prepare(integration, notification, known))
        return await self._sender.send(prepared)

    async def _note_sent(self, lane: Lane, rows: list[OutboxRow], sent: Sent) -> None:
        from vedette.catalog import alert_rows, outbox_rows  # noqa: PLC0415 - as above

        now_ms, first = self._clock.now_ms(), rows[0]
        ids = [row.id for row in rows]

        def note() -> None:
            with self._catalog.begin() as connection:
                outbox_rows.mark(
                    connection,
                    ids,
                    status=outbox_rows.SENT,
                    done_ms=now_ms,
                    attempts=first.attempts + 1,
                    error=sent.remark,
                )
                if sent.bell is not None:
                    outbox_rows.ring(connection, [sent.bell.row])
                if sent.thread and len(rows) == 1:
                    alert_rows.set_thread(connection, first.project, first.group_key, first.target, sent.thread)

        await self._stubbornly(note)
        self._take_out(lane, ids)
        self._counters.deliveries.labels(first.type, "sent").inc(len(rows))
        for row in rows:
            self._counters.delay.observe(max(0, now_ms - row.created_ms) / 1000)

    async def _note_failure(self, lane: Lane, rows: list[OutboxRow], error: VedetteError) -> None:
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        now_ms, first = self._clock.now_ms(), rows[0]
        attempts = first.attempts + 1
        is_dead = not isinstance(error, Unavailable | Timeout | TooBusy) or attempts >= self._settings.max_attempts
        words = error.message[:_MAX_ERROR]
        ids = [row.id for row in rows]
        next_ms = now_ms + self._backoff_ms(attempts, error)

        def note() -> None:
            with self._catalog.begin() as connection:
                if is_dead:
                    outbox_rows.mark(
                        connection, ids, status=outbox_rows.DEAD, attempts=attempts, error=words, done_ms=now_ms
                    )
                else:
                    outbox_rows.mark(connection, ids, attempts=attempts, error=words, next_ms=next_ms)

        await self._stubbornly(note)
        self._counters.deliveries.labels(first.type, "dead" if is_dead else "failed").inc(len(rows))
        _log.warning("notification_not_delivered", type=first.type, project=first.project, error=words, is_dead=is_dead)
        if is_dead:
            self._take_out(lane, ids)
            return
        changed = set(ids)
        lane.rows = deque(
            msgspec.structs.replace(row, attempts=attempts, next_ms=next_ms) if row.id in changed else row
            for row in lane.rows
        )

    def _backoff_ms(self, attempts: int, error: VedetteError) -> int:
        settings = self._settings
        backoff_ms = min(settings.max_backoff_ms, settings.backoff_ms << min(attempts - 1, 30))
        # Many that failed together must not come back together.
        backoff_ms = round(backoff_ms * random.uniform(0.8, 1.2))  # noqa: S311 - nothing is kept secret by it
        if isinstance(error, TooBusy):
            backoff_ms = max(backoff_ms, min(settings.max_backoff_ms, round(error.retry_after_s * 1000)))
        return backoff_ms

    @staticmethod
    def _take_out(lane: Lane, ids: list[str]) -> None:
        gone = set(ids)
        lane.rows = deque(row for row in lane.rows if row.id not in gone)

    async def _stubbornly(self, note: Callable[[], None]) -> None:
        """What has happened must be noted, or it would happen again: try until the catalog is there."""
        while True:
            try:
                return await self._in_thread(note)
            except VedetteError as error:
                _log.warning("delivery_not_noted", error=error.message)
                if self._stopping:
                    return None
                await asyncio.sleep(1.0)

    async def _in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)
