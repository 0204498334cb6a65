"""Functions of range vectors: which window function of the kernel answers each."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class WindowFunction(Struct, frozen=True):
    """One row of the table."""

    kernel: str
    """Name in kernel/window.py."""
    samples_at: int = 0
    """Which argument is the range vector; the others are parameters."""
    keeps_name: bool = False
    counter: bool = False
    """Whether it only makes sense for counters."""


WINDOWS: Final[dict[str, WindowFunction]] = {
    "avg_over_time": WindowFunction("avg"),
    "changes": WindowFunction("changes"),
    "count_over_time": WindowFunction("count"),
    "delta": WindowFunction("delta"),
    "deriv": WindowFunction("deriv"),
    "double_exponential_smoothing": WindowFunction("smoothing"),
    "first_over_time": WindowFunction("first", keeps_name=True),
    "idelta": WindowFunction("idelta"),
    "increase": WindowFunction("increase", counter=True),
    "irate": WindowFunction("irate"),
    "last_over_time": WindowFunction("last", keeps_name=True),
    "mad_over_time": WindowFunction("mad"),
    "max_over_time": WindowFunction("max"),
    "min_over_time": WindowFunction("min"),
    "predict_linear": WindowFunction("predict_linear"),
    "present_over_time": WindowFunction("present"),
    "quantile_over_time": WindowFunction("quantile", samples_at=1),
    "rate": WindowFunction("rate", counter=True),
    "resets": WindowFunction("resets"),
    "stddev_over_time": WindowFunction("stddev"),
    "stdvar_over_time": WindowFunction("stdvar"),
    "sum_over_time": WindowFunction("sum"),
    "ts_of_first_over_time": WindowFunction("ts_of_first"),
    "ts_of_last_over_time": WindowFunction("ts_of_last"),
    "ts_of_max_over_time": WindowFunction("ts_of_max"),
    "ts_of_min_over_time": WindowFunction("ts_of_min"),
}

COUNTER_SUFFIXES: Final = ("_total", "_sum", "_count", "_bucket")
"""How names of counters end by convention."""
