"""Evaluates groups when they are due, again and again, in threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Executor

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from vedette.clock import Clock
from vedette.errors import BadData, VedetteError
from vedette.rules.book import RuleBook
from vedette.rules.compiled import CompiledGroup
from vedette.rules.evaluation import RuleState
from vedette.rules.group import Evaluator, GroupState, Outcome
from vedette.rules.restore import restore
from vedette.rules.sender import Sender
from vedette.rules.settings import RulesSettings
from vedette.rules.timetable import Due, Timetable
from vedette.storage.interface import Storage

_log = structlog.get_logger(__name__)
_LONGEST_WAIT_S = 1.0


class RuleMetrics:
    """Counters of the room."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.evaluations = Counter("vedette_rules_evaluations", "Evaluations of rules.", registry=registry)
        self.failures = Counter(
            "vedette_rules_failed_evaluations", "Evaluations of rules that failed.", registry=registry
        )
        self.missed = Counter(
            "vedette_rules_missed_evaluations", "Evaluations of groups that were given up.", registry=registry
        )
        self.seconds = Histogram(
            "vedette_rules_tick_seconds",
            "How long the groups of one moment took.",
            buckets=(0.001, 0.01, 0.1, 0.5, 1, 5, 30),
            registry=registry,
        )
        self.lag = Gauge("vedette_rules_lag_seconds", "How late the last evaluation began.", registry=registry)
        self.rules = Gauge("vedette_rules_rules", "Rules in force.", registry=registry)
        self.broken = Gauge(
            "vedette_rules_broken_sources", "Files and documents of rules that cannot be used.", registry=registry
        )


class Scheduler:
    """Runs in the event loop; all work is done in its threads."""

    def __init__(
        self,
        book: RuleBook,
        evaluator: Evaluator,
        sender: Sender,
        storage: Storage,
        clock: Clock,
        settings: RulesSettings,
        metrics: RuleMetrics,
    ) -> None:
        self._book = book
        self._evaluator = evaluator
        self._sender = sender
        self._storage = storage
        self._clock = clock
        self._settings = settings
        self._metrics = metrics
        self._timetable = Timetable(settings.catch_up_ms)
        self._groups: dict[str, GroupState] = {}
        self._stopping = threading.Event()
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        """Held while groups change, or evaluations of them begin."""
        self._waiting: Sequence[CompiledGroup] | None = None
        self._last_look_s = float("-inf")
        self._told_missed = 0

    @property
    def groups(self) -> Sequence[GroupState]:
        """In force, in the order of their sources."""
        return list(self._groups.values())

    async def run(self, pool: Executor) -> None:
        """Until stopped."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            try:
                async with self._turn:
                    if self._clock.monotonic_s() - self._last_look_s >= self._settings.watch_interval_ms / 1000:
                        await self._look(loop, pool)
                    now_ms = self._clock.now_ms()
                    if self._timetable.jumped(now_ms, self._clock.monotonic_s()):
                        _log.warning("clock_jumped", now_ms=now_ms)
                        self._believe(now_ms)
                    for due in self._timetable.due(now_ms):
                        self._begin(due, loop, pool)
            except VedetteError as error:
                _log.warning("rules_not_read", error=error.message)
            wait_s = self._timetable.wait_s(self._clock.now_ms(), _LONGEST_WAIT_S)
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), max(wait_s, 0.001))
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End `run` when what is being evaluated is done with its present group."""
        self._stopping.set()
        self._woken.set()
        if self._running:
            await asyncio.wait(self._running, timeout=5)

    async def reload(self) -> None:
        """Look at files and documents now. Raises BadData with all that is wrong with files; good ones are in force.

        What a wrong file said before stays in force.
        """
        async with self._turn:
            await self._look(asyncio.get_running_loop(), None)
        if self._book.file_problems:
            raise BadData("\n".join(self._book.file_problems))

    async def _look(self, loop: asyncio.AbstractEventLoop, pool: Executor | None) -> None:
        self._last_look_s = self._clock.monotonic_s()
        groups = await loop.run_in_executor(pool, self._book.look)
        self._metrics.broken.set(len(self._book.problems))
        # What could not be put into force the last time is tried again.
        self._waiting = groups if groups is not None else self._waiting
        if self._waiting is not None:
            if self._running:
                # State is handed on between evaluations, not within one.
                await asyncio.wait(self._running)
            await loop.run_in_executor(pool, self.put, self._waiting)
            self._waiting = None
        # There may be no evaluation any more with which the ends of what is gone could be told.
        await loop.run_in_executor(pool, self._sender.part)

    def put(self, groups: Sequence[CompiledGroup]) -> None:
        """Make these the groups in force; what stays the same keeps its state. Raises VedetteErrors."""
        now_ms = self._clock.now_ms()
        before, made, gone = self._groups, {}, []
        fresh: dict[str, list[RuleState]] = {}
        for group in groups:
            same = before.get(group.key)
            state = same if same is not None and same.group == group else GroupState(group)
            if same is not None and state is not same:
                gone += state.inherit(same)
            elif same is None:
                fresh.setdefault(group.project, []).extend(state.rules)
            made[group.key] = state
        gone += [rule for key, state in before.items() if key not in made for rule in state.rules]
        self._sender.dismiss(gone, now_ms)
        self._evaluator.end(gone, now_ms)
        for project, states in fresh.items():
            tolerance_ms, grace_ms = self._settings.outage_tolerance_ms, self._settings.restart_grace_ms
            restore(self._storage, project, states, now_ms, tolerance_ms, grace_ms, self._evaluator.moment)
        self._groups = made
        self._timetable.plan(made.values(), now_ms)
        self._metrics.rules.set(sum(len(state.rules) for state in made.values()))

    def _believe(self, now_ms: int) -> None:
        """After a jump of the clock data has to come in first, as after a restart."""
        for group in self._groups.values():
            for state in group.rules:
                state.table.believed_until_ms[: len(state.table)] = now_ms + self._settings.restart_grace_ms

    def _begin(self, due: Due, loop: asyncio.AbstractEventLoop, pool: Executor) -> None:
        due.slot.is_running = True
        self._metrics.lag.set((self._clock.now_ms() - due.times_ms[-1]) / 1000)

        async def work() -> None:
            try:
                await loop.run_in_executor(pool, self.evaluate, due)
            except Exception:  # noqa: BLE001 - one moment that fails must not end all further ones
                _log.exception("rules_failed")
            finally:
                due.slot.is_running = False
                self._woken.set()

        task = loop.create_task(work())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def evaluate(self, due: Due) -> None:
        """Evaluate a slot at its moments and tell what came of it; in a thread."""
        groups: Sequence[GroupState] = due.slot.groups
        for time_ms in due.times_ms:
            if self._stopping.is_set():
                return
            began_s = self._clock.monotonic_s()
            outcome = self._evaluator.evaluate(groups, time_ms, self._stopping.is_set)
            self._sender.send(groups, time_ms)
            self._note(outcome, self._clock.monotonic_s() - began_s)
        missed = self._timetable.missed
        self._metrics.missed.inc(max(0, missed - self._told_missed))
        self._told_missed = missed

    def _note(self, outcome: Outcome, seconds: float) -> None:
        self._metrics.evaluations.inc(outcome.evaluations)
        self._metrics.failures.inc(outcome.failures)
        self._metrics.seconds.observe(seconds)
        for key, error in outcome.errors.items():
            _log.debug("rule_failed", rule=key, error=error)
