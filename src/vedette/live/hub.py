"""The hub: learns of every durable batch, works out each watched question once, and hands the answer to all who watch.

It runs on the event loop; expressions are evaluated in worker threads. Batches arrive from appending threads through a
queue. A question is worked out when samples of its selectors have arrived, at most once an interval, and without any
samples once an interval all the same, so that staleness and moving windows show.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

from msgspec import Struct

from vedette.clock import Clock
from vedette.errors import LimitExceeded, Unavailable, VedetteError
from vedette.live.client import Client, Subscription
from vedette.live.history import missed_frame
from vedette.live.metrics import LiveMetrics
from vedette.live.protocol import (
    INTERVALS_MS,
    ClientMessage,
    Ping,
    Subscribe,
    Unsubscribe,
    check_subscribe,
    error_message,
    frame_tail,
    message,
    parse_message,
    with_head,
)
from vedette.live.question import Evaluate, Question, QuestionState, pivot, quick_match, watched_selectors
from vedette.live.settings import LiveSettings
from vedette.live.trips import Outcome, trips, work_out
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import Storage

_RECENT_MS = 3 * 3_600_000
"""Series seen within this time are watched from the start; older ones when they come back."""
_USHER_S = 2.0
_IDLE_SLICE = 0.5
"""Which part of an interval passes before a question without new samples is worked out all the same."""


class _Appended(Struct, frozen=True):
    project: str
    batch: SampleBatch
    at_ms: int


class _Interned(Struct, frozen=True):
    project: str
    labels: Sequence[Labels]
    refs: IntArray


class Hub:
    """Live results for any number of clients."""

    def __init__(
        self,
        storage: Storage,
        evaluate: Evaluate,
        executor: Executor,
        clock: Clock,
        settings: LiveSettings,
        metrics: LiveMetrics,
    ) -> None:
        self._storage = storage
        self._evaluate = evaluate
        self._executor = executor
        self._clock = clock
        self._settings = settings
        self._metrics = metrics
        self._states: dict[Question, QuestionState] = {}
        self._watchers: dict[Question, list[Subscription]] = {}
        self._clients: set[Client] = set()
        self._news: deque[_Appended | _Interned] = deque()
        self._wake = asyncio.Event()
        self._woken = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    # -- what storage tells, on its threads ---------------------------------------------------------------------------

    def on_append(self, project: str, batch: SampleBatch) -> None:
        """Observer of `storage.tee.Tee`."""
        if self._states:
            self._tell(_Appended(project, batch, self._clock.now_ms()))

    def on_intern(self, project: str, labels: Sequence[Labels], refs: IntArray) -> None:
        """Observer of `storage.tee.Tee`."""
        if self._states:
            self._tell(_Interned(project, labels, refs))

    def _tell(self, news: _Appended | _Interned) -> None:
        self._news.append(news)
        if not self._woken and self._loop is not None:
            self._woken = True
            self._loop.call_soon_threadsafe(self._wake.set)

    # -- clients ------------------------------------------------------------------------------------------------------

    def connect(
        self, project: str, matchers: tuple[Matcher, ...] = (), may_stay: Callable[[], bool] = lambda: True
    ) -> Client:
        """A new connection, which sees only series that fulfil all `matchers`, and ends when it may not stay.

        Raises LimitExceeded when there are too many, Unavailable when the server stops."""
        limit = self._settings.max_clients
        if len(self._clients) >= limit:
            self._metrics.refused.labels("clients").inc()
            raise LimitExceeded(f"{limit} live clients are connected", limit="live.max_clients", value=limit)
        if self._closed:
            raise Unavailable("the server is stopping")
        client = Client(project, matchers, may_stay, self._clock, self._settings)
        self._clients.add(client)
        self._metrics.clients.set(len(self._clients))
        settings = self._settings
        client.push(
            message(
                "hello",
                now_ms=self._clock.now_ms(),
                heartbeat_ms=int(settings.heartbeat_s * 1000),
                intervals_ms=INTERVALS_MS,
                limits={
                    "max_subscriptions": settings.max_subscriptions,
                    "max_series": settings.max_series,
                    "max_message_bytes": settings.max_message_bytes,
                    "max_messages_per_s": settings.max_messages_per_s,
                },
            )
        )
        return client

    def disconnect(self, client: Client) -> None:
        """Forget a connection and its subscriptions."""
        for subscription in list(client.subscriptions.values()):
            self._unwatch(subscription)
        client.subscriptions.clear()
        self._clients.discard(client)
        self._metrics.dropped.inc(client.frames_dropped)
        self._metrics.clients.set(len(self._clients))

    async def close(self) -> None:
        """End all connections at once, and take no more: the server stops."""
        self._closed = True
        for client in self._clients:
            client.close()

    async def usher(self) -> None:
        """Until cancelled: end connections of those who may not stay, such as after their session was revoked."""
        while True:
            await asyncio.sleep(_USHER_S)
            for client in self._clients:
                if not client.may_stay():
                    client.close()

    async def receive(self, client: Client, text: str | bytes) -> None:
        """Act on what a client said; what is wrong with it is answered to the client, never raised."""
        wish: ClientMessage | None = None
        try:
            if not client.may_send():
                self._metrics.refused.labels("message_rate").inc()
                rate = self._settings.max_messages_per_s
                raise LimitExceeded(f"more than {rate:g} messages/s", limit="live.max_messages_per_s", value=rate)
            if len(text) > self._settings.max_message_bytes:
                limit = self._settings.max_message_bytes
                raise LimitExceeded(f"message of {len(text)} bytes", limit="live.max_message_bytes", value=limit)
            wish = parse_message(text)
            match wish:
                case Subscribe():
                    await self.subscribe(client, wish)
                case Unsubscribe():
                    self.unsubscribe(client, wish.id)
                case Ping():
                    client.push(message("pong", sent_ms=wish.sent_ms, now_ms=self._clock.now_ms()))
        except VedetteError as error:
            client.push(error_message(error, wish.id if isinstance(wish, Subscribe | Unsubscribe) else None))

    async def subscribe(self, client: Client, wish: Subscribe) -> None:
        """Start a subscription: first what the client missed, then what comes. Raises BadData, LimitExceeded."""
        check_subscribe(wish)
        limit = self._settings.max_subscriptions
        if len(client.subscriptions) >= limit and wish.id not in client.subscriptions:
            raise LimitExceeded(f"{limit} subscriptions are open", limit="live.max_subscriptions", value=limit)
        question = Question(
            project=client.project,
            text=wish.promql or wish.selector,
            step_ms=wish.step_ms,
            interval_ms=0 if wish.selector else wish.interval_ms,
            raw=bool(wish.selector),
            matchers=client.matchers,
        )
        selectors = watched_selectors(question)
        self.unsubscribe(client, wish.id)
        state = self._states.get(question)
        if state is None:
            state = self._states[question] = QuestionState(question, selectors)
            self._watchers[question] = []
            await self._learn_refs(state)
        subscription = Subscription(wish.id, client, state)
        client.subscriptions[wish.id] = subscription
        self._watchers.setdefault(question, []).append(subscription)
        self._states[question] = state
        self._count()
        await self._catch_up(subscription, wish.since_ms)
        self._wake.set()

    def unsubscribe(self, client: Client, subscription_id: str) -> None:
        """End a subscription; one that is not there is no error."""
        subscription = client.subscriptions.pop(subscription_id, None)
        if subscription is not None:
            self._unwatch(subscription)

    def _unwatch(self, subscription: Subscription) -> None:
        question = subscription.state.question
        watchers = self._watchers.get(question, [])
        if subscription in watchers:
            watchers.remove(subscription)
        if not watchers:
            self._watchers.pop(question, None)
            self._states.pop(question, None)
        self._count()

    def _count(self) -> None:
        self._metrics.questions.set(len(self._states))
        self._metrics.subscriptions.set(sum(map(len, self._watchers.values())))

    async def _learn_refs(self, state: QuestionState) -> None:
        now_ms = self._clock.now_ms()
        recent = TimeRange(now_ms - _RECENT_MS, now_ms + _RECENT_MS)

        def look() -> tuple[Sequence[Labels], IntArray]:
            labels = self._storage.series(state.question.project, state.selectors, recent)
            return labels, self._storage.intern(state.question.project, labels)

        labels, refs = await asyncio.get_running_loop().run_in_executor(self._executor, look)
        self._register(state, labels, refs)

    async def _catch_up(self, subscription: Subscription, since_ms: int) -> None:
        """Send what was missed since then (or just the present value), and only then what came meanwhile."""
        state = subscription.state
        loop = asyncio.get_running_loop()
        args = (state, self._storage, self._evaluate, since_ms, self._clock.now_ms(), self._settings)
        try:
            missed = await loop.run_in_executor(self._executor, missed_frame, *args)
            subscription.announce()
            if missed is not None:
                subscription.client.push_frame(subscription, with_head("frame", subscription.id, missed))
        except VedetteError as error:
            subscription.client.push(error_message(error, subscription.id))
        finally:
            subscription.release()

    # -- the loop -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                await self._wait()
                await self._digest()
                now_ms = self._clock.now_ms()
                for trip in trips([state for state in self._states.values() if self._is_due(state, now_ms)]):
                    self._start(trip, now_ms)
        finally:
            self._loop = None
            for task in self._tasks:
                task.cancel()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), self._idle_wait_s())
        except TimeoutError:
            return
        self._wake.clear()
        if self._settings.coalesce_ms:
            await asyncio.sleep(self._settings.coalesce_ms / 1000)

    def _idle_wait_s(self) -> float | None:
        intervals = [state.question.interval_ms for state in self._states.values() if state.question.interval_ms]
        if not intervals:
            return None
        shortest_ms = min(intervals)
        into_ms = self._clock.now_ms() % shortest_ms
        left_ms = shortest_ms * _IDLE_SLICE - into_ms
        return (left_ms if left_ms > 0 else left_ms + shortest_ms) / 1000 + 0.001

    async def _digest(self) -> None:
        self._woken = False
        for count in range(len(self._news)):
            news = self._news.popleft()
            if isinstance(news, _Interned):
                for state in self._of_project(news.project):
                    self._register(state, news.labels, news.refs)
            else:
                for state in self._of_project(news.project):
                    self._note_batch(state, news)
            if count % 16 == 15:
                await asyncio.sleep(0)

    def _of_project(self, project: str) -> Iterable[QuestionState]:
        return [state for state in self._states.values() if state.question.project == project]

    def _register(self, state: QuestionState, labels: Sequence[Labels], refs: IntArray) -> None:
        """Take up the series that belong to a question."""
        for wanted in map(quick_match, state.selectors):
            for one, ref in zip(labels, refs.tolist(), strict=True):
                if ref >= 0 and wanted(one):
                    raw = state.question.raw
                    state.refs.put(ref, state.key_of(one, self._settings.max_series) if raw else 0)

    def _note_batch(self, state: QuestionState, news: _Appended) -> None:
        question = state.question
        if question.raw:
            self._publish_raw(state, news)
        elif not (state.dirty and question.interval_ms) and state.refs.touches(news.batch.refs):
            state.dirty = True
            state.ingested_ms = news.at_ms
            if question.interval_ms == 0:
                mine = news.batch.timestamps_ms[state.refs.look_up(news.batch.refs) >= 0]
                state.newest_sample_ms = max(state.newest_sample_ms, int(mine.max()))

    def _publish_raw(self, state: QuestionState, news: _Appended) -> None:
        keys = state.refs.look_up(news.batch.refs)
        mine = keys >= 0
        if not mine.any():
            return
        times, columns = pivot(keys[mine], news.batch.timestamps_ms[mine], news.batch.values[mine])
        self._publish(state, frame_tail(times, columns, self._clock.now_ms(), news.at_ms))

    def _is_due(self, state: QuestionState, now_ms: int) -> bool:
        interval_ms = state.question.interval_ms
        if state.running or state.question.raw:
            return False
        if interval_ms == 0:
            return state.dirty
        slot, into_ms = divmod(now_ms, interval_ms)
        return slot != state.slot and (state.dirty or into_ms >= interval_ms * _IDLE_SLICE)

    def _start(self, trip: Sequence[QuestionState], now_ms: int) -> None:
        for state in trip:
            state.running, state.dirty = True, False
            if state.question.interval_ms:
                state.slot = now_ms // state.question.interval_ms
        task = asyncio.get_running_loop().create_task(self._work_out(trip, now_ms))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_out(self, trip: Sequence[QuestionState], now_ms: int) -> None:
        for state in trip:
            # Until it has come back: what fails without an answer goes alone the next time.
            state.took_s = math.inf
        try:
            args = (trip, self._evaluate, now_ms, self._settings, self._clock)
            for outcome in await asyncio.get_running_loop().run_in_executor(self._executor, work_out, *args):
                self._tell_outcome(outcome)
        finally:
            for state in trip:
                state.running = False
            self._metrics.evaluations.inc(len(trip))
            if any(state.dirty for state in trip):
                self._wake.set()

    def _tell_outcome(self, outcome: Outcome) -> None:
        state = outcome.state
        state.took_s = outcome.took_s
        self._metrics.evaluation_seconds.observe(outcome.took_s)
        error = outcome.error
        if error is None:
            state.error_text = ""
            if outcome.tail is not None:
                self._publish(state, outcome.tail)
        elif error.message != state.error_text:
            state.error_text = error.message
            for subscription in self._watchers.get(state.question, ()):
                subscription.client.push(error_message(error, subscription.id))

    def _publish(self, state: QuestionState, tail: str) -> None:
        texts: dict[str, str] = {}
        watchers = self._watchers.get(state.question, ())
        for subscription in watchers:
            text = texts.get(subscription.id)
            if text is None:
                text = texts[subscription.id] = with_head("frame", subscription.id, tail)
            subscription.publish(text)
        self._metrics.frames.inc(len(watchers))
