"""The door of the room: which rules there are and what they say, what alerts were, what a rule would have done."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from vedette.clock import Clock
from vedette.errors import BadData
from vedette.model.alert import Course
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.timerange import TimeRange
from vedette.promql import ast
from vedette.promql.parser import parse
from vedette.promql.printer import print_expr
from vedette.query.options import QueryOptions
from vedette.query.service import QueryService
from vedette.rules.backtest import Replay, replay
from vedette.rules.check import check_types, read_rule
from vedette.rules.compiled import CompiledRule, compile_rule
from vedette.rules.course import course_of
from vedette.rules.file_import import RuleImport, RuleImporter
from vedette.rules.group import Evaluator, GroupState
from vedette.rules.history import Period, periods
from vedette.rules.scheduler import Scheduler
from vedette.rules.templates.expand import Surroundings
from vedette.rules.watching import Watchers, Watching
from vedette.storage.interface import Storage

if TYPE_CHECKING:
    from vedette.catalog.documents import Also

_COURSE_TIMEOUT_S: Final = 5.0
"""A notification is not to wait for its chart for longer."""


class RuleService:
    """Synchronous and thread-safe but for `run` and `stop`, which belong to the event loop."""

    def __init__(
        self,
        scheduler: Scheduler,
        evaluator: Evaluator,
        queries: QueryService,
        storage: Storage,
        clock: Clock,
        importer: RuleImporter,
    ) -> None:
        self._scheduler = scheduler
        self._evaluator = evaluator
        self._queries = queries
        self._storage = storage
        self._clock = clock
        self._importer = importer
        self._watchers = Watchers()

    async def run(self, pool: ThreadPoolExecutor) -> None:
        """Evaluate rules until stopped."""
        await self._scheduler.run(pool)

    async def stop(self) -> None:
        """End `run`."""
        await self._scheduler.stop()

    async def reload(self) -> None:
        """Read files and documents now. Raises BadData with all that is wrong with files."""
        await self._scheduler.reload()

    def groups(self, project: str) -> Sequence[GroupState]:
        """In force; hold a rule's lock while looking at its table."""
        return [group for group in self._scheduler.groups if group.group.project == project]

    def watching(self, project: str, text: str) -> list[Watching]:
        """Alerting rules that watch what a query shows. Raises QuerySyntax."""
        return self._watchers.of(self.groups(project), parse(text))

    def surroundings(self, project: str, time_ms: int) -> Surroundings:
        """What templates may look at."""
        return self._evaluator.surroundings(project, time_ms)

    def periods(self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int) -> list[Period]:
        """When which alerts were pending and firing, newest first."""
        return periods(self._storage, project, matchers, time_range, self._clock.now_ms(), limit)

    def import_file(self, project: str, text: str, by: str, also: Also, *, dry_run: bool) -> RuleImport:
        """Make documents of a Prometheus rule file. Raises LimitExceeded, Conflict, Unavailable."""
        in_force = [state.group for state in self.groups(project)]
        return self._importer.take(project, text, in_force, by, also, dry_run=dry_run)

    def course(
        self, project: str, rule: str, alerts: Sequence[Labels], start_ms: int, end_ms: int, step_ms: int
    ) -> Course | None:
        """See `model.alert.Courses`."""
        found = next((one for group in self.groups(project) for one in group.rules if one.key == rule), None)
        if found is None:
            return None

        def ask(expr: ast.Expr, matchers: tuple[Matcher, ...]) -> QueryResult:
            options = QueryOptions(matchers=matchers, timeout_s=_COURSE_TIMEOUT_S)
            return self._queries.range(project, print_expr(expr), start_ms, end_ms, step_ms, options)

        return course_of(found.rule, alerts, start_ms, end_ms, step_ms, ask)

    def backtest(
        self,
        project: str,
        rule: dict[str, Any],
        start_ms: int,
        end_ms: int,
        step_ms: int,
        matchers: tuple[Matcher, ...] = (),
    ) -> tuple[CompiledRule, Replay]:
        """What an alerting rule would have done. Raises BadData with the wrong field, and what queries raise."""
        compiled = compiled_rule(rule)
        options = QueryOptions(matchers=matchers)

        def ask(expr: ast.Expr, first_ms: int, last_ms: int, every_ms: int) -> QueryResult:
            return self._queries.range(project, print_expr(expr), first_ms, last_ms, every_ms, options)

        return compiled, replay(compiled, start_ms, end_ms, step_ms, ask)


def compiled_rule(spec: dict[str, Any]) -> CompiledRule:
    """A rule as a document has it. Raises BadData with the field that is wrong."""

    def tell(field: str, message: str) -> None:
        raise BadData(f"rule.{field}: {message}")

    rule = read_rule(spec)
    compiled = compile_rule(rule, tell)
    check_types(rule, tell)
    if compiled is None:
        raise BadData("rule: there is nothing to evaluate")
    return compiled
