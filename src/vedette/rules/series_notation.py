"""The notation of promtool's tests for series: `up{job="a"}` and `1+1x5 _x3 NaN stale`."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from vedette.errors import BadData
from vedette.model.labels import EMPTY, Labels
from vedette.model.matcher import MatchOp
from vedette.model.special import STALE_NAN, BoolArray, FloatArray
from vedette.promql.parser import parse_selector

MAX_VALUES: Final = 10_000_000
_ITEM: Final = re.compile(
    r"""(?P<missing>_)(?:x(?P<missing_times>\d+))?
    | (?P<stale>stale)(?:x(?P<stale_times>\d+))?
    | (?P<value>[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?i:inf|nan)))
      (?:(?P<step>[+-](?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?i:inf|nan))))?(?:x(?P<times>\d+))?""",
    re.VERBOSE,
)


def parse_labels(text: str) -> Labels:
    """The label set that a selector of equalities names; nothing or `{}` is the empty one. Raises BadData."""
    if text.replace(" ", "") in ("", "{}"):
        return EMPTY
    matchers = parse_selector(text)
    if any(matcher.op is not MatchOp.EQUAL for matcher in matchers):
        raise BadData(f"{text[:200]!r} is no series: labels are given by =")
    return Labels.of((matcher.name, matcher.value) for matcher in matchers)


def parse_values(text: str) -> tuple[FloatArray, BoolArray]:
    """(values, where there is one) of each step. Raises BadData."""
    values: list[float] = []
    for item in text.split():
        match = _ITEM.fullmatch(item)
        if match is None:
            raise BadData(f"{item[:100]!r} is no value of a series")
        times = int(match["missing_times"] or match["stale_times"] or match["times"] or 0)
        if times + len(values) > MAX_VALUES:
            raise BadData(f"a series of more than {MAX_VALUES} values")
        if match["missing"]:
            values += [_MISSING] * (times if match["missing_times"] else 1)
        elif match["stale"]:
            values += [STALE_NAN] * (times + 1)
        elif match["times"]:
            values += _steps(float(match["value"]), float(match["step"] or "0"), times)
        elif match["step"]:
            raise BadData(f"{item[:100]!r}: a step needs x and how often")
        else:
            values.append(float(match["value"]))
    found = np.array(values, dtype=np.float64)
    there = found.view(np.uint64) != np.array([_MISSING]).view(np.uint64)[0]
    return found, there


_MISSING: Final = float(np.array([0x7FF8_0000_0000_0BAD], dtype=np.uint64).view(np.float64)[0])
"""A NaN that no text is parsed to."""


def _steps(first: float, step: float, times: int) -> list[float]:
    """As Prometheus: added up one after the other, rounding included."""
    values = [first]
    for _ in range(times):
        values.append(values[-1] + step)
    return values
