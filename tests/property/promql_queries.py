"""Random samples and random well-typed queries over them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import numpy as np
from hypothesis import strategies as st

from vedette.model.labels import Labels
from vedette.model.special import STALE_NAN, FloatArray, IntArray

SPAN_MS = 1_200_000
NAMES = ("requests_total", "temperature")
HOSTS = ("a", "b")
ZONES = ("x", "y")

Rows = list[tuple[Labels, IntArray, FloatArray]]


@dataclass(frozen=True)
class Moments:
    """What a query is asked for."""

    start_ms: int
    end_ms: int
    step_ms: int


def samples_of(seed: int, *, special: bool = True) -> Rows:
    """Up to eight series from a seed; scraped regularly with gaps, or at any time.

    `special` allows NaN, infinities and staleness markers.
    """
    random = Random(seed)
    rows: Rows = []
    for name in NAMES:
        for host in HOSTS:
            for zone in ZONES:
                if random.random() < 0.3:
                    continue
                times = _times(random)
                values = [_value(random, special=special) for _ in times]
                if name == "requests_total" and random.random() < 0.6:
                    values = np.cumsum([abs(v) if math.isfinite(v) else 0 for v in values]).tolist()
                labels = Labels.of(__name__=name, host=host, zone=zone)
                rows.append((labels, np.array(times, dtype=np.int64), np.array(values, dtype=np.float64)))
    return rows


def _value(random: Random, *, special: bool) -> float:
    kind = random.random()
    if special and kind < 0.06:
        return random.choice([math.nan, STALE_NAN, STALE_NAN, math.inf])
    if kind < 0.5:
        return float(random.randint(-5, 60))
    return round(random.uniform(-1000, 1000), 2)


def _times(random: Random) -> list[int]:
    if random.random() < 0.6:
        interval = random.choice([15_000, 30_000, 60_000])
        gaps = random.choice([0.0, 0.1, 0.5])
        return [time for time in range(random.choice([0, 0, 1, 7_000]), SPAN_MS, interval) if random.random() >= gaps]
    return sorted(random.sample(range(SPAN_MS), random.randint(0, 30)))


samples = st.integers(0, 2**32).map(samples_of)
moments = st.builds(
    lambda start, steps, step: Moments(start, start + steps * step, step),
    st.integers(0, SPAN_MS // 1000).map(lambda seconds: seconds * 1000),
    st.integers(0, 12),
    st.sampled_from([1_000, 15_000, 60_000, 77_000, 300_000]),
)

_range = st.sampled_from(["30s", "1m", "2m", "5m", "7m30s"])
_label = st.sampled_from(["host", "zone"])
_number = st.sampled_from(["0", "1", "2", "0.5", "-1", "100", "NaN", "Inf"])

_OVER_TIME = (
    *("rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv", "sum_over_time"),
    *("avg_over_time", "count_over_time", "min_over_time", "max_over_time", "stddev_over_time", "stdvar_over_time"),
    *("last_over_time", "first_over_time", "present_over_time", "mad_over_time", "absent_over_time"),
    *("ts_of_first_over_time", "ts_of_last_over_time", "ts_of_min_over_time", "ts_of_max_over_time"),
)
_ELEMENTWISE = (
    *("abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "sin", "atan", "tanh", "rad", "deg"),
    *("round", "timestamp"),
)
_ARITHMETIC = ("+", "-", "*", "/", "%", "^", "atan2")
_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")


@st.composite
def selector(draw: st.DrawFn) -> str:
    """A vector selector, perhaps with an offset or a pinned time."""
    name = draw(st.sampled_from(NAMES))
    matchers = draw(
        st.sampled_from(
            ["", "", '{host="a"}', '{host!="a"}', '{zone=~"x|z"}', '{zone!~"x.*"}', '{host="a",zone="y"}', '{host="z"}']
        )
    )
    return name + matchers


@st.composite
def _modifiers(draw: st.DrawFn) -> str:
    at = draw(st.sampled_from(["", "", "", "", " @ 600", " @ start()", " @ end()"]))
    return at + draw(st.sampled_from(["", "", "", "", " offset 1m", " offset -90s"]))


@st.composite
def matrix(draw: st.DrawFn, depth: int) -> str:
    """A range selector or a subquery."""
    if depth > 0 and draw(st.integers(0, 3)) == 0:
        step = draw(st.sampled_from(["", "15s", "1m"]))
        return f"({draw(vector(depth - 1))})[{draw(_range)}:{step}]{draw(_modifiers())}"
    return f"{draw(selector())}[{draw(_range)}]{draw(_modifiers())}"


@st.composite
def _over_time(draw: st.DrawFn, depth: int) -> str:
    special = draw(st.sampled_from(["", "", "", "quantile", "predict", "smooth"]))
    inner = draw(matrix(depth))
    if special == "quantile":
        return f"quantile_over_time({draw(st.sampled_from(['0', '0.3', '0.5', '0.99', '1', '1.5']))}, {inner})"
    if special == "predict":
        return f"predict_linear({inner}, {draw(st.sampled_from(['60', '-30', '0']))})"
    if special == "smooth":
        return f"double_exponential_smoothing({inner}, 0.4, 0.3)"
    return f"{draw(st.sampled_from(_OVER_TIME))}({inner})"


@st.composite
def _aggregate(draw: st.DrawFn, depth: int) -> str:
    op = draw(st.sampled_from(["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile"]))
    grouping = draw(st.sampled_from(["", " by (host)", " by (host, zone)", " without (host)", " by ()"]))
    param = draw(st.sampled_from(["0.5", "0.9", "0", "1"])) + ", " if op == "quantile" else ""
    return f"{op}{grouping} ({param}{draw(vector(depth - 1))})"


@st.composite
def _binary(draw: st.DrawFn, depth: int) -> str:
    left, right = f"({draw(vector(depth - 1))})", f"({draw(vector(depth - 1))})"
    kind = draw(st.sampled_from(["scalar", "scalar left", "vector", "group", "set"]))
    if kind == "set":
        on = draw(st.sampled_from(["", " on (host)", " ignoring (zone)", " on ()"]))
        return f"{left} {draw(st.sampled_from(['and', 'or', 'unless']))}{on} {right}"
    comparison = draw(st.booleans())
    op = draw(st.sampled_from(_COMPARISONS if comparison else _ARITHMETIC))
    op += draw(st.sampled_from(["", " bool"])) if comparison else ""
    if kind == "scalar":
        return f"{left} {op} {draw(_number)}"
    if kind == "scalar left":
        return f"{draw(_number)} {op} {right}"
    if kind == "group":
        side = draw(st.sampled_from(["group_left ()", "group_right ()", "group_left (zone)"]))
        return f"{left} {op} on (host) {side} {right}"
    on = draw(st.sampled_from(["", " on (host)", " on (host, zone)", " ignoring (zone)"]))
    return f"{left} {op}{on} {right}"


@st.composite
def _function(draw: st.DrawFn, depth: int) -> str:
    inner = draw(vector(depth - 1))
    kind = draw(st.sampled_from(["elementwise", "elementwise", "clamp", "absent", "label", "join", "vector", "sort"]))
    match kind:
        case "clamp":
            return f"clamp({inner}, -1, 20)"
        case "absent":
            return f"absent({inner})"
        case "label":
            return f'label_replace({inner}, "copy", "$1-$2", "host", "(.)(.*)")'
        case "join":
            return f'label_join({inner}, "both", "/", "host", "zone")'
        case "vector":
            return f"vector(scalar({inner}))"
        case "sort":
            return f"{draw(st.sampled_from(['sort', 'sort_desc']))}({inner})"
        case _:
            return f"{draw(st.sampled_from(_ELEMENTWISE))}({inner})"


@st.composite
def vector(draw: st.DrawFn, depth: int) -> str:
    """An instant vector expression."""
    if depth <= 0 or draw(st.integers(0, 5)) == 0:
        return draw(selector()) + draw(_modifiers())
    kind = draw(st.sampled_from(["over time", "over time", "aggregate", "binary", "function", "minus"]))
    match kind:
        case "over time":
            return draw(_over_time(depth))
        case "aggregate":
            return draw(_aggregate(depth))
        case "binary":
            return draw(_binary(depth))
        case "function":
            return draw(_function(depth))
        case _:
            return f"-({draw(vector(depth - 1))})"


queries = vector(3)
