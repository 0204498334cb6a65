"""Groups that are evaluated together: their rules in order, their samples in as few appends as their order allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from vedette.clock import Clock
from vedette.errors import VedetteError
from vedette.model.frame import QueryResult
from vedette.promql import ast
from vedette.promql.context import QueryContext, QueryLimits
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.rules.compiled import CompiledGroup
from vedette.rules.evaluation import Moment, RuleState, vector_of
from vedette.rules.reads import Matchers, SharedReads, selectors_of
from vedette.rules.state import NEVER
from vedette.rules.templates.expand import Surroundings
from vedette.rules.templates.values import Sample
from vedette.rules.writes import Write, Writes

_MAX_TEMPLATE_QUERIES = 2_000


class GroupState:
    """A group that is evaluated again and again. Not thread-safe."""

    def __init__(self, group: CompiledGroup) -> None:
        self.group = group
        self.rules = [RuleState(rule, group) for rule in group.rules]
        self.evaluated_ms = NEVER
        self.duration_s = 0.0
        self.missed = 0
        """Evaluations that were given up because they were too long ago."""
        self.selectors = Counter((group.project, one) for rule in group.rules for one in selectors_of(rule.expr))
        """How often each selector is read in one evaluation."""

    def inherit(self, other: GroupState) -> list[RuleState]:
        """Go on from a former version of the group; its rules that are no more."""
        waiting: dict[tuple[object, ...], list[RuleState]] = {}
        for state in other.rules:
            waiting.setdefault(state.rule.identity, []).append(state)
        for state in self.rules:
            same = waiting.get(state.rule.identity)
            if same:
                state.inherit(same.pop(0))
        self.evaluated_ms, self.missed = other.evaluated_ms, other.missed
        return [state for states in waiting.values() for state in states]


class Outcome(Struct):
    """What one evaluation of several groups did."""

    evaluations: int = 0
    failures: int = 0
    errors: dict[str, str] = {}
    """What went wrong, by the key of the rule."""


class Evaluator:
    """Evaluates groups at a moment. Thread-safe for distinct groups."""

    def __init__(
        self,
        engine: Engine,
        reads: SharedReads,
        write: Write,
        clock: Clock,
        *,
        limits: QueryLimits | None = None,
        lookback_ms: int = 300_000,
        external_labels: Mapping[str, str] | None = None,
        external_url: str = "",
    ) -> None:
        """`engine` reads from `reads`."""
        self._engine = engine
        self._reads = reads
        self._write = write
        self._clock = clock
        self._limits = limits or QueryLimits()
        self._lookback_ms = lookback_ms
        self._external_labels = external_labels or {}
        self.external_url = external_url
        self._parsed: dict[str, ast.Expr] = {}

    def evaluate(self, groups: Sequence[GroupState], time_ms: int, stop: Callable[[], bool] = lambda: False) -> Outcome:
        """All groups at one moment; what fails is noted with its rule and keeps nothing else from being done."""
        outcome = Outcome()
        wanted: Counter[tuple[str, Matchers]] = Counter()
        for group in groups:
            wanted.update(group.selectors)
        writes: dict[str, Writes] = {}
        with self._reads.tick(wanted):
            for group in groups:
                if stop():
                    break
                began_s = self._clock.monotonic_s()
                project = group.group.project
                self._group(group, time_ms, writes.setdefault(project, Writes(project, self._write)), outcome)
                group.evaluated_ms = time_ms
                group.duration_s = self._clock.monotonic_s() - began_s
            for project, each in writes.items():
                self._flush(each, project, outcome)
        return outcome

    def _group(self, group: GroupState, time_ms: int, writes: Writes, outcome: Outcome) -> None:
        query_ms = time_ms - group.group.query_offset_ms
        moment = self.moment(group.group.project, time_ms, query_ms)
        for state in group.rules:
            if writes.names and (state.reads is None or not state.reads.isdisjoint(writes.names)):
                # It reads what a rule before it has made.
                self._flush(writes, group.group.project, outcome)
            began_s = self._clock.monotonic_s()
            outcome.evaluations += 1
            try:
                state.evaluate(moment, writes)
                state.error = ""
            except VedetteError as error:
                state.error = error.message
                outcome.failures += 1
                outcome.errors[state.key] = error.message
            state.evaluated_ms = time_ms
            state.duration_s = self._clock.monotonic_s() - began_s

    def _flush(self, writes: Writes, project: str, outcome: Outcome) -> None:
        try:
            self._reads.forget(writes.flush())
        except VedetteError as error:
            outcome.failures += 1
            outcome.errors[project] = f"samples of rules were not stored: {error.message}"

    def end(self, states: Sequence[RuleState], time_ms: int) -> None:
        """The series of rules that are no more end. Raises VedetteErrors."""
        for state in states:
            writes = Writes(state.group.project, self._write)
            state.end(time_ms, writes)
            writes.flush()

    def moment(self, project: str, time_ms: int, query_ms: int) -> Moment:
        """What rules of a project need to be evaluated with."""

        def ask(expr: ast.Expr, at_ms: int) -> QueryResult:
            return self._engine.instant(expr, at_ms, self._context(project))

        return Moment(time_ms, query_ms, ask, self.surroundings(project, time_ms))

    def surroundings(self, project: str, time_ms: int) -> Surroundings:
        """What templates of a project's rules may look at."""

        def query(text: str) -> list[Sample]:
            expr = self._parsed.get(text)
            if expr is None:
                if len(self._parsed) >= _MAX_TEMPLATE_QUERIES:
                    self._parsed.clear()
                expr = self._parsed[text] = parse(text)
            labels, values = vector_of(self._engine.instant(expr, time_ms, self._context(project)))
            return [Sample(one.as_dict(), value) for one, value in zip(labels, values.tolist(), strict=True)]

        return Surroundings(time_ms, query, self._external_labels, self.external_url)

    def _context(self, project: str) -> QueryContext:
        return QueryContext(self._clock, self._limits, project, self._lookback_ms)
