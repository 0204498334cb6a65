"""Window functions over grids: one call answers every row and every step of a grid.

`evaluate` is the compiled kernel where it was built, else its plain twin; both answer alike (tests compare them).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vedette.kernel import WANTED
from vedette.kernel.arrays import BoolArray, FloatArray, IntArray

FUNCTIONS: Final = (
    "newest",
    "newest_time",
    "rate",
    "increase",
    "delta",
    "irate",
    "idelta",
    "changes",
    "resets",
    "deriv",
    "predict_linear",
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "stddev",
    "stdvar",
    "last",
    "first",
    "present",
    "quantile",
    "mad",
    "ts_of_first",
    "ts_of_last",
    "ts_of_min",
    "ts_of_max",
    "smoothing",
    "rate_anchored",
    "increase_anchored",
    "delta_anchored",
    "changes_anchored",
    "resets_anchored",
    "rate_smoothed",
    "increase_smoothed",
    "delta_smoothed",
    "value_smoothed",
)
"""What a window can be asked; the position of a name is its number in the kernel.

`newest` is the instant selector: the newest sample of the window unless it is a staleness marker; `newest_time` its
timestamp in seconds. The others are the range functions of PromQL, which pass over staleness markers. Those that end in
`_anchored` and `_smoothed` are given windows that reach beyond the range of the query, and its borders as parameters.
"""
NUMBERS: Final = {name: number for number, name in enumerate(FUNCTIONS)}
PARAMS: Final = {"quantile": 1, "predict_linear": 1, "smoothing": 2} | {
    name: 2 for name in FUNCTIONS if name.endswith(("_anchored", "_smoothed"))
}
"""How many parameters a function takes, each given once a step; the others take none."""

Evaluate = Callable[
    [
        int,
        FloatArray,
        IntArray,
        IntArray,
        IntArray,
        IntArray,
        IntArray,
        IntArray,
        int,
        FloatArray,
        FloatArray,
        BoolArray,
    ],
    tuple[int, int],
]
"""(number, grid.values, .starts, .timestamps_ms, .vector_starts, .row_vector, ends int64[K], at int64[K], range_ms,
params float64[P * K], out float64[S, K], present bool[S, K]) -> (cells filled, samples in all windows).

Step k sees the samples of (ends[k] - range_ms, ends[k]]; `ends` must not decrease. `at` is the moment of evaluation,
which differs from `ends` under `offset` and `@`. Raises ValueError when shapes do not fit.
"""


def _choose() -> Evaluate:
    if WANTED:
        try:
            from vedette.kernel import _window  # noqa: PLC0415 - built only where a compiler is
        except ImportError:
            pass
        else:
            compiled: Evaluate = _window.evaluate
            return compiled
    from vedette.kernel import plain_window  # noqa: PLC0415 - it imports this module's tables

    return plain_window.evaluate


evaluate: Final[Evaluate] = _choose()
