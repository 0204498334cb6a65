"""Functions of points in time: values are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from vedette.model.special import FloatArray, IntArray

_Seconds = npt.NDArray[np.datetime64]
_LIMIT_S = 1e17
"""Beyond this many seconds a calendar makes no sense; such values, infinities and NaN give NaN."""


def _since_1970(times: _Seconds, unit: Literal["Y", "M", "D", "s"]) -> IntArray:
    """Whole units since 1970, rounded down."""
    return times.astype(f"datetime64[{unit}]").astype(np.int64)


def _years(times: _Seconds) -> IntArray:
    return _since_1970(times, "Y") + 1970


def _months(times: _Seconds) -> IntArray:
    return _since_1970(times, "M") % 12 + 1


def _days(times: _Seconds) -> IntArray:
    return _since_1970(times, "D") - _since_1970(times.astype("datetime64[M]"), "D") + 1


def _days_of_year(times: _Seconds) -> IntArray:
    return _since_1970(times, "D") - _since_1970(times.astype("datetime64[Y]"), "D") + 1


def _days_in_month(times: _Seconds) -> IntArray:
    month = times.astype("datetime64[M]")
    return _since_1970(month + 1, "D") - _since_1970(month, "D")


def _weekdays(times: _Seconds) -> IntArray:
    # 1970-01-01 was a Thursday; Sunday is 0.
    return (_since_1970(times, "D") + 4) % 7


def _hours(times: _Seconds) -> IntArray:
    return _since_1970(times, "s") // 3600 % 24


def _minutes(times: _Seconds) -> IntArray:
    return _since_1970(times, "s") // 60 % 60


DATES: Final[dict[str, Callable[[_Seconds], IntArray]]] = {
    "day_of_month": _days,
    "day_of_week": _weekdays,
    "day_of_year": _days_of_year,
    "days_in_month": _days_in_month,
    "hour": _hours,
    "minute": _minutes,
    "month": _months,
    "year": _years,
}


def date_part(name: str, values: FloatArray) -> FloatArray:
    """A part of the date of every value."""
    fine = np.abs(values) < _LIMIT_S
    seconds = np.where(fine, values, 0).astype(np.int64).astype("datetime64[s]")
    return np.where(fine, DATES[name](seconds), np.nan)
