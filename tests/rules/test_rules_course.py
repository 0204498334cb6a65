"""What an alerting rule watches: which side of it, and which series an alert came from."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.promql import ast
from vedette.promql.context import QueryContext
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.promql.printer import print_expr
from vedette.rules.compiled import Defaults
from vedette.rules.course import course_of, watched
from vedette.rules.file import parse_rules
from vedette.storage.memory import MemoryStorage

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("text", "side", "threshold"),
    [
        ("m > 5", "m", 5.0),
        ("5 < m", "m", 5.0),
        ("((m) >= -(2))", "(m)", -2.0),
        ("rate(m[5m]) > 1 and on () n < 3", "rate(m[5m])", 1.0),
        ("m > 5 unless n", "m", 5.0),
        ("m > n", "m", None),
        ("m > bool 5", "m > bool 5", None),
        ("m", "m", None),
        ("m > 5 or n > 6", "m > 5 or n > 6", None),
        ("absent(m)", "absent(m)", None),
    ],
)
def test_what_moves_is_watched_beside_what_it_is_compared_with(text: str, side: str, threshold: float | None) -> None:
    """A comparison with a number shows the other side whole, not only where it holds."""
    found = watched(parse(text))
    assert (print_expr(found.expr), found.threshold) == (side, threshold)


class World:
    """A store with `m` of three instances in two jobs, an hour of it."""

    def __init__(self) -> None:
        storage = MemoryStorage()
        labels = [Labels.of({"__name__": "m", "instance": str(n), "job": "ab"[n % 2]}) for n in range(3)]
        times = np.repeat(np.arange(61, dtype=np.int64) * MINUTE_MS, 3)
        values = np.tile(np.array([10.0, 20.0, 30.0]), 61)
        refs = np.tile(storage.intern("default", labels), 61)
        storage.append("default", SampleBatch(refs, times, values))
        self._engine = Engine(storage)
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def ask(self, expr: ast.Expr, matchers: tuple[Matcher, ...]) -> QueryResult:
        """Over the hour, a value each minute."""
        self.asked.append((print_expr(expr), tuple(map(str, matchers))))
        context = QueryContext(FakeClock(0), matchers=matchers)
        return self._engine.range(expr, 0, 60 * MINUTE_MS, MINUTE_MS, context)

    def values_of(self, rule: str, *alerts: dict[str, str]) -> list[float]:
        """The last value of each alert's series."""
        text = f"groups: [{{name: g, rules: [{{alert: A, {rule}}}]}}]"
        (group,) = parse_rules(text, Defaults()).groups
        named = [Labels.of({**one, "alertname": "A"}) for one in alerts]
        found = course_of(group.rules[0], named, 0, 60 * MINUTE_MS, MINUTE_MS, self.ask)
        assert found is None or found.labels == tuple(named)
        return [] if found is None else [float(values[-1]) for values in found.values]


def test_an_alert_is_found_by_the_labels_that_its_rule_did_not_add() -> None:
    """Whether or not a label of the rule hides one of the series."""
    world = World()
    labels = "labels: {team: x, job: other}"
    alert = {"instance": "1", "team": "x", "job": "other"}
    assert world.values_of(f"expr: m > 5, {labels}", alert) == [20.0]
    assert world.asked == [("m", ('instance="1"',))]


def test_only_the_series_of_the_alerts_are_read() -> None:
    """Where labels are those that are stored; behind an aggregation all must be."""
    world = World()
    one, other = {"instance": "0", "job": "a"}, {"instance": "2", "job": "a"}
    assert world.values_of("expr: '-m * 2 < 5'", one, other) == [-20.0, -60.0]
    assert [matchers for _, matchers in world.asked] == [
        ('instance="0"', 'job="a"'),
        ('instance="2"', 'job="a"'),
    ]
    world.asked.clear()
    assert world.values_of("expr: sum by (job) (m) > 5", {"job": "a"}, {"job": "b"}) == [40.0, 20.0]
    assert [matchers for _, matchers in world.asked] == [()]
    world.asked.clear()
    replaced = """expr: 'label_replace(m, "place", "$1", "instance", "(.*)") > 5'"""
    assert world.values_of(replaced, {"instance": "1", "job": "b", "place": "1"}) == [20.0]
    assert [matchers for _, matchers in world.asked] == [()]


def test_what_is_not_there_has_no_course() -> None:
    """An alert whose series is gone, beside one whose series is there."""
    world = World()
    assert world.values_of("expr: m > 5", {"instance": "9", "job": "a"}) == []
    text = "groups: [{name: g, rules: [{alert: A, expr: m > 5}]}]"
    (group,) = parse_rules(text, Defaults()).groups
    named = [Labels.of(instance="9"), Labels.of(instance="0")]
    found = course_of(group.rules[0], named, 0, 60 * MINUTE_MS, MINUTE_MS, world.ask)
    assert found is not None
    assert found.labels == (named[1],)
