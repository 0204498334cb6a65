"""The service in front of PromQL: parse cache, limits, turns, the list of running queries, counters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, Gauge

from vedette.catalog.records import LimitsOf, ProjectLimits, no_limits
from vedette.clock import Clock
from vedette.errors import BadData, Cancelled, LimitExceeded, Timeout, VedetteError
from vedette.model.frame import QueryResult
from vedette.promql import ast
from vedette.promql.check import value_type
from vedette.promql.context import QueryContext, QueryLimits
from vedette.promql.parser import parse
from vedette.query.options import DEFAULT_OPTIONS, QueryOptions
from vedette.query.pace import Pace
from vedette.query.running import Running, RunningQuery, Ticket
from vedette.query.settings import QuerySettings
from vedette.telemetry.tally import Counts, Durations

if TYPE_CHECKING:
    from vedette.promql.explain import Explained

_MAX_CACHED_CHARACTERS = 8192
_MAX_CACHED_LIMITS = 256
_BUCKETS_S = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)


class Evaluator(Protocol):
    """What `promql.engine.Engine` answers."""

    def instant(self, expr: ast.Expr, time_ms: int, ctx: QueryContext) -> QueryResult: ...

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> QueryResult: ...

    def explain(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> Explained: ...


class Query(Struct):
    """An admitted query: parsed, within its limits, on the list. `run` it once, in any thread, or `abandon` it."""

    text: str
    expr: ast.Expr
    start_ms: int
    end_ms: int
    step_ms: int
    """0 for an instant query."""
    context: QueryContext
    is_quick: bool
    """Whether it is likely to take well under a millisecond."""
    _ticket: Ticket
    _service: QueryService
    _parse_s: float

    def run(self) -> QueryResult:
        """Wait for a turn, evaluate. Raises LimitExceeded, Timeout, Cancelled, Unsupported."""
        return self._service.evaluate(self, self._ticket, self._parse_s)

    def take_turn(self) -> None:
        """Wait until it may be evaluated, for those who do not `run` it."""
        self._service.take_turn(self._ticket)

    def cancel(self, reason: str) -> None:
        """Make `run` raise Cancelled at its next check, in whatever thread it is."""
        self.context.cancel(reason)

    def abandon(self) -> None:
        """Take it off the list without having run it."""
        self._service.leave(self._ticket)


class QueryService:
    """Answers questions. Synchronous and thread-safe."""

    def __init__(
        self,
        engine: Evaluator,
        clock: Clock,
        settings: QuerySettings,
        registry: CollectorRegistry,
        limits_of: LimitsOf = no_limits,
    ) -> None:
        """`limits_of` tells what a project may use, where that is not what the settings say."""
        self.settings = settings
        self._limits_of = limits_of
        self._limits_by = lru_cache(_MAX_CACHED_LIMITS)(self._limits_under)
        self._engine = engine
        self._clock = clock
        self._cached_parse: Callable[[str], ast.Expr] = lru_cache(settings.max_cached_texts)(parse)
        self._running = Running(clock, settings.max_concurrent, settings.max_waiting)
        self._pace = Pace(settings.max_cached_texts)
        self._limits = QueryLimits(
            max_samples=settings.max_samples,
            max_points_per_series=settings.max_points_per_series,
            max_series=settings.max_series,
            timeout_s=settings.timeout_s,
        )
        self._counters = _Counters(registry, self._running)

    def parse(self, text: str) -> ast.Expr:
        """The checked tree of a query text. Raises QuerySyntax."""
        return self._cached_parse(text) if len(text) <= _MAX_CACHED_CHARACTERS else parse(text)

    def now_ms(self) -> int:
        """The moment that a query without a time asks about."""
        return self._clock.now_ms()

    def instant(self, project: str, text: str, time_ms: int, options: QueryOptions = DEFAULT_OPTIONS) -> QueryResult:
        """The value of an expression at one moment."""
        return self.admit_instant(project, text, time_ms, options).run()

    def range(
        self,
        project: str,
        text: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        options: QueryOptions = DEFAULT_OPTIONS,
    ) -> QueryResult:
        """The values of an expression at start, start + step, ... up to end."""
        return self.admit_range(project, text, start_ms, end_ms, step_ms, options).run()

    def admit_instant(self, project: str, text: str, time_ms: int, options: QueryOptions = DEFAULT_OPTIONS) -> Query:
        """A query that is ready to run. Raises QuerySyntax, TooBusy."""
        return self._admit(project, text, time_ms, time_ms, 0, options)

    def admit_range(
        self,
        project: str,
        text: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        options: QueryOptions = DEFAULT_OPTIONS,
    ) -> Query:
        """A query that is ready to run. Raises QuerySyntax, BadData, TooBusy."""
        self.check_range(start_ms, end_ms, step_ms)
        return self._admit(project, text, start_ms, end_ms, step_ms, options)

    def check_range(self, start_ms: int, end_ms: int, step_ms: int) -> None:
        """Raise BadData for a range that makes no sense or has too many steps."""
        if step_ms <= 0:
            raise BadData("zero or negative query resolution step widths are not accepted. Try a positive integer")
        if end_ms < start_ms:
            raise BadData("end timestamp must not be before start time")
        most = self.settings.max_points_per_series
        if most and (end_ms - start_ms) // step_ms > most:
            raise BadData(
                f"exceeded maximum resolution of {most:,} points per timeseries "
                "(limit query.max_points_per_series). Try decreasing the query resolution (?step=XX)"
            )

    def explain(
        self,
        project: str,
        text: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        options: QueryOptions = DEFAULT_OPTIONS,
    ) -> Explained:
        """The plan of a query that has been run, with what each operator cost; `step_ms` 0 asks at `end_ms`."""
        query = self._admit(project, text, start_ms, end_ms, step_ms, options)
        try:
            query.take_turn()
            return self._engine.explain(query.expr, start_ms, end_ms, step_ms, query.context)
        finally:
            query.abandon()

    def concurrent(self, project: str) -> tuple[int, int | None]:
        """(queries of a project under way, how many there may be; None: as many as turns are free)."""
        own = self._limits_of(project)
        limit = own.max_concurrent_queries if own is not None else None
        return self._running.of_project(project), limit or self.settings.max_concurrent or None

    def running(self) -> list[RunningQuery]:
        """Queries under way, waiting ones included, oldest first."""
        return self._running.list()

    def kill(self, query_id: str, project: str) -> None:
        """Make a running query of a project end. Raises NotFound."""
        self._running.kill(query_id, project)

    def take_turn(self, ticket: Ticket) -> None:
        """Wait for a turn. Raises Cancelled or Timeout."""
        self._running.take_turn(ticket)

    def leave(self, ticket: Ticket) -> None:
        """Take a query off the list."""
        self._running.leave(ticket)

    def _admit(self, project: str, text: str, start_ms: int, end_ms: int, step_ms: int, options: QueryOptions) -> Query:
        began_s = time.perf_counter()
        expr = self.parse(text)
        if step_ms and value_type(expr) in (ast.ValueType.MATRIX, ast.ValueType.STRING):
            kind = value_type(expr).value
            raise BadData(f'invalid expression type "{kind}" for range query, must be Scalar or instant Vector')
        own = self._limits_of(project)
        limits = self._limits if own is None else self._limits_by(own)
        if options.timeout_s and (not limits.timeout_s or options.timeout_s < limits.timeout_s):
            limits = replace(limits, timeout_s=options.timeout_s)
        context = QueryContext(
            self._clock,
            limits,
            project,
            options.lookback_ms or self.settings.lookback_ms,
            options.per_step_stats,
            options.matchers,
        )
        steps = (end_ms - start_ms) // step_ms + 1 if step_ms else 1
        # A quick query runs in the event loop, which must not wait for a turn: it has one from the start.
        most = None if own is None or options.is_standing else own.max_concurrent_queries
        hasty = self._pace.expected_s(text, steps) * 1000 <= self.settings.inline_ms
        ticket = self._running.enter(text, start_ms, end_ms, step_ms, context, try_turn=hasty, max_of_project=most)
        quick = ticket.has_turn
        parse_s = time.perf_counter() - began_s
        return Query(text, expr, start_ms, end_ms, step_ms, context, quick, ticket, self, parse_s)

    def _limits_under(self, own: ProjectLimits) -> QueryLimits:
        limits = self._limits
        if own.max_query_samples is not None:
            limits = replace(limits, max_samples=own.max_query_samples, samples_name="max_query_samples")
        if own.max_query_series is not None:
            limits = replace(limits, max_series=own.max_query_series, series_name="max_query_series")
        if own.query_timeout_s is not None:
            limits = replace(limits, timeout_s=own.query_timeout_s, timeout_name="query_timeout_s")
        return limits

    def evaluate(self, query: Query, ticket: Ticket, parse_s: float) -> QueryResult:
        """Run an admitted query; `Query.run` is the door to this."""
        began_s = time.perf_counter()
        outcome = "error"
        try:
            self._running.take_turn(ticket)
            started_s = time.perf_counter()
            if query.step_ms:
                result = self._engine.range(query.expr, query.start_ms, query.end_ms, query.step_ms, query.context)
            else:
                result = self._engine.instant(query.expr, query.start_ms, query.context)
            evaluated_s = time.perf_counter() - started_s
            outcome = "success"
        except VedetteError as error:
            outcome = _outcome(error)
            raise
        finally:
            self._running.leave(ticket)
            total_s = time.perf_counter() - began_s
            self._counters.count(outcome, total_s, query.context.stats.samples_read)
        steps = (query.end_ms - query.start_ms) // query.step_ms + 1 if query.step_ms else 1
        self._pace.learn(query.text, steps, evaluated_s)
        timings = result.stats.timings_s
        timings.setdefault("parse", parse_s)
        timings.setdefault("queue", started_s - began_s)
        timings.setdefault("evaluate", evaluated_s)
        return result


def _outcome(error: VedetteError) -> str:
    if isinstance(error, Timeout):
        return "timeout"
    if isinstance(error, Cancelled):
        return "cancelled"
    return "limit" if isinstance(error, LimitExceeded) else "error"


class _Counters:
    def __init__(self, registry: CollectorRegistry, running: Running) -> None:
        self._lock = threading.Lock()
        self._queries = Counts("vedette_query_queries", "Queries by outcome.", ["outcome"], registry)
        for outcome in ("success", "error", "timeout", "cancelled", "limit"):
            self._queries.add((outcome,), 0)
        self._duration = Durations(
            "vedette_query_duration_seconds", "From admission to result.", [], _BUCKETS_S, registry
        )
        self._samples = Counts("vedette_query_samples_read", "Samples decoded for queries.", [], registry)
        gauge = Gauge("vedette_query_running", "Queries under way, waiting ones included.", registry=registry)
        gauge.set_function(lambda: len(running.list()))

    def count(self, outcome: str, duration_s: float, samples: int) -> None:
        with self._lock:
            self._queries.add((outcome,))
            self._duration.add((), duration_s)
            self._samples.add((), samples)
