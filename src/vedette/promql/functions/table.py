"""Every function of PromQL: arguments, result and one line of documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vedette.promql.ast import ValueType
from vedette.promql.functions.signature import Signature

_S, _V, _M, _T = ValueType.SCALAR, ValueType.VECTOR, ValueType.MATRIX, ValueType.STRING

_OVER_TIME: Final = {
    "absent_over_time": "1 when the range vector has no samples at all, with labels from its equality matchers.",
    "avg_over_time": "The average of all samples in the range.",
    "changes": "How often the value changed within the range.",
    "count_over_time": "The number of samples in the range.",
    "delta": "The difference between the first and last value of a gauge, extrapolated to the range.",
    "deriv": "The per-second derivative of a gauge by simple linear regression.",
    "first_over_time": "The oldest sample in the range.",
    "idelta": "The difference between the last two samples.",
    "increase": "The increase of a counter over the range, extrapolated, resets taken into account.",
    "irate": "The per-second rate of a counter from its last two samples.",
    "last_over_time": "The most recent sample in the range.",
    "max_over_time": "The largest value in the range.",
    "min_over_time": "The smallest value in the range.",
    "present_over_time": "1 for every series that has samples in the range.",
    "rate": "The per-second average increase of a counter over the range, resets taken into account.",
    "resets": "How often a counter was reset within the range.",
    "stddev_over_time": "The population standard deviation of the values in the range.",
    "stdvar_over_time": "The population variance of the values in the range.",
    "sum_over_time": "The sum of all values in the range.",
}
_OVER_TIME_EXPERIMENTAL: Final = {
    "mad_over_time": "The median absolute deviation of the values in the range.",
    "ts_of_first_over_time": "The timestamp of the oldest sample in the range, in seconds.",
    "ts_of_last_over_time": "The timestamp of the most recent sample in the range, in seconds.",
    "ts_of_max_over_time": "The timestamp of the last sample with the largest value in the range, in seconds.",
    "ts_of_min_over_time": "The timestamp of the last sample with the smallest value in the range, in seconds.",
}
_PER_SAMPLE: Final = {
    "abs": "The absolute value.",
    "absent": "1 when the vector is empty, with labels from its equality matchers.",
    "acos": "The arc cosine, in radians.",
    "acosh": "The inverse hyperbolic cosine.",
    "asin": "The arc sine, in radians.",
    "asinh": "The inverse hyperbolic sine.",
    "atan": "The arc tangent, in radians.",
    "atanh": "The inverse hyperbolic tangent.",
    "ceil": "The nearest whole number upwards.",
    "cos": "The cosine of an angle in radians.",
    "cosh": "The hyperbolic cosine.",
    "deg": "Radians to degrees.",
    "exp": "The exponential function.",
    "floor": "The nearest whole number downwards.",
    "histogram_avg": "The average of the observations of a native histogram.",
    "histogram_count": "The number of observations of a native histogram.",
    "histogram_stddev": "The estimated standard deviation of the observations of a native histogram.",
    "histogram_stdvar": "The estimated variance of the observations of a native histogram.",
    "histogram_sum": "The sum of the observations of a native histogram.",
    "ln": "The natural logarithm.",
    "log10": "The decimal logarithm.",
    "log2": "The binary logarithm.",
    "rad": "Degrees to radians.",
    "sgn": "The sign: 1, 0 or -1.",
    "sin": "The sine of an angle in radians.",
    "sinh": "The hyperbolic sine.",
    "sort": "The vector in ascending order of value.",
    "sort_desc": "The vector in descending order of value.",
    "sqrt": "The square root.",
    "tan": "The tangent of an angle in radians.",
    "tanh": "The hyperbolic tangent.",
    "timestamp": "The timestamp of each sample, in seconds.",
}
_DATE: Final = {
    "day_of_month": "The day of the month in UTC, 1 to 31.",
    "day_of_week": "The day of the week in UTC, 0 (Sunday) to 6.",
    "day_of_year": "The day of the year in UTC, 1 to 366.",
    "days_in_month": "The number of days of the month in UTC, 28 to 31.",
    "hour": "The hour of the day in UTC, 0 to 23.",
    "minute": "The minute of the hour in UTC, 0 to 59.",
    "month": "The month of the year in UTC, 1 to 12.",
    "year": "The year in UTC.",
}
_OF_QUERY: Final = {
    "end": "The end of the query's range, in seconds since 1970.",
    "range": "The length of the query's range, in seconds.",
    "start": "The start of the query's range, in seconds since 1970.",
    "step": "The query's step, in seconds.",
}


def _all() -> Iterator[Signature]:
    for name, doc in _OVER_TIME.items():
        yield Signature(name, (_M,), _V, doc)
    for name, doc in _OVER_TIME_EXPERIMENTAL.items():
        yield Signature(name, (_M,), _V, doc, experimental=True)
    for name, doc in _PER_SAMPLE.items():
        yield Signature(name, (_V,), _V, doc)
    for name, doc in _DATE.items():
        yield Signature(name, (_V,), _V, doc, variadic=1)
    for name, doc in _OF_QUERY.items():
        yield Signature(name, (), _S, doc, experimental=True)
    yield Signature("pi", (), _S, "The number pi.")
    yield Signature("time", (), _S, "The moment of evaluation, in seconds since 1970.")
    yield Signature("scalar", (_V,), _S, "The value of a vector's only element, NaN when there is not exactly one.")
    yield Signature("vector", (_S,), _V, "A scalar as a vector without labels.")
    yield Signature("clamp", (_V, _S, _S), _V, "Values limited to a minimum and a maximum.")
    yield Signature("clamp_max", (_V, _S), _V, "Values limited to a maximum.")
    yield Signature("clamp_min", (_V, _S), _V, "Values limited to a minimum.")
    yield Signature("round", (_V, _S), _V, "The nearest multiple of the second argument (1), ties upwards.", variadic=1)
    yield Signature("max_of", (_S, _S), _S, "The larger of two scalars.", experimental=True)
    yield Signature("min_of", (_S, _S), _S, "The smaller of two scalars.", experimental=True)
    yield Signature("predict_linear", (_M, _S), _V, "The value some seconds from now, by simple linear regression.")
    yield Signature("quantile_over_time", (_S, _M), _V, "A quantile (0 to 1) of the values in the range.")
    yield Signature(
        "double_exponential_smoothing",
        (_M, _S, _S),
        _V,
        "A smoothed value of a gauge, with a smoothing and a trend factor (Holt).",
        experimental=True,
    )
    yield Signature(
        "histogram_fraction", (_S, _S, _V), _V, "The estimated fraction of observations between two bounds."
    )
    yield Signature("histogram_quantile", (_S, _V), _V, "A quantile (0 to 1) of histograms with le buckets.")
    yield Signature(
        "histogram_quantiles",
        (_V, _T, _S, _S),
        _V,
        "Several quantiles of histograms with le buckets, told apart by a label.",
        variadic=-1,
        experimental=True,
    )
    yield Signature(
        "label_join",
        (_V, _T, _T, _T),
        _V,
        "Sets a label to the values of others, joined by a separator.",
        variadic=-1,
    )
    yield Signature(
        "label_replace",
        (_V, _T, _T, _T, _T),
        _V,
        "Sets a label to a replacement text where a regular expression matches another label.",
    )
    yield Signature(
        "sort_by_label",
        (_V, _T),
        _V,
        "The vector in natural order of the given labels.",
        variadic=-1,
        experimental=True,
    )
    yield Signature(
        "sort_by_label_desc",
        (_V, _T),
        _V,
        "The vector in descending natural order of the given labels.",
        variadic=-1,
        experimental=True,
    )
    yield Signature(
        "info",
        (_V, _V),
        _V,
        "Adds the labels of matching info metrics such as target_info.",
        variadic=1,
        experimental=True,
    )


SIGNATURES: Final[dict[str, Signature]] = {
    signature.name: signature for signature in sorted(_all(), key=lambda signature: signature.name)
}
