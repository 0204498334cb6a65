"""The engine against the naive evaluator: random samples, random queries."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, note, settings
from tests.oracle.naive import NaiveSubject
from tests.promql.runner import almost_equal
from tests.promql.subjects import EngineSubject
from tests.property.promql_queries import Moments, Rows, moments, queries, samples

from vedette.errors import VedetteError
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels
from vedette.promql.parser import parse
from vedette.storage.memory import MemoryStorage

EXAMPLES = int(os.environ.get("VEDETTE_FUZZ_EXAMPLES", "150"))
DERANDOMIZE = "VEDETTE_FUZZ_EXAMPLES" not in os.environ
"""The same questions at every run, unless more of them are asked for: then new ones."""
_EPSILON = 1e-9
Table = dict[Labels, dict[int, float]]


def table(result: QueryResult) -> Table:
    """A result as a mapping; a scalar's series has no labels."""
    frame = result.frame
    assert frame is not None
    rows: Table = {}
    for index, labels in enumerate(frame.labels):
        there = [True] * len(frame.timestamps_ms) if frame.present is None else frame.present[index].tolist()
        cells = zip(frame.timestamps_ms.tolist(), frame.values[index].tolist(), there, strict=True)
        row = {time_ms: value for time_ms, value, is_there in cells if is_there}
        if row:
            assert labels not in rows, f"{labels} occurs twice"
            rows[labels] = row
    return rows


def ask(query: Callable[[], QueryResult]) -> Table | str:
    """The result, or the class of the error."""
    try:
        return table(query())
    except VedetteError as error:
        return type(error).__name__


def difference(left: Table | str, right: Table | str, epsilon: float = _EPSILON) -> str:
    """Where two results differ, in words."""
    if isinstance(left, str) or isinstance(right, str):
        return "" if left == right else f"{left} against {right}"
    if left.keys() != right.keys():
        return f"series {sorted(map(str, left.keys() ^ right.keys()))} on one side only"
    for labels, row in left.items():
        other = right[labels]
        if row.keys() != other.keys():
            return f"{labels}: moments {sorted(row.keys() ^ other.keys())} on one side only"
        for time_ms, value in row.items():
            if not near(value, other[time_ms], epsilon):
                return f"{labels} at {time_ms}: {value!r} against {other[time_ms]!r}"
    return ""


def near(left: float, right: float, epsilon: float) -> bool:
    """Equal but for rounding; what cancels to nothing on one side may be tiny on the other."""
    return almost_equal(left, right, epsilon) or (math.isfinite(left - right) and abs(left - right) < 1e-9)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE, suppress_health_check=list(HealthCheck))
@given(rows=samples, text=queries, asked=moments)
def test_the_engine_agrees_with_the_naive_evaluator(rows: Rows, text: str, asked: Moments) -> None:
    """Range and instant queries give the same series, moments, values and kinds of errors."""
    note(text)
    expr = parse(text)
    naive = NaiveSubject()
    naive.load(rows)
    with ThreadPoolExecutor(1) as pool:
        engine = EngineSubject(MemoryStorage(), pool)
        engine.load(rows)
        start_ms, end_ms, step_ms = asked.start_ms, asked.end_ms, asked.step_ms
        ranged = ask(lambda: engine.range(expr, start_ms, end_ms, step_ms))
        assert not (found := difference(ranged, ask(lambda: naive.range(expr, start_ms, end_ms, step_ms)))), found
        instant = ask(lambda: engine.instant(expr, end_ms))
        assert not (found := difference(instant, ask(lambda: naive.instant(expr, end_ms)))), found
